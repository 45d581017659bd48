from typing import Literal

FileFormat = Literal["mp3", "stems", "wav"]
"""The format to download: `mp3`, `wav` in higher quality, or `stems`, a ZIP archive with vocals and instruments
as separate files. Inferred: empty counts as left out."""
