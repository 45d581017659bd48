"""Stores without HTTP: actions on worlds, run at real moments that the test chooses."""

import asyncio
import io
import struct
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pytest
from tempolor_mock.domain.accounts import Account
from tempolor_mock.domain.callbacks import Callback
from tempolor_mock.domain.clock import Clock
from tempolor_mock.domain.ids import CompositeId, Token
from tempolor_mock.domain.jobs import Job, Material, MusicRequest, Plan, Status, Step
from tempolor_mock.domain.midi import MidiFile
from tempolor_mock.domain.policy import Policy
from tempolor_mock.domain.room import Limits
from tempolor_mock.store import Store, open_store

from ..stores import LASTING_STORES, STORES, Places

START_MS = 1_747_731_600_125
ALICE = Token("1", "alice")
BOB = Token("2", "bob")


class Kept:
    """A store, with the real clock in the test's hands."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.real_ms = START_MS
        self._runner = asyncio.Runner()
        self._closed = False

    def run(self, action: Callable[..., Any], token: Token = ALICE) -> Any:
        """Run an action in a token's world."""
        return self.wait(self.store.transact(token, action, real_ms=self.real_ms))

    def wait(self, coroutine: Any) -> Any:
        """Return what a coroutine returns."""
        return self._runner.run(coroutine)

    def close(self) -> None:
        """Close the store; a second time does nothing."""
        if not self._closed:
            self._closed = True
            self.wait(self.store.close())
            self._runner.close()


@dataclass(frozen=True)
class Records:
    """Makes records with what a test does not care about filled in."""

    token: Token = ALICE

    def account(self, user_id: str = "111", max_jobs: int = 10) -> Account:
        """Return an account."""
        return Account(
            user_id, max_jobs, START_MS, {"user_id": user_id, "email": "ü@example.org", "deep": [{"a": None}]}
        )

    def job(
        self, number: int, *, user_id: str = "111", seconds: float = 20, has_callbacks: bool = False, **fields: Any
    ) -> Job:
        """Return a running song of three steps that ends after some seconds."""
        end_ms = round(seconds * 1000)
        steps = (Step(0, Status.GENERATING, 0), Step(end_ms // 2, Status.GENERATING, 50))
        return Job(
            number=number,
            id=CompositeId(self.token.number, user_id, "job", f"item{number}"),
            kind="song",
            created_ms=START_MS,
            plan=Plan((*steps, Step(end_ms, Status.COMPLETED, 100))),
            download_lag_ms=2_000,
            request=MusicRequest(
                prompt="A harbour ballad", model="v3.5", reply_url="http://127.0.0.1:9/cb" if has_callbacks else None
            ),
            seconds=_MATERIAL.seconds,
            seed=_MATERIAL.seed,
            given_material=_MATERIAL,
            **fields,
        )

    def midi(self, number: int, user_id: str = "111") -> MidiFile:
        """Return a MIDI file."""
        return MidiFile(
            number, CompositeId(self.token.number, user_id, "midi", f"item{number}"), f"Theme {number}", "D:minor", 96
        )

    def callback(self, number: int, job: int = 1, *, due_ms: int = START_MS, **fields: Any) -> Callback:
        """Return a callback that is due."""
        job_id = CompositeId(self.token.number, "111", "job", f"item{job}")
        return Callback(
            number=number, job_id=job_id, url="http://127.0.0.1:9/cb", step=1, moment_ms=due_ms, due_ms=due_ms, **fields
        )


_MATERIAL = Material(
    title="Harbour",
    style="Folk",
    mood="",
    instruments="",
    scene="Film",
    key="C:major",
    bpm=96,
    chords="",
    seconds=90,
    seed=7,
)


def frozen_clock(real_ms: int) -> Clock:
    """Return a clock that stands still at a real moment."""
    return Clock(real_ms, real_ms, frozen=True)


@pytest.fixture
def records() -> Records:
    """Makers of Alice's records."""
    return Records()


@pytest.fixture
def keep(place_of: Places) -> Iterator[Callable[..., Kept]]:
    """Open stores by name, such as `sqlite`; all of one name at one place, unless another label is given."""
    with ExitStack() as stack:

        def make(name: str, label: str = "worlds", *, limits: Limits = Limits(), **policy: Any) -> Kept:  # noqa: B008
            kept = Kept(open_store(place_of(name, label), Policy(**policy), frozen_clock, limits=limits))
            stack.callback(kept.close)
            return kept

        yield make


@pytest.fixture(params=STORES)
def kept(request: pytest.FixtureRequest, keep: Callable[..., Kept]) -> Kept:
    """Each store in turn, empty."""
    return keep(request.param)


@pytest.fixture(params=STORES)
def edit(request: pytest.FixtureRequest, keep: Callable[..., Kept]) -> Callable[..., Any]:
    """Run an action in Alice's world: `edit(lambda world: ...)`.

    Where a store lasts, two of one place take turns, so that each must see what the other one did.
    """
    stores = cycle([keep(request.param) for _ in range(1 + (request.param in LASTING_STORES))])
    return lambda action: next(stores).run(action)


@pytest.fixture(scope="session")
def mid() -> bytes:
    """A MIDI file of one note."""
    track = b"\x00\x90\x3c\x5a\x60\x80\x3c\x00\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">I", len(track)) + track


@pytest.fixture(scope="session")
def wav() -> bytes:
    """Half a second of a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(struct.pack("<2h", 9_000, -9_000) * 2_000)
    return buffer.getvalue()
