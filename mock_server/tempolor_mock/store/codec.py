"""Records as JSON text and back, for stores that keep them outside this process.

The shape of a record is its struct's: msgspec reads and writes it directly, checks every type on the way in, and
fills in defaults of fields that a text written earlier does not have yet. So a new field with a default needs nothing
here; any other change of a record's shape makes what is stored unreadable, and calls for another version of the store
(`sqlite_schema.SCHEMA_VERSION`).
"""

from typing import Generic, TypeVar

import msgspec

from ..domain.accounts import Account
from ..domain.callbacks import Callback
from ..domain.clock import Clock
from ..domain.faults import Fault
from ..domain.jobs import Job
from ..domain.midi import MidiFile
from ..domain.voices import ClonedVoice

R = TypeVar("R")


class UnreadableRecordError(Exception):
    """A text is no record of its kind; the message says what is wrong and at which path."""


class Codec(Generic[R]):
    """Turns the records of one class into JSON text and back."""

    def __init__(self, kind: type[R]) -> None:
        self._name = kind.__name__
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(kind)

    def encode(self, record: R) -> str:
        """Return the record's text."""
        return self._encoder.encode(record).decode()

    def decode(self, text: str) -> R:
        """Return the record of a text, or raise UnreadableRecordError."""
        try:
            return self._decoder.decode(text)
        except msgspec.DecodeError as error:
            raise UnreadableRecordError(f"stored {self._name}: {error}") from None


ACCOUNT = Codec(Account)
CALLBACK = Codec(Callback)
CLOCK = Codec(Clock)
FAULT = Codec(Fault)
JOB = Codec(Job)
MIDI_FILE = Codec(MidiFile)
CLONED_VOICE = Codec(ClonedVoice)
