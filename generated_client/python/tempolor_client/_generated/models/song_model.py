from typing import Literal

SongModel = Literal["v3", "v3.5", "v4.5+", "v4.8"]
"""Inferred: model for songs. The older names are still accepted and stand for `v4.8`."""
