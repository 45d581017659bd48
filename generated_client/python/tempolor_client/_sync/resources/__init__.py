# Made from _async/resources/__init__.py by tools/generate.py: never edited.
"""What can be done, by kind of thing, with plain arguments."""

from .accounts import Accounts
from .instrumentals import Instrumentals
from .midi import Midi
from .music import Music
from .orders import Order
from .scheduler import Scheduler
from .songs import Songs
from .stems import Stems
from .voices import Voices

__all__ = [
    "Accounts",
    "Instrumentals",
    "Midi",
    "Music",
    "Order",
    "Scheduler",
    "Songs",
    "Stems",
    "Voices",
]
