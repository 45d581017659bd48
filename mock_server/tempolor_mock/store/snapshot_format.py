"""The shapes of a snapshot, which a file keeps to whatever becomes of the domain's records.

They are written down here apart from those records, so that these may change without making files unreadable.
"""

from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec
from msgspec import Meta

from ..domain.callbacks import Outcome
from ..domain.clock import Clock
from ..domain.ids import IdKind, Token
from ..domain.jobs import JobKind, Status
from ..domain.timing import END_OF_TIME_MS

FORMAT: Final = "tempolor-mock/world"
VERSION: Final = 2
"""The version that is written."""

VERSIONS: Final = (1, VERSION)
"""Those that are read: the first one has no `recorded`, and is else the same."""

JsonObject = dict[str, Any]

Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Number = Annotated[int, Meta(ge=1, le=2**53 - 1)]
IdPart = Annotated[str, Meta(pattern=r"^[^:/\x00-\x1f]+$")]
Moment = Annotated[int, Meta(ge=0, le=250_000_000_000_000)]
"""Milliseconds since 1970, within the years that can be printed."""
Key = Annotated[str, Meta(pattern=r"^[A-G][#b]?:(major|minor)$")]
Bpm = Annotated[int, Meta(ge=50, le=190)]
VoiceRef = Annotated[str, Meta(pattern=r"^user:[0-9]+-tempolor:[^:/]+-voice:[^:/]+$")]
MidiRef = Annotated[str, Meta(pattern=r"^user:[0-9]+-tempolor:[^:/]+-midi:[^:/]+$")]


class Saved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a snapshot; fields have the names and meanings they have in the domain's records."""


class SavedId(Saved, frozen=True):
    """An id without the user's number; its kind follows from where it stands."""

    user_id: IdPart
    item_id: IdPart

    def of(self, token: Token, kind: IdKind) -> JsonObject:
        """Return the id it is for the user of a token, as JSON."""
        return {"number": token.number, "user_id": self.user_id, "kind": kind, "item_id": self.item_id}


class SavedClock(Saved, frozen=True):
    """The clock; `now_ms` is the moment it showed, and shows again when the snapshot is loaded."""

    now_ms: Annotated[int, Meta(ge=0, le=END_OF_TIME_MS)]
    speed: Annotated[float, Meta(ge=0.001, le=100_000)]
    frozen: bool

    def at(self, real_ms: int) -> Clock:
        """Return the clock that goes on from here at a real moment."""
        return Clock(real_ms, self.now_ms, self.speed, self.frozen)


class SavedRecorded(Saved, frozen=True):
    """A `Recorded`."""

    item: JsonObject
    at_ms: Moment


class SavedAccount(Saved, frozen=True):
    """An `Account`."""

    user_id: IdPart
    max_jobs: Number
    updated_ms: Moment
    request_params: dict[str, Any]
    recorded: SavedRecorded | None = None


class SavedStep(Saved, frozen=True):
    """A `Step`."""

    age_ms: Count
    status: Status
    progress: Annotated[int, Meta(ge=0, le=100)]
    told: bool = True


class SavedPlan(Saved, frozen=True):
    """A `Plan`."""

    steps: Annotated[tuple[SavedStep, ...], Meta(min_length=2)]


class SavedRequest(Saved, frozen=True):
    """A `MusicRequest`."""

    prompt: str
    model: str
    user_id: str | None = None
    max_jobs: Number | None = None
    lyrics: str | None = None
    artist_voice_id: str | None = None
    cloned_voice_id: VoiceRef | None = None
    midi_id: MidiRef | None = None
    tonality: str | None = None
    bpm: int | None = None
    chords: str | None = None
    reply_url: str | None = None
    reply_ref: str | None = None
    base_url: str = ""
    depth: Count = 0
    origin: str | None = None


class SavedMaterial(Saved, frozen=True):
    """A `Material`."""

    title: str
    style: str
    mood: str
    instruments: str
    scene: str
    key: Key
    bpm: Bpm
    chords: str
    seconds: Annotated[int, Meta(ge=1, le=600)]
    seed: Count


class SavedJob(Saved, frozen=True):
    """A `Job`."""

    number: Number
    id: SavedId
    kind: JobKind
    created_ms: Moment
    plan: SavedPlan
    download_lag_ms: Count
    request: SavedRequest
    material: SavedMaterial
    active: bool
    settled_steps: Number
    stalled_by: str | None = None
    recorded: SavedRecorded | None = None


class SavedAttempt(Saved, frozen=True):
    """An `Attempt`."""

    at_ms: Moment
    status: Annotated[int, Meta(ge=100, le=999)] | None
    error: str | None = None


class SavedCallback(Saved, frozen=True):
    """A `Callback`, without the lease: who was at it is not at it any more."""

    number: Number
    job_id: SavedId
    url: str
    step: Count
    moment_ms: Moment
    due_ms: Moment
    attempts: tuple[SavedAttempt, ...]
    outcome: Outcome


class SavedMidiFile(Saved, frozen=True):
    """A `MidiFile`."""

    number: Number
    id: SavedId
    name: str
    key: Key
    bpm: Bpm
    recorded: SavedRecorded | None = None


class SavedVoice(Saved, frozen=True):
    """A `ClonedVoice`."""

    number: Number
    id: SavedId
    name: str
    extension: Annotated[str, Meta(pattern=r"^[a-z0-9]{1,5}$")]
    created_ms: Moment
    ready_ms: Moment
    recorded: SavedRecorded | None = None


class SavedMatch(Saved, frozen=True):
    """A `Match`."""

    operation_ids: tuple[str, ...] = ()
    user_id: str | None = None
    method: str | None = None
    path: str | None = None
    header: str | None = None
    header_value: str | None = None
    prompt: str | None = None


class SavedEffect(Saved, frozen=True):
    """An `Effect`."""

    kind: str
    status: Annotated[int, Meta(ge=200, le=599)] | None = None
    example: str | None = None
    text: str | None = None
    retry_after: Count | None = None
    seconds: Annotated[float, Meta(ge=0, le=315_360_000)] | None = None
    bytes: Number | None = None
    progress: Annotated[int, Meta(ge=0, le=99)] | None = None
    carried_out: bool = False


class SavedFault(Saved, frozen=True):
    """A `Fault`."""

    number: Number
    match: SavedMatch
    effect: SavedEffect
    times: Number | None = None
    skip: Count = 0
    probability: Annotated[float, Meta(ge=0, le=1)] = 1.0
    matched: Count = 0
    applied: Count = 0


class Snapshot(Saved, frozen=True, kw_only=True):
    """A whole world. Blobs are base64 in JSON."""

    format: Literal["tempolor-mock/world"]
    version: Literal[1, 2]
    clock: SavedClock
    accounts: tuple[SavedAccount, ...]
    jobs: tuple[SavedJob, ...]
    callbacks: tuple[SavedCallback, ...]
    midi: tuple[SavedMidiFile, ...]
    voices: tuple[SavedVoice, ...]
    faults: tuple[SavedFault, ...] = ()
    counters: dict[str, Count]
    blobs: dict[str, bytes]

    counted: ClassVar = ("jobs", "callbacks", "midi", "voices", "faults")
    """The tables whose items are numbered by the counter of the same name."""

    def with_clock(self, **changes: Any) -> "Snapshot":
        """Return the same snapshot with some values of its clock replaced."""
        return msgspec.structs.replace(self, clock=msgspec.structs.replace(self.clock, **changes))

    def sizes(self) -> dict[str, int]:
        """Return how many there are of each."""
        return {name: len(getattr(self, name)) for name in ("accounts", *self.counted, "blobs")}
