"""A world as a JSON value that people keep, edit and load elsewhere, later, into any store.

The format is written down here apart from the records of the domain, so that these may change without making files
unreadable. Ids in it do not carry the user's number: they get that of the user who loads them. Clients' secrets are
not in it, because no world keeps them; nor is the token.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from ..domain import faults
from ..domain.accounts import Account
from ..domain.callbacks import Callback, Outcome
from ..domain.clock import Clock
from ..domain.faults import Fault
from ..domain.ids import IdKind, Token
from ..domain.jobs import Job, JobKind, Plan, Status
from ..domain.midi import MidiFile
from ..domain.records import replace
from ..domain.secrets import redacted
from ..domain.settling import settle
from ..domain.timing import END_OF_TIME_MS
from ..domain.voices import ClonedVoice
from ..domain.world import World
from .base import StoreError

FORMAT: Final = "tempolor-mock/world"
VERSION: Final = 1

T = TypeVar("T")
JsonObject = dict[str, Any]

Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Number = Annotated[int, Meta(ge=1, le=2**53 - 1)]
IdPart = Annotated[str, Meta(pattern=r"^[^:/\x00-\x1f]+$")]
Moment = Annotated[int, Meta(ge=0, le=250_000_000_000_000)]
"""Milliseconds since 1970, within the years that can be printed."""
Key = Annotated[str, Meta(pattern=r"^[A-G][#b]?:(major|minor)$")]
Bpm = Annotated[int, Meta(ge=50, le=190)]
VoiceRef = Annotated[str, Meta(pattern=r"^user:\d+-tempolor:[^:]+-voice:[^:]+$")]
MidiRef = Annotated[str, Meta(pattern=r"^user:\d+-tempolor:[^:]+-midi:[^:]+$")]


class SnapshotError(Exception):
    """A value is no snapshot of a world; the message says what is wrong and, in the end, at which path."""

    @classmethod
    def at(cls, path: str, what: str) -> "SnapshotError":
        """Return the error in the words msgspec uses."""
        return cls(f"{what} - at `$.{path}`")


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


class SavedAccount(Saved, frozen=True):
    """An `Account`."""

    user_id: IdPart
    max_jobs: Number
    updated_ms: Moment
    request_params: dict[str, Any]


class SavedStep(Saved, frozen=True):
    """A `Step`."""

    age_ms: Count
    status: Status
    progress: Annotated[int, Meta(ge=0, le=100)]


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


class SavedVoice(Saved, frozen=True):
    """A `ClonedVoice`."""

    number: Number
    id: SavedId
    name: str
    extension: Annotated[str, Meta(pattern=r"^[a-z0-9]{1,5}$")]
    created_ms: Moment
    ready_ms: Moment


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
    version: Literal[1]
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


def save(world: World) -> JsonObject:
    """Return a world as a JSON value."""
    clock = {"now_ms": world.now_ms, "speed": world.clock.speed, "frozen": world.clock.frozen}
    return {
        "format": FORMAT,
        "version": VERSION,
        "clock": clock,
        "accounts": _plain(world.accounts.values()),
        "jobs": _plain(replace(job, plan=Plan(job.plan.steps)) for job in world.jobs),
        "callbacks": _plain(world.callbacks),
        "midi": _plain(world.midi),
        "voices": _plain(world.voices),
        "faults": _plain(faults.all_of(world)),
        "counters": dict(world.counters()),
        "blobs": msgspec.to_builtins(dict(world.blobs)),
    }


def _plain(records: Iterable[object]) -> list[JsonObject]:
    """Return records as JSON objects, ids without the user's number and their kind, and without leases."""
    objects: list[JsonObject] = [msgspec.to_builtins(record) for record in records]
    for each in objects:
        each.pop("leased_until_ms", None)
        for name in each.keys() & {"id", "job_id"}:
            each[name] = {"user_id": each[name]["user_id"], "item_id": each[name]["item_id"]}
    return objects


def read(value: Any) -> Snapshot:
    """Return the snapshot that a JSON value is, or raise SnapshotError."""
    found = (value.get("format"), value.get("version")) if isinstance(value, dict) else (None, None)
    if found[0] != FORMAT:
        raise SnapshotError.at("format", f"Expected {FORMAT!r}, got {found[0]!r}")
    if found[1] != VERSION:
        raise SnapshotError.at("version", f"This mock reads version {VERSION}, not {found[1]!r}")
    try:
        snapshot = msgspec.convert(value, Snapshot)
    except msgspec.ValidationError as error:
        raise SnapshotError(str(error)) from None
    for path, mistake in _mistakes(snapshot):
        raise SnapshotError.at(path, mistake)
    return snapshot


Mistakes = Iterator[tuple[str, str]]
"""Paths and what is wrong there."""


def _mistakes(snapshot: Snapshot) -> Mistakes:
    """Yield what is wrong though each value by itself is right."""
    yield from _repeated("accounts", (account.user_id for account in snapshot.accounts), "user_id")
    for table in snapshot.counted:
        items = getattr(snapshot, table)
        yield from _repeated(table, (item.number for item in items), "number")
        yield from _beyond_counter(table, items, snapshot.counters.get(table, 0))
    for table in ("jobs", "midi", "voices"):
        yield from _repeated(table, (item.id.item_id for item in getattr(snapshot, table)), "id.item_id")
    for place, job in enumerate(snapshot.jobs):
        yield from _job_mistakes(f"jobs[{place}]", job)
    yield from _callback_mistakes(snapshot)
    for place, fault in enumerate(snapshot.faults):
        yield from _effect_mistakes(f"faults[{place}].effect", fault.effect)
    needed = [f"midi/{file.id.item_id}" for file in snapshot.midi]
    needed += [f"voice/{voice.id.item_id}" for voice in snapshot.voices]
    for name in needed:
        if name not in snapshot.blobs:
            yield "blobs", f"Object missing required field `{name}`"


def _repeated(table: str, values: Iterable[object], field: str) -> Mistakes:
    seen = set()
    for place, value in enumerate(values):
        if value in seen:
            yield f"{table}[{place}].{field}", f"{value!r} is there twice"
        seen.add(value)


def _beyond_counter(table: str, items: Iterable[Any], counter: int) -> Mistakes:
    for place, item in enumerate(items):
        if item.number > counter:
            yield f"{table}[{place}].number", f"Expected at most `counters.{table}`, which is {counter}"


def _job_mistakes(path: str, job: SavedJob) -> Mistakes:
    steps = job.plan.steps
    ages = [step.age_ms for step in steps]
    if ages[0] != 0 or ages != sorted(ages):
        yield f"{path}.plan.steps", "Expected ages that begin with 0 and do not fall"
    if [step.status.final for step in steps] != [*(False for _ in steps[1:]), True]:
        yield f"{path}.plan.steps", "Expected a final status in the last step and in no other"
    if job.settled_steps > len(steps) - job.active:
        yield f"{path}.settled_steps", "Expected a step of the plan, and not the last one of a job that is active"


def _callback_mistakes(snapshot: Snapshot) -> Mistakes:
    steps = {job.id: len(job.plan.steps) for job in snapshot.jobs}
    for place, callback in enumerate(snapshot.callbacks):
        if callback.outcome is Outcome.DUE and callback.job_id not in steps:
            yield f"callbacks[{place}].job_id", "Expected a job of this snapshot"
        if callback.step >= steps.get(callback.job_id, callback.step + 1):
            yield f"callbacks[{place}].step", "Expected a step of the job's plan"


def read_file(path: Path) -> Snapshot:
    """Return the snapshot in a JSON file, or raise StoreError."""
    try:
        return read(msgspec.json.decode(path.read_bytes()))
    except (OSError, msgspec.DecodeError, SnapshotError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StoreError(f"cannot begin worlds with {path}: {reason}") from None


def _effect_mistakes(path: str, effect: SavedEffect) -> Mistakes:
    kind = faults.KINDS.get(effect.kind)
    if kind is None:
        yield f"{path}.kind", f"Invalid enum value {effect.kind!r}"
        return
    for name in sorted(kind.needs):
        if getattr(effect, name) is None:
            yield path, f"Object missing required field `{name}`"


def load(world: World, snapshot: Snapshot) -> None:
    """Make a world what the snapshot says, and nothing else; its clock goes on from there."""
    token = world.token
    accounts = [_account(saved) for saved in snapshot.accounts]
    jobs = [_job(saved, token) for saved in _in_order(snapshot.jobs)]
    callbacks = [
        _record(saved, Callback, job_id=saved.job_id.of(token, "job")) for saved in _in_order(snapshot.callbacks)
    ]
    midi = [_record(saved, MidiFile, id=saved.id.of(token, "midi")) for saved in _in_order(snapshot.midi)]
    voices = [_record(saved, ClonedVoice, id=saved.id.of(token, "voice")) for saved in _in_order(snapshot.voices)]
    rules = [_record(saved, Fault) for saved in snapshot.faults]
    world.clear()
    world.clock, world.now_ms = snapshot.clock.at(world.real_ms), snapshot.clock.now_ms
    world.accounts.update({account.user_id: account for account in accounts})
    for job in jobs:
        world.jobs.put(job)
    for callback in callbacks:
        world.callbacks.put(callback)
    for file in midi:
        world.midi.put(file)
    for voice in voices:
        world.voices.put(voice)
    world.faults.update({rule.id: rule for rule in rules})
    for name, counter in snapshot.counters.items():
        world.count(name, counter)
    world.blobs.update(snapshot.blobs)
    settle(world)


def _account(saved: SavedAccount) -> Account:
    return _record(saved, Account, request_params=redacted(saved.request_params))


def _job(saved: SavedJob, token: Token) -> Job:
    references = {"cloned_voice_id": saved.request.cloned_voice_id, "midi_id": saved.request.midi_id}
    request = msgspec.to_builtins(saved.request) | {name: _renumbered(each, token) for name, each in references.items()}
    return _record(saved, Job, id=saved.id.of(token, "job"), request=request)


def _renumbered(composite_id: str | None, token: Token) -> str | None:
    """Return the text of an id with the number of the token's user."""
    return composite_id and f"user:{token.number}-{composite_id.partition('-')[2]}"


def _record(saved: Saved, kind: type[T], **changed: JsonObject) -> T:
    """Return the domain's record of a saved one, some fields changed."""
    return msgspec.convert(msgspec.to_builtins(saved) | changed, kind)


Numbered = TypeVar("Numbered", SavedJob, SavedCallback, SavedMidiFile, SavedVoice)


def _in_order(items: Iterable[Numbered]) -> list[Numbered]:
    return sorted(items, key=lambda item: item.number)
