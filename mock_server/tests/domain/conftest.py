"""Worlds without HTTP: the domain's own functions on the memory store's objects."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from tempolor_mock.domain import accounts, midi, music, timing, voices
from tempolor_mock.domain.clock import Clock
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.jobs import Job, MusicRequest
from tempolor_mock.domain.midi import MidiFile
from tempolor_mock.domain.policy import Policy
from tempolor_mock.domain.settling import Transition
from tempolor_mock.domain.voices import ClonedVoice
from tempolor_mock.domain.world import World
from tempolor_mock.store.memory_world import MemoryWorld

# How long an example takes says more of the machine than of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

START_MS = 1_747_731_600_125


class Stage:
    """A world whose clock stands still, and short words for what tests do in it."""

    def __init__(self, token: str = "user:12345-stage", **policy: Any) -> None:
        self.world: World = MemoryWorld(
            Token.parse(token), Policy(**policy), Clock(START_MS, START_MS, speed=1.0, frozen=True)
        )

    def account(self, user_id: str = "111", max_jobs: int | None = None) -> None:
        """Configure an account."""
        accounts.configure(self.world, {"user_id": user_id}, max_jobs)

    def song(self, prompt: str = "A harbour ballad", **options: Any) -> tuple[Job, ...]:
        """Start a song; `options` are the request's."""
        request = MusicRequest(**{"prompt": prompt, "model": "v3.5", **options})
        return music.start(self.world, "song", request).jobs

    def midi(self, user_id: str | None = None) -> MidiFile:
        """Keep a MIDI file."""
        uploaded = midi.add(self.world, name="Theme", content=b"MThd", key="C:major", bpm=120, user_id=user_id)
        return uploaded.file

    def voice(self, user_id: str | None = None) -> ClonedVoice:
        """Clone a voice."""
        return voices.clone(self.world, name="Alto", extension="wav", content=b"RIFF", user_id=user_id)

    def advance(self, seconds: float) -> list[Transition]:
        """Move the clock forward and return what that caused."""
        return timing.advance(self.world, seconds)

    def running(self) -> list[Job]:
        """Return the jobs that take a slot."""
        return list(self.world.jobs.active())


@pytest.fixture(scope="session")
def new_stage() -> Callable[..., Stage]:
    """Make worlds with a policy of their own."""
    return Stage


@pytest.fixture
def stage() -> Stage:
    """A world with one account, `111`, of ten slots."""
    stage = Stage()
    stage.account()
    return stage
