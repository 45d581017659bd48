from typing import Literal

FileFormat = Literal["mp3", "stems", "wav"]
"""What to download. `mp3` is the compressed mix, `wav` the same in higher quality, `stems` a ZIP file with
vocals and instruments apart."""
