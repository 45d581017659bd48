"""A client of either kind, time that passes at once, a server that does as it is told, and the mock."""

import asyncio
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from tempolor_client import AsyncTemPolor, TemPolor
from tempolor_client.tls import shared_context

from .hostile import Hostile

TOKEN = "user:12345-secret"
JOB = "user:12345-tempolor:204816357-job:8f3c1d5ab27e940"
OTHER_JOB = "user:12345-tempolor:204816357-job:1b7e04c9d6a2f83"


class Time:
    """A clock that stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self.on_sleep: Callable[[float], None] = lambda _: None

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(seconds)
        self.now += seconds
        self.on_sleep(seconds)

    async def async_sleep(self, seconds: float) -> None:
        """Let time pass, and others run."""
        self.sleep(seconds)
        await asyncio.sleep(0)

    def clock(self) -> float:
        """Tell the time."""
        return self.now


class Run:
    """Runs one thing with a fresh client, sync or async, so that a test of either is written once."""

    def __init__(self, kind: str, time: Time, base_url: str | None = None) -> None:
        self.kind = kind
        self.time = time
        self.base_url = base_url
        self.token = TOKEN

    def __call__(self, action: Callable[[Any], Any], **settings: Any) -> Any:
        """Return what `action(client)` returns, waiting for it where it has to be waited for."""
        settings = {"base_url": self.base_url, "token": self.token, "clock": self.time.clock, **settings}
        settings.setdefault("random", lambda: 0.0)
        if self.kind == "async":
            return asyncio.run(self._async(action, {"sleep": self.time.async_sleep, **settings}))
        with TemPolor(**{"sleep": self.time.sleep, **settings}) as client:
            result = action(client)
            return list(result) if hasattr(result, "pages") else result

    async def _async(self, action: Callable[[Any], Any], settings: dict[str, Any]) -> Any:
        async with AsyncTemPolor(**settings) as client:
            result = action(client)
            if hasattr(result, "pages"):
                return [item async for item in result]
            return await result


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in ("USEAPI_TOKEN", "TEMPOLOR_BASE_URL", "TEMPOLOR_LOG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def time() -> Time:
    """Time that passes at once."""
    return Time()


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    """A server that does as it is told."""
    with Hostile() as server:
        yield server


@pytest.fixture
def files() -> Iterator[Hostile]:
    """Another one, in the part of the file host."""
    with Hostile() as server:
        yield server


@pytest.fixture(params=["sync", "async"])
def run(request, time, hostile) -> Run:
    """A client of either kind, pointed at the hostile server."""
    return Run(request.param, time, hostile.url)


@pytest.fixture(scope="session")
def mock_url() -> Iterator[str]:
    """The mock, in a process of its own, with clocks that stand still."""
    command = "from tempolor_mock.cli import mock_command; mock_command()"
    arguments = ["--port", "0", "--frozen", "--job-seconds", "20..20", "--download-lag", "3..3", "--log", "off"]
    process = subprocess.Popen(
        [sys.executable, "-c", command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("TEMPOLOR_")},
    )
    with process:
        seen = ""
        for line in process.stdout:
            seen += line
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found[0]
                break
        else:
            pytest.fail(f"the mock does not start:\n{seen}")
        process.terminate()


@pytest.fixture(params=["sync", "async"])
def mock(request, time, mock_url) -> Run:
    """A client of either kind in a world of its own on the mock; its sleep moves the world's clock."""
    run = Run(request.param, time, mock_url)
    run.token = f"user:12345-{uuid.uuid4().hex}"
    headers = {"Authorization": f"Bearer {run.token}"}
    with httpx2.Client(base_url=mock_url, headers=headers, verify=shared_context()) as control:
        time.on_sleep = lambda seconds: control.post("/_mock/clock/advance", json={"seconds": seconds})
        run(lambda client: client.accounts.create({"user_id": "204816357"}))
        yield run
