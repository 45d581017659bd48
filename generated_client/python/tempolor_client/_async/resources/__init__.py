"""What can be done, by kind of thing, with plain arguments."""

from .accounts import AsyncAccounts
from .instrumentals import AsyncInstrumentals
from .midi import AsyncMidi
from .music import AsyncMusic
from .orders import AsyncOrder
from .scheduler import AsyncScheduler
from .songs import AsyncSongs
from .stems import AsyncStems
from .voices import AsyncVoices

__all__ = [
    "AsyncAccounts",
    "AsyncInstrumentals",
    "AsyncMidi",
    "AsyncMusic",
    "AsyncOrder",
    "AsyncScheduler",
    "AsyncSongs",
    "AsyncStems",
    "AsyncVoices",
]
