"""Loading numpy and the codecs ahead of the first file.

They take a tenth of a second, which is more than the first bytes of a song take to make.
"""

from functools import cache
from threading import Thread


@cache
def load_soon() -> None:
    """Begin to load them, once, in a thread; whoever was given a link comes for its file."""
    Thread(target=_load, name="load-codecs").start()


def _load() -> None:
    from .. import audio  # noqa: PLC0415

    audio.render_mp3  # noqa: B018 - its module comes with the name
