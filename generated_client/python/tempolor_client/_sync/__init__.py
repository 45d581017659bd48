# Made from ../_async/__init__.py by tools/generate.py: never edited.
"""The async client, and the source of the sync one."""
