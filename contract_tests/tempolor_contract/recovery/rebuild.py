"""From recordings to the snapshot of the world they show."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tempolor_mock.domain.clock import iso
from tempolor_mock.domain.policy import Policy
from tempolor_mock.store.snapshot_format import FORMAT, VERSION, SavedAccount, SavedClock, SavedRecorded, Snapshot

from ..document.call import CALLBACK
from ..document.ids import token_number
from ..document.reader import Reader
from ..document.router import default_router
from ..exchanges.exchange import Exchange, NotRecordedError
from ..exchanges.recording import read_all
from .jobs import JobSaver
from .seen_world import Room, SeenWorld
from .sightings import moment
from .uploads import Uploads

_MOST_WORLDS: Final = 1000
_MOST_UPLOADED_BYTES: Final = 64 << 20
_SLOTS: Final = 10


class NoWorldError(Exception):
    """A recording shows no world, or more than one; the message says what to do."""


@dataclass
class Rebuilt:
    """A snapshot, whose world it is, and what of it is guessed; `stopped` says why not all was read, if so.

    `token` is one that the mock gives the recording's ids to.
    """

    snapshot: Snapshot
    token: str
    calls: int
    foreign: int
    deleted: int
    guesses: list[dict[str, Any]]
    stopped: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return everything but the snapshot itself."""
        jobs = self.snapshot.jobs
        return {
            "world": {
                **{
                    name: len(getattr(self.snapshot, name))
                    for name in ("accounts", "jobs", "midi", "voices", "callbacks")
                },
                "running": sum(not each.plan.steps[each.settled_steps - 1].status.final for each in jobs),
                "pending_callbacks": sum(each.outcome.value == "due" for each in self.snapshot.callbacks),
                "deleted": self.deleted,
            },
            "now": iso(self.snapshot.clock.now_ms),
            "token": self.token,
            "calls": self.calls,
            "foreign": self.foreign,
            "guesses": self.guesses,
            "stopped": self.stopped,
        }


@dataclass
class Rebuilder:
    """Takes in the exchanges of a stream, one world for each token; `until_ms` is where to stop, None for the end."""

    base: str | None = None
    until_ms: int | None = None
    foreign: int = 0
    undated: int = 0
    _worlds: dict[str, SeenWorld] = field(default_factory=dict)
    _end_ms: int = 0
    _unrecorded: int = 0
    _strange: int = 0
    _cut: bool = False
    _room: Room = field(default_factory=lambda: Room(_MOST_UPLOADED_BYTES))
    _began: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self._reader = Reader(default_router(), self.base)

    def see(self, exchange: Exchange) -> None:
        """Take in an exchange."""
        if not exchange.started:
            # Nothing tells when it was: a second after the one before, from the present on.
            exchange = replace(exchange, started=self._began + self.undated)
            self.undated += 1
        finished_ms = round(exchange.finished * 1000)
        if self.until_ms is not None and finished_ms > self.until_ms:
            self._cut = True
            return
        self._end_ms = max(self._end_ms, finished_ms)
        call = self._reader.read(exchange)
        if not call.operation:
            self.foreign += call.path is None
            return
        try:
            world = self._of_callback(exchange) if call.operation == CALLBACK else self._world(call.token or "")
            if world is not None:
                world.observe(call)
        except NotRecordedError:
            self._unrecorded += 1
        except (AttributeError, LookupError, TypeError, ValueError):
            self._strange += 1  # as the inspector has it: that an answer's shape is wrong, the schema says

    def _world(self, token: str) -> SeenWorld | None:
        if token not in self._worlds and len(self._worlds) < _MOST_WORLDS:
            self._worlds[token] = SeenWorld(token, self._room)
        return self._worlds.get(token)

    def _of_callback(self, exchange: Exchange) -> SeenWorld | None:
        """Return the world that knows the job a callback is about, or else the only one there is."""
        item = exchange.request.json
        job_id = item.get("job_id") if isinstance(item, dict) else None
        knowing = (each for each in self._worlds.values() if str(job_id).rpartition(":")[2] in each.jobs)
        return next(knowing, None) or (next(iter(self._worlds.values())) if len(self._worlds) == 1 else None)

    def rebuild(self, token: str | None, mock_url: str) -> Rebuilt:
        """Return the world of a token, given whole or by its beginning; NoWorldError where there is no such one."""
        world = self._chosen(token)
        world.clock.reach(self.until_ms if self._cut and self.until_ms else self._end_ms)
        if self._unrecorded:
            world.guesses.add("calls", f"{self._unrecorded} calls were not recorded whole: what they show is not there")
        if self._strange:
            world.guesses.add("calls", f"{self._strange} calls have an unknown shape: what they show is not there")
        if self.undated:
            world.guesses.add("clock", "the recording tells no times: a second passes from call to call, from now on")
        now_ms = world.clock.at(world.clock.stamp)
        if world.clock.apart:
            world.guesses.add(
                "clock", "the service's clock was not the recorder's: it shows the latest moment the service told of"
            )
        snapshot = _snapshot(world, now_ms, mock_url)
        number = world.number or token_number(world.token) or "12345"
        return Rebuilt(
            snapshot, f"user:{number}-demo", world.calls, self.foreign, world.deleted, world.guesses.to_json()
        )

    def _chosen(self, token: str | None) -> SeenWorld:
        shown = {name: each for name, each in self._worlds.items() if each.accepted}
        found = {name: each for name, each in shown.items() if token is None or name.startswith(token)}
        if token in found:
            return found[token]
        if len(found) == 1:
            return next(iter(found.values()))
        told = ", ".join(f"{_masked(name)} ({each.calls} calls)" for name, each in list(shown.items())[:10])
        if found:
            raise NoWorldError(
                f"{len(found)} tokens are in it: {told}; choose one with --token, whole or its beginning"
            )
        if shown:
            raise NoWorldError(f"--token is none of those in it: {told}")
        if self._worlds:
            raise NoWorldError("the service accepted no request in it, so it shows nothing of a world")
        if self._cut:
            raise NoWorldError("no request to the API was answered by the moment that --until names")
        raise NoWorldError(
            f"no request to the API among {self.foreign}{'; --base says where it is' if self.foreign else ''}"
        )


def _masked(token: str) -> str:
    number = token_number(token)
    return f"user:{number}-..." if number else "a token that is hidden or of another shape" if token else "no token"


def rebuild(
    files: Iterable[Path],
    *,
    token: str | None = None,
    base: str | None = None,
    until_ms: int | None = None,
    mock_url: str,
) -> Rebuilt:
    """Return the world that recordings show, read one after the other as one history.

    An exchange that cannot be read is left out, and a broken file ends the reading; `stopped` tells of both.

    Raises:
        NoWorldError: They show no world, or several ones.

    """
    rebuilder = Rebuilder(base, until_ms)
    stopped = read_all(files, rebuilder.see)
    try:
        rebuilt = rebuilder.rebuild(token, mock_url)
    except NoWorldError as error:
        raise NoWorldError(stopped or str(error)) from None
    rebuilt.stopped = stopped
    return rebuilt


def _snapshot(world: SeenWorld, now_ms: int, mock_url: str) -> Snapshot:
    uploads = Uploads(world, now_ms)
    saved = JobSaver(world, now_ms, mock_url).save()
    return Snapshot(
        format=FORMAT,
        version=VERSION,
        clock=SavedClock(now_ms, 1.0, frozen=False),
        accounts=_accounts(world, now_ms),
        jobs=saved.jobs,
        callbacks=saved.callbacks,
        midi=uploads.midi,
        voices=uploads.voices,
        counters={
            "jobs": max(len(saved.jobs), _used(world, "remainNum", Policy().total_generations)),
            "music_seconds": _used(world, "remainSeconds", Policy().total_music_seconds),
            "callbacks": len(saved.callbacks),
            "midi": len(uploads.midi),
            "voices": len(uploads.voices),
        },
        blobs=uploads.blobs,
    )


def _used(world: SeenWorld, name: str, total: int) -> int:
    """Return how much of a quota must be used, so that the mock's answers go on from what the last one told."""
    if name == "remainNum" and world.quota_spent:
        return total
    remaining = world.quota.get(name)
    if remaining is None:
        world.guesses.add(
            f"counters.{name}", "what is left of the quota was not told: the mock's usual one, less what is here"
        )
        return 0
    if remaining > total:
        world.guesses.add(f"counters.{name}", f"{remaining} were left: more than the mock begins with ({total})")
    return max(0, total - remaining)


def _accounts(world: SeenWorld, now_ms: int) -> tuple[SavedAccount, ...]:
    saved = []
    told = {each.id.account: each.order.slots for each in world.jobs.values() if each.order and each.order.slots}
    for account in world.accounts.values():
        shown = world.shown(account.shown or {})
        slots = account.slots or told.get(account.user_id)
        if not shown:
            world.guesses.add(
                "accounts",
                "it was not shown itself: when and with what it was configured is not known",
                account.user_id,
            )
        if not slots:
            world.guesses.add("accounts", f"how many jobs it runs at once was not shown: {_SLOTS}", account.user_id)
        updated, params = moment(shown.get("updated")), shown.get("requestParams")
        saved.append(
            SavedAccount(
                account.user_id,
                slots or _SLOTS,
                min(now_ms, updated or world.clock.at(account.first)),
                params if isinstance(params, dict) else {},
                SavedRecorded(shown, now_ms) if shown else None,
            )
        )
    return tuple(saved)
