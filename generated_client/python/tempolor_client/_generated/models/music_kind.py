from typing import Literal

MusicKind = Literal["instrumental", "song"]
"""Which kind of music to list. Instrumentals appear only when asked for."""
