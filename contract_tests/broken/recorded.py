"""A session of the Python client through the proxy, recorded, and judged by `tempolor check`."""

import asyncio
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx
from tempolor_client import TemPolor
from tempolor_contract import CATALOGUE
from tempolor_contract.document.service import is_control
from tempolor_contract.exchanges.har import HarWriter
from tempolor_contract.exchanges.proxy.app import Proxy
from tempolor_contract.exchanges.proxy.server import listen, make_server
from tempolor_contract.exchanges.proxy.upstream import Upstream
from tempolor_contract.judging.check import check
from tempolor_contract.judging.result import RunResult
from tempolor_contract.runs.scenarios.fixtures import HARD
from tempolor_contract.runs.scenarios.samples import midi_file, wav_file

from .service import BASE_PATH, OTHER_TOKEN, TOKEN, Service

_SECONDS: Final = 30.0
_ACCOUNT: Final = "111"
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
        with HarWriter(file) as har, _proxy(service, har) as url:
            _Session(service, url).play()
        return check([file], CATALOGUE, base=service.target().base_url, live=False)


@contextmanager
def _proxy(service: Service, har: HarWriter) -> Iterator[str]:
    """Run a proxy in front of a service, which records what is of the API."""

    def observe(exchange: Any) -> None:
        if not is_control(httpx.URL(exchange.request.url).path):
            har.write(exchange)

    upstream = Upstream.at(f"{service.server.url}{BASE_PATH}")
    with listen(0) as listener:
        proxy = Proxy(upstream, observe, _SECONDS)
        server = make_server(proxy)

        async def serve() -> None:
            await server.serve(sockets=[listener])
            await proxy.close()

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


class _Session:
    """What somebody does who tries the API out with the client, step by step; one that fails does not end it."""

    def __init__(self, service: Service, url: str) -> None:
        control = service.target().control_url or ""
        self._clock = httpx.Client(
            transport=service.transport, base_url=control, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False
        )
        self._plain = httpx.Client(base_url=f"{url}{BASE_PATH}", trust_env=False, timeout=_SECONDS)
        self._mine, self._other = (
            TemPolor(token, base_url=url, max_retries=0, busy_timeout=0, sleep=self._sleep, timeout=_SECONDS)
            for token in (TOKEN, OTHER_TOKEN)
        )
        self._jobs: list[str] = []

    def play(self) -> None:
        """Take all steps, and close."""
        with self._clock, self._plain, self._mine, self._other:
            for step in (self._accounts, self._uploads, self._orders, self._songs, self._lists, self._mistakes):
                _try(step)
            for step in (self._full, self._others, self._end):
                _try(step)

    def _sleep(self, seconds: float) -> None:
        self._clock.post("/clock/advance", json={"seconds": max(1.0, seconds)})

    def _accounts(self) -> None:
        _try(self._mine.accounts.list)
        self._mine.accounts.create({"user_id": _ACCOUNT}, max_jobs=4)
        _try(self._mine.accounts.list)
        _try(lambda: self._mine.accounts.get(_ACCOUNT))
        _try(lambda: self._mine.accounts.get("222"))

    def _uploads(self) -> None:
        for name in (HARD, "Second theme"):
            _try(lambda name=name: self._mine.midi.upload(midi_file(), name=name, media_type="audio/midi"))  # type: ignore[misc]
        _try(lambda: self._mine.voices.clone(wav_file(), name=HARD, media_type="audio/wav"))
        _try(lambda: list(self._mine.midi.list()))
        self._sleep(300)
        _try(lambda: list(self._mine.voices.list()))
        _try(lambda: list(self._mine.voices.artists()))
        _try(lambda: self._mine.stems.split(wav_file(), media_type="audio/wav"))

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
            _try(lambda job=job: self._mine.music.wait(job))  # type: ignore[misc]

    def _look(self) -> None:
        _try(self._mine.scheduler.running)
        _try(self._mine.scheduler.capacity)
        for job in self._jobs:
            _try(lambda job=job: self._mine.music.get(job))  # type: ignore[misc]
        _try(lambda: self._mine.music.link(self._jobs[0]))

    def _songs(self) -> None:
        self._sleep(30)
        with tempfile.TemporaryDirectory() as folder:
            for kind in ("mp3", "wav"):
                to = Path(folder, f"song.{kind}")
                _try(lambda to=to, kind=kind: self._mine.music.download(self._jobs[0], to, file_format=kind))  # type: ignore[misc]
        self._look()

    def _lists(self) -> None:
        for _ in range(2):
            _try(lambda: list(self._mine.songs.list()))
            _try(lambda: list(self._mine.instrumentals.list()))

    def _full(self) -> None:
        """Order until the account is busy, cancel, and order again."""
        for _ in range(4):
            _try(lambda: self._jobs.extend(self._mine.songs.create("A ballad", reply_ref="full").jobs))
            _try(self._mine.scheduler.running)
            _try(self._mine.scheduler.capacity)
        last = self._jobs[-1]
        for _ in range(2):
            _try(lambda: self._mine.scheduler.cancel(last))
        _try(self._mine.scheduler.running)
        _try(lambda: self._jobs.extend(self._mine.songs.create("A ballad").jobs))
        self._sleep(60)
        self._look()

    def _mistakes(self) -> None:
        """Send what an app's first tests send: wrong orders, ids of nobody, no token."""
        authorized = {"Authorization": f"Bearer {TOKEN}"}
        for body in _WRONG:
            self._plain.post("/music/song", json=body, headers=authorized)
        self._plain.post("/music/instrumental", json={"prompt": "x", "bpm": 191}, headers=authorized)
        for path in ("/music/nonsense", f"/music/{_NOBODY}", "/nowhere", "/music?type=poem", "/music?cursor=&user_id="):
            self._plain.get(path, headers=authorized)
        for path in ("/scheduler", "/accounts", "/music", "/scheduler/available"):
            self._plain.get(path)
            self._plain.put(path, headers=authorized)

    def _others(self) -> None:
        """Have another user look for what is not theirs."""
        for job in self._jobs[:1]:
            _try(lambda job=job: self._other.music.get(job))  # type: ignore[misc]
            _try(lambda job=job: self._other.scheduler.cancel(job))  # type: ignore[misc]
        _try(self._other.accounts.list)
        _try(self._other.scheduler.running)

    def _end(self) -> None:
        for job in self._jobs[:2]:
            for call in (self._mine.music.delete, self._mine.music.get, self._mine.music.delete):
                _try(lambda call=call, job=job: call(job))  # type: ignore[misc]
        for midi in list(self._mine.midi.list()):
            _try(lambda midi=midi: self._mine.midi.delete(midi.midi_item_id))  # type: ignore[misc]
        _try(lambda: list(self._mine.midi.list()))
        _try(lambda: list(self._mine.songs.list()))
        _try(lambda: self._mine.accounts.delete(_ACCOUNT))
        _try(self._mine.accounts.list)


def _try(step: Callable[[], object]) -> None:
    # A mutant may answer anything, and the client says so in its own way.
    with suppress(Exception):
        step()
