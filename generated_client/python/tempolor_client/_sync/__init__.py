# Made from _async/__init__.py by tools/generate.py: never edited.
"""The client. Its two kinds are one source: tools/unasync.py takes the waiting out of the other one."""
