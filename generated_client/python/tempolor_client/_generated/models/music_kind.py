from typing import Literal

MusicKind = Literal["instrumental", "song"]
"""Which kind of music to list: `song` for music with vocals, `instrumental` for instrumentals only. Inferred:
empty counts as left out."""
