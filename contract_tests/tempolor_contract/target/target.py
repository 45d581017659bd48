"""A service under test: where it is, who asks, how its time passes."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import urlsplit

import httpx

from ..document.service import BASE_PATH, is_live
from .created import Inventory
from .guard import ControlGuard, Gate, Guard, Level, LiveServiceError, NotAllowedError
from .transport import GuardedTransport

_AT_ONCE: Final = 8
_AT_ONCE_IF_FULL: Final = 16
_AT_ONCE_IF_LIVE: Final = 4


class Clock(Protocol):
    """How a target's time passes."""

    @property
    def virtual(self) -> bool:
        """Whether time can be moved at will, so that an hour costs nothing."""
        ...

    def now(self) -> float:
        """Return the target's time as far as it is known, in seconds since 1970."""
        ...

    def wait(self, seconds: float) -> None:
        """Let so many seconds of the target's time pass."""
        ...


@dataclass(frozen=True)
class RealClock:
    """Time as it is. `sleep` is passed in, so that tests need not wait."""

    sleep: Callable[[float], None] = time.sleep
    time: Callable[[], float] = time.time
    virtual: bool = False

    def now(self) -> float:
        """Return the time of this machine."""
        return self.time()

    def wait(self, seconds: float) -> None:
        """Sleep."""
        self.sleep(seconds)


@dataclass
class VirtualClock:
    """The clock of a mock with a control plane: `POST /_mock/clock/advance`."""

    client: httpx.Client
    control_url: str
    virtual: bool = True

    def now(self) -> float:
        """Ask the mock for its time."""
        return float(self.client.get(f"{self.control_url}/clock").raise_for_status().json()["now"]) / 1000

    def wait(self, seconds: float) -> None:
        """Move the mock's clock forward."""
        self.client.post(f"{self.control_url}/clock/advance", json={"seconds": seconds}).raise_for_status()


def base_url(url: str) -> str:
    """Return the base URL that an address of a service means: with a path it is one, without it gets the API's.

    A path of `/` alone is one too: there are servers, Prism for one, that serve the document's paths at the root.

    ValueError for what is no address.
    """
    parts = urlsplit(url if "://" in url else f"http://{url}")
    try:
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.username or parts.query or parts.fragment:
        raise ValueError(f"{url!r} is no address such as http://127.0.0.1:4010")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') if parts.path else BASE_PATH}"


@dataclass(frozen=True)
class Target:
    """A service to be judged.

    `base_url` ends before the first segment of the document's paths. `other_token` is another user's, for the rules
    about ownership. `control_url` is the control plane of a mock whose clock can be moved, None for others;
    level read moves none.
    `transport` replaces the network, for services in this process. `patience` is how many seconds of the target's
    time a run waits for a job or a voice. `assumed_live` says whether readings bind it, None goes by its host.
    `concurrency` is how many requests a run may send at once, None for what suits the target.
    """

    base_url: str
    token: str = field(repr=False)
    other_token: str | None = field(default=None, repr=False)
    level: Level = Level.READ
    max_creations: int | None = None
    control_url: str | None = None
    transport: httpx.BaseTransport | None = None
    clock: Clock = field(default_factory=RealClock)
    timeout: float = 30.0
    patience: float = 300.0
    assumed_live: bool | None = None
    concurrency: int | None = None

    @property
    def live(self) -> bool:
        """Whether it is judged as the vendor's own service: by its host, unless somebody says so."""
        return is_live(self.base_url) if self.assumed_live is None else self.assumed_live

    @property
    def width(self) -> int:
        """How many requests are sent at once where nothing speaks against it: few to a service that others share."""
        if self.concurrency or self.live:
            return self.concurrency or _AT_ONCE_IF_LIVE
        return _AT_ONCE_IF_FULL if self.level is Level.FULL else _AT_ONCE

    @property
    def local(self) -> bool:
        """Whether it runs on this machine, so that asking often hurts nobody."""
        return (urlsplit(self.base_url).hostname or "") in {"127.0.0.1", "localhost", "::1", "testserver", "mock"}

    def guard(self, inventory: Inventory | None = None) -> Guard:
        """Return a guard for a run; LiveServiceError for the live service at level full, whatever is assumed."""
        if self.live and self.level is Level.FULL:
            raise LiveServiceError(f"{self.base_url} is taken for the live service; level full is for mocks")
        return Guard(self.base_url, self.level, max_creations=self.max_creations, inventory=inventory)

    @property
    def steers(self) -> bool:
        """Whether a run moves the target's clock."""
        return self.control_url is not None and self.level is not Level.READ

    def control(self, token: str) -> httpx.Client:
        """Return a client for the control plane and nothing else; NotAllowedError where there is none."""
        if self.control_url is None:
            raise NotAllowedError(f"{self.base_url} has no control plane")
        return self.client(ControlGuard(self.control_url, self.level), token=token)

    def client(self, guard: Gate, *, token: str | None = None, timeout: float | None = None) -> httpx.Client:
        """Return a client below which the guard stands. Redirects are not followed: they are answers to judge."""
        inner = self.transport or httpx.HTTPTransport(retries=0)
        return httpx.Client(
            transport=GuardedTransport(inner, guard),
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=timeout or self.timeout,
            follow_redirects=False,
            trust_env=False,
        )

    def time(self) -> Clock:
        """Return the clock: that of the control plane, else the one that was passed in."""
        if self.control_url is None or not self.steers:
            return self.clock
        return VirtualClock(self.control(self.token), self.control_url.rstrip("/"))
