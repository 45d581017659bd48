"""The port through which the domain sees one world: everything that belongs to one bearer token.

A store implements it; the domain never learns which one. All calls are plain (not async): a store hands a world to a
function for the length of one exclusive transaction. No call costs more than what it returns.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from .accounts import Account
    from .callbacks import Callback
    from .clock import Clock
    from .faults import Fault
    from .ids import CompositeId, Token
    from .jobs import Job, Status
    from .midi import MidiFile
    from .policy import Policy
    from .voices import ClonedVoice


class Item(Protocol):
    """What a table keeps: something with an id, a number that counts up in its world, and the listing it stands in."""

    @property
    def id(self) -> "CompositeId":
        """Its composite id."""

    @property
    def number(self) -> int:
        """Its place in the order of creation."""

    @property
    def listing(self) -> str:
        """The listing it stands in."""


I = TypeVar("I", bound=Item)  # noqa: E741 - I for item


class Table(Protocol[I]):
    """The items of one kind in a world."""

    def put(self, item: I) -> None:
        """Add an item, or replace the one with the same item id."""

    def get(self, item_id: str) -> I | None:
        """Return an item by the last part of its id."""

    def delete(self, item_id: str) -> None:
        """Forget an item."""

    def page(self, listing: str, *, before: int | None, limit: int) -> Iterable[I]:
        """Return up to `limit` items of a listing, newest first, with numbers below `before`."""

    def __iter__(self) -> Iterator[I]:
        """Yield every item of every listing, oldest first; nothing may be changed meanwhile."""


class JobTable(Table["Job"], Protocol):
    """The jobs of a world, with the orders that only jobs have."""

    def active(self, user_id: str | None = None) -> Sequence["Job"]:
        """Return the jobs that take a slot (of one account), oldest first."""

    def count_active(self, user_id: str) -> int:
        """Return how many jobs of an account take a slot."""

    def next_due(self, now_ms: int) -> "Job | None":
        """Return the active job with the earliest `due_ms`, if that is not after `now_ms`."""

    def next_due_ms(self) -> int | None:
        """Return the earliest `due_ms` of all active jobs."""


class CallbackTable(Protocol):
    """The callbacks of a world."""

    def put(self, callback: "Callback") -> None:
        """Add a callback, or replace the one with the same number."""

    def get(self, number: int) -> "Callback | None":
        """Return a callback."""

    def due(self, now_ms: int, *, real_ms: int, limit: int) -> "Sequence[Callback]":
        """Return callbacks to be sent, at most the first pending one of each job, and none that is leased."""

    def next_due_ms(self, *, real_ms: int = 2**62) -> int | None:
        """Return the earliest `due_ms` of those `due` could return one day, but for what is leased after `real_ms`."""

    def pending(self, job_id: "CompositeId") -> "Sequence[Callback]":
        """Return the callbacks of a job that are still to be sent."""

    def latest(self, limit: int, *, job_id: str | None = None) -> "Sequence[Callback]":
        """Return the newest callbacks (of one job, by its whole id), newest first."""

    def forget_finished(self, before: int) -> None:
        """Forget the callbacks with numbers below `before` that are not to be sent any more."""

    def __iter__(self) -> "Iterator[Callback]":
        """Yield every callback, oldest first; nothing may be changed meanwhile."""


class World(Protocol):
    """One world, at one moment, for the length of one transaction."""

    token: "Token"
    policy: "Policy"
    clock: "Clock"
    now_ms: int
    """The virtual moment of this transaction, in milliseconds since 1970."""
    real_ms: int
    """The real moment of this transaction, for turning the clock."""
    accounts: MutableMapping[str, "Account"]
    jobs: JobTable
    callbacks: CallbackTable
    midi: "Table[MidiFile]"
    voices: "Table[ClonedVoice]"
    blobs: MutableMapping[str, bytes]
    """Uploaded and split files by name; what is generated from a seed is never stored."""
    faults: "MutableMapping[str, Fault]"
    """Fault rules by id. Each request asks whether there are any, so that must cost next to nothing."""
    ended: "list[Status]"
    """How the jobs ended that settling found at their end, until the store has told of them."""

    def count(self, counter: str, by: int = 1) -> int:
        """Add to a named counter of this world, which starts at 0, and return it."""

    def counters(self) -> Mapping[str, int]:
        """Return every counter that is not 0."""

    def clear(self) -> None:
        """Forget everything but the clock."""
