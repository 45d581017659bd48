from typing import Literal

SongModel = Literal["v3", "v3.5", "v4.5+", "v4.8"]
"""Model for songs. The older names are still taken and stand for `v4.8`."""
