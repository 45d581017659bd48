"""A world as a JSON value that people keep, edit and load elsewhere, later, into any store.

Ids in it do not carry the user's number: they get that of the user who loads them. Clients' secrets are not in it,
because no world keeps them; nor is the token. `snapshot_format.py` has the shapes.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import orjson
from tempolor_spec.secrets import redact_json

from ..domain import faults, room
from ..domain.accounts import Account
from ..domain.callbacks import Callback, Outcome
from ..domain.composing import material_of
from ..domain.faults import Fault
from ..domain.ids import Token
from ..domain.jobs import Job, Plan
from ..domain.midi import MidiFile
from ..domain.records import replace
from ..domain.settling import settle
from ..domain.voices import ClonedVoice
from ..domain.world import World
from .base import StoreError
from .snapshot_format import (
    FORMAT,
    VERSION,
    VERSIONS,
    JsonObject,
    Saved,
    SavedAccount,
    SavedCallback,
    SavedEffect,
    SavedJob,
    SavedMidiFile,
    SavedVoice,
    Snapshot,
)

T = TypeVar("T")


class SnapshotError(Exception):
    """A value is no snapshot of a world; the message says what is wrong and, in the end, at which path."""

    @classmethod
    def at(cls, path: str, what: str) -> "SnapshotError":
        """Return the error in the words msgspec uses."""
        return cls(f"{what} - at `$.{path}`")


@dataclass(frozen=True, slots=True)
class Captured:
    """What a world held at one moment: records that nobody changes any more."""

    clock: JsonObject
    tables: Mapping[str, Sequence[object]]
    counters: Mapping[str, int]
    blobs: Mapping[str, bytes]


def capture(world: World) -> Captured:
    """Take note of a world, which takes little time; `encode` takes the rest of it, anywhere."""
    return Captured(
        clock={"now_ms": world.now_ms, "speed": world.clock.speed, "frozen": world.clock.frozen},
        tables={
            "accounts": list(world.accounts.values()),
            "jobs": list(world.jobs),
            "callbacks": list(world.callbacks),
            "midi": list(world.midi),
            "voices": list(world.voices),
            "faults": faults.all_of(world),
        },
        counters={name: total for name, total in world.counters().items() if name != room.COUNTER},
        blobs=dict(world.blobs),
    )


def encode(captured: Captured) -> bytes:
    """Return a world as JSON, made piece by piece: in a thread, others get their turn between two of them."""
    members = [
        (b"format", orjson.dumps(FORMAT)),
        (b"version", orjson.dumps(VERSION)),
        (b"clock", orjson.dumps(captured.clock)),
        *((name.encode(), b"[%b]" % b",".join(map(_encoded, table))) for name, table in captured.tables.items()),
        (b"counters", orjson.dumps(captured.counters)),
        (b"blobs", b"{%b}" % b",".join(_encoded_blob(*each) for each in captured.blobs.items())),
    ]
    return b"{%b}" % b",".join(b'"%b":%b' % member for member in members)


def _encoded(record: object) -> bytes:
    return orjson.dumps(_plain(_worked_out(record) if isinstance(record, Job) else record))


def _encoded_blob(name: str, content: bytes) -> bytes:
    return b'%b:"%b"' % (orjson.dumps(name), b64encode(content))


_NOT_SAVED = ("leased_until_ms", "seconds", "seed")
"""Fields that snapshots lack: leases end with the process, and the material of a job has the others."""


def _worked_out(job: Job) -> Job:
    """Return a job with everything that follows from what was drawn for it."""
    return replace(job, plan=Plan(job.plan.steps), given_material=material_of(job))


def _plain(record: object) -> JsonObject:
    """Return a record as a JSON object, ids without the user's number and their kind."""
    plain: JsonObject = msgspec.to_builtins(record)
    for name in _NOT_SAVED:
        plain.pop(name, None)
    for name in plain.keys() & {"id", "job_id"}:
        plain[name] = {"user_id": plain[name]["user_id"], "item_id": plain[name]["item_id"]}
    return plain


def read(value: Any) -> Snapshot:
    """Return the snapshot that a JSON value is, or raise SnapshotError."""
    found = (value.get("format"), value.get("version")) if isinstance(value, dict) else (None, None)
    if found[0] != FORMAT:
        raise SnapshotError.at("format", f"Expected {FORMAT!r}, got {found[0]!r}")
    if found[1] not in VERSIONS:
        known = " and ".join(map(str, VERSIONS))
        raise SnapshotError.at("version", f"This mock reads the versions {known}, not {found[1]!r}")
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
        if callback.job_id in steps and callback.step >= steps[callback.job_id]:
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """The records of a world that is going to be what a snapshot says."""

    snapshot: Snapshot
    accounts: Sequence[Account]
    jobs: Sequence[Job]
    callbacks: Sequence[Callback]
    midi: Sequence[MidiFile]
    voices: Sequence[ClonedVoice]
    faults: Sequence[Fault]


def prepare(snapshot: Snapshot, token: Token) -> Prepared:
    """Return the records for a token's world, which takes longer than to `put` them there."""
    return Prepared(
        snapshot,
        accounts=[_account(saved) for saved in snapshot.accounts],
        jobs=[_job(saved, token) for saved in _in_order(snapshot.jobs)],
        callbacks=[
            _record(saved, Callback, job_id=saved.job_id.of(token, "job")) for saved in _in_order(snapshot.callbacks)
        ],
        midi=[_record(saved, MidiFile, id=saved.id.of(token, "midi")) for saved in _in_order(snapshot.midi)],
        voices=[_record(saved, ClonedVoice, id=saved.id.of(token, "voice")) for saved in _in_order(snapshot.voices)],
        faults=[_record(saved, Fault) for saved in snapshot.faults],
    )


def load(world: World, snapshot: Snapshot) -> None:
    """Make a world what the snapshot says, and nothing else; its clock goes on from there."""
    put(world, prepare(snapshot, world.token))


def put(world: World, prepared: Prepared) -> None:
    """Make a world what was prepared for it."""
    snapshot = prepared.snapshot
    world.clear()
    world.clock, world.now_ms = snapshot.clock.at(world.real_ms), snapshot.clock.now_ms
    world.accounts.update({account.user_id: account for account in prepared.accounts})
    for job in prepared.jobs:
        world.jobs.put(job)
    for callback in prepared.callbacks:
        world.callbacks.put(callback)
    for file in prepared.midi:
        world.midi.put(file)
    for voice in prepared.voices:
        world.voices.put(voice)
    world.faults.update({rule.id: rule for rule in prepared.faults})
    for name, counter in snapshot.counters.items():
        world.count(name, counter)
    world.count(room.COUNTER, size_of(snapshot))
    world.blobs.update(snapshot.blobs)
    settle(world)


def size_of(snapshot: Snapshot) -> int:
    """Return how many bytes of uploads and accounts a world keeps that was loaded."""
    return sum(map(len, snapshot.blobs.values())) + sum(
        room.size_of_account(account.request_params) for account in snapshot.accounts
    )


def _account(saved: SavedAccount) -> Account:
    return _record(saved, Account, request_params=redact_json(saved.request_params, text=str))


def _job(saved: SavedJob, token: Token) -> Job:
    references = {"cloned_voice_id": saved.request.cloned_voice_id, "midi_id": saved.request.midi_id}
    request = msgspec.to_builtins(saved.request) | {name: _renumbered(each, token) for name, each in references.items()}
    seconds, seed = saved.material.seconds, saved.material.seed
    return _record(saved, Job, id=saved.id.of(token, "job"), request=request, seconds=seconds, seed=seed)


def _renumbered(composite_id: str | None, token: Token) -> str | None:
    """Return the text of an id with the number of the token's user."""
    return composite_id and f"user:{token.number}-{composite_id.partition('-')[2]}"


def _record(saved: Saved, kind: type[T], **changed: object) -> T:
    """Return the domain's record of a saved one, some fields changed."""
    return msgspec.convert(msgspec.to_builtins(saved) | changed, kind)


Numbered = TypeVar("Numbered", SavedJob, SavedCallback, SavedMidiFile, SavedVoice)


def _in_order(items: Iterable[Numbered]) -> list[Numbered]:
    return sorted(items, key=lambda item: item.number)
