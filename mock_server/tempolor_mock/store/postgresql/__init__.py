"""Worlds in a PostgreSQL database that any number of mocks share.

`layout` has the tables, `connections` the way to them and what is told when there is none, `tracked_world` a world that
knows what was changed in it, and `store` puts them together.
"""
