"""A session of the Python client through the proxy, recorded, and judged by `tempolor check`."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
from tempolor_client import TemPolor
from tempolor_contract import CATALOGUE
from tempolor_contract.document.service import is_control
from tempolor_contract.exchanges.exchange import Exchange
from tempolor_contract.exchanges.har import HarWriter
from tempolor_contract.judging.check import check
from tempolor_contract.judging.result import RunResult
from tempolor_contract.runs.scenarios.fixtures import HARD
from tempolor_contract.runs.scenarios.samples import midi_file, wav_file

from .proxying import through_a_proxy
from .service import BASE_PATH, OTHER_TOKEN, TOKEN, Service

_SECONDS: Final = 30.0
_ACCOUNT: Final = "111"
_AUTHORIZED: Final = {"Authorization": f"Bearer {TOKEN}"}
_MORE_THAN_A_PAGE: Final = 20
_NOBODY: Final = "user:12345-tempolor:111-job:000000000000000"
_WRONG: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"prompt": "x" * 2001},
    {"prompt": "x", "lyrics": "x" * 3001},
    {"prompt": "x", "model_song": "v0"},
    {"prompt": "x", "replyRef": "x" * 1025},
    {"prompt": "x", "midiItemId": "user:1-tempolor:1-midi:a", "clonedVoiceItemId": "user:1-tempolor:1-voice:a"},
)


def recorded(service: Service) -> RunResult:
    """Return what `check` finds in a session with a service."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "session.har")
        upstream = f"{service.server.url}{BASE_PATH}"
        with HarWriter(file) as har, through_a_proxy(upstream, partial(_record, har)) as url:
            _Session(service, url).play()
        return check([file], CATALOGUE, base=service.target().base_url, live=False)


def _record(har: HarWriter, exchange: Exchange) -> None:
    """Write down what is of the API."""
    if not is_control(httpx.URL(exchange.request.url).path):
        har.write(exchange)


class _Session:
    """What somebody does who tries the API out with the client, step by step; one that fails does not end it."""

    def __init__(self, service: Service, url: str) -> None:
        control = service.target().control_url or ""
        self._clock = httpx.Client(transport=service.transport, base_url=control, headers=_AUTHORIZED, trust_env=False)
        self._plain = httpx.Client(base_url=f"{url}{BASE_PATH}", trust_env=False, timeout=_SECONDS)
        self._mine, self._other = (
            TemPolor(
                token,
                base_url=url,
                max_retries=0,
                busy_timeout=0,
                sleep=self._sleep,
                clock=lambda: self._slept,
                timeout=_SECONDS,
            )
            for token in (TOKEN, OTHER_TOKEN)
        )
        self._slept = 0.0
        self._jobs: list[str] = []

    def play(self) -> None:
        """Take all steps, and close."""
        with self._clock, self._plain, self._mine, self._other:
            for step in (self._accounts, self._uploads, self._orders, self._songs, self._lists, self._mistakes):
                _try(step)
            for step in (self._full, self._others, self._end):
                _try(step)

    def _sleep(self, seconds: float) -> None:
        step = max(1.0, seconds)
        self._clock.post("/clock/advance", json={"seconds": step})
        self._slept += step

    def _accounts(self) -> None:
        _try(self._mine.accounts.list)
        self._mine.accounts.create({"user_id": _ACCOUNT}, max_jobs=4)
        _try(self._mine.accounts.list)
        _try(self._mine.accounts.get, _ACCOUNT)
        _try(self._mine.accounts.get, "222")

    def _uploads(self) -> None:
        """Upload under names, and without naming an account, as the samples of the pages do."""
        for path, file, kind in (("midi", midi_file(), "midi"), ("cloned-voices", wav_file(), "wav")):
            headers = {**_AUTHORIZED, "Content-Type": f"audio/{kind}"}
            for query in ({"name": "Sample"}, {"name": "Sample", "user_id": ""}):
                _try(self._plain.post, f"/music/{path}", params=query, content=file, headers=headers)
        for name in (HARD, *(f"Theme {number}" for number in range(_MORE_THAN_A_PAGE))):
            _try(self._mine.midi.upload, midi_file(), name=name, media_type="audio/midi")
        _try(self._mine.voices.clone, wav_file(), name=HARD, media_type="audio/wav")
        _try(lambda: list(self._mine.midi.list()))
        self._sleep(300)
        _try(lambda: list(self._mine.voices.list()))
        _try(lambda: list(self._mine.voices.artists()))
        _try(self._mine.stems.split, wav_file(), media_type="audio/wav")

    def _orders(self) -> None:
        _try(lambda: self._jobs.extend(self._mine.songs.create(HARD, lyrics=HARD, reply_ref=HARD).jobs))
        _try(
            lambda: self._jobs.extend(
                self._mine.instrumentals.create("Waves", tonality="F#:minor", bpm=73, chords="Dm Bb").jobs
            )
        )
        self._look()
        for _ in range(5):
            self._sleep(5)
            self._look()
        for job in self._jobs:
            _try(self._mine.music.wait, job)

    def _look(self) -> None:
        _try(self._mine.scheduler.running)
        _try(self._mine.scheduler.capacity)
        for job in self._jobs:
            _try(self._mine.music.get, job)
        _try(lambda: self._mine.music.link(self._jobs[0]))

    def _songs(self) -> None:
        self._sleep(30)
        with tempfile.TemporaryDirectory() as folder:
            for kind in ("mp3", "wav"):
                to = Path(folder, f"song.{kind}")
                _try(self._mine.music.download, self._jobs[0], to, file_format=kind)
        self._look()

    def _lists(self) -> None:
        """Page through everything, and order with what stands last."""
        for _ in range(2):
            _try(lambda: list(self._mine.songs.list()))
            _try(lambda: list(self._mine.instrumentals.list()))
        oldest = [midi.midi_item_id for midi in self._mine.midi.list()][-1]
        self._jobs.append(self._mine.songs.create("A ballad", midi_id=oldest).jobs[0])
        self._mine.music.wait(self._jobs[-1])

    def _full(self) -> None:
        """Order until the account is busy and beyond, cancel, and order again, as long a text as is allowed."""
        for _ in range(4):
            _try(lambda: self._jobs.extend(self._mine.songs.create("A ballad", reply_ref="full").jobs))
            _try(self._mine.scheduler.running)
            _try(self._mine.scheduler.capacity)
        _try(lambda: self._jobs.extend(self._mine.songs.create("A ballad", max_jobs=6).jobs))
        _try(self._mine.scheduler.running)
        last = self._jobs[-1]
        _try(self._other.scheduler.cancel, last)
        for _ in range(2):
            _try(self._mine.scheduler.cancel, last)
        _try(self._mine.scheduler.running)
        _try(lambda: self._jobs.extend(self._mine.songs.create("A ballad").jobs))
        self._sleep(60)
        self._look()
        note = "\N{MUSICAL NOTE}"
        _try(self._mine.songs.create, note * 2000, lyrics=note * 3000, reply_ref=note * 1024)
        _try(lambda: list(self._mine.songs.list()))

    def _mistakes(self) -> None:
        """Send what an app's first tests send: wrong orders, ids of nobody, no token."""
        for body in _WRONG:
            self._plain.post("/music/song", json=body, headers=_AUTHORIZED)
        self._plain.post("/music/instrumental", json={"prompt": "x", "bpm": 191}, headers=_AUTHORIZED)
        lists = (f"/music?{query}" for query in ("type=poem", "cursor=&user_id=", "cursor=no-cursor"))
        for path in ("/music/nonsense", f"/music/{_NOBODY}", "/nowhere", *lists):
            self._plain.get(path, headers=_AUTHORIZED)
        for path in ("/scheduler", "/accounts", "/music", "/scheduler/available"):
            self._plain.get(path)
            self._plain.put(path, headers=_AUTHORIZED)
        for path in ("/scheduler", "/music", "/music/midi", "/music/cloned-voices"):
            self._plain.delete(f"{path}/{_NOBODY}")

    def _others(self) -> None:
        """Have another user look for what is not theirs."""
        for job in self._jobs[:1]:
            _try(self._other.music.get, job)
            _try(self._other.scheduler.cancel, job)
        _try(self._other.accounts.list)
        _try(self._other.accounts.get, _ACCOUNT)
        _try(self._other.scheduler.running)

    def _end(self) -> None:
        for job in self._jobs[:2]:
            for call in (self._mine.music.delete, self._mine.music.get, self._mine.music.delete):
                _try(call, job)
        for midi in list(self._mine.midi.list()):
            _try(self._mine.midi.delete, midi.midi_item_id)
        for voice in list(self._mine.voices.list()):
            for _ in range(2):
                _try(self._mine.voices.delete, voice.cloned_voice_item_id)
        _try(lambda: list(self._mine.voices.list()))
        _try(lambda: list(self._mine.midi.list()))
        _try(self._mine.midi.upload, midi_file(), name="Again", media_type="audio/midi")
        self._look()
        _try(lambda: list(self._mine.songs.list()))
        _try(self._mine.accounts.delete, _ACCOUNT)
        _try(self._mine.accounts.list)


def _try(step: Callable[..., object], *given: Any, **named: Any) -> None:
    # A mutant may answer anything, and the client says so in its own way.
    with suppress(Exception):
        step(*given, **named)
