"""What the service does, without HTTP, wall clock or database.

Everything here is a plain function of a `World` (see `world.py`) and a request. A store runs such a function inside
one exclusive transaction on the world, so that what a function decides is atomic: load, decide, commit.
"""
