"""The guard below every sender: what may be sent to a target, and what it has cost.

Nothing above it is trusted to count. Whoever sends asks a gate first (`admit`) and settles the ticket afterwards; the
transports in `transport.py` do so for httpx. `Guard` is the gate to a target, `ControlGuard` the one to a mock's
control plane.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from ..document.router import Route, Router, default_router
from ..document.service import is_live
from .created import Inventory

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_REQUESTS_AT_READ: Final = 60
"""How many requests level `read` sends at most: it is meant for the live service, as often as one likes."""


class Level(StrEnum):
    """How far a run may go: look only; create within the budget and clean up; anything, for mocks."""

    READ = "read"
    SAFE = "safe"
    FULL = "full"


def creations_allowed(level: Level, max_creations: int | None) -> int | None:
    """Return the budget of a level: none at `read`, what was said at `safe`, no limit at `full` unless one was set."""
    if level is Level.READ:
        return 0
    return max_creations if max_creations is not None or level is Level.FULL else 0


class Refused(Exception):  # noqa: N818 - it is a decision, not an error
    """The guard does not let a request through; nothing was sent."""


class OverBudgetError(Refused):
    """The request could create more than the budget allows."""


class NotAllowedError(Refused):
    """The level does not allow the request."""


class LiveServiceError(Refused):
    """The request would go to the live service at level `full`, which is for mocks."""


@dataclass
class Ticket:
    """A request that was let through. A creation stays counted until an answer shows that nothing was made."""

    operation: str
    method: str
    url: str
    creates: bool
    settled: bool = False


class Gate(Protocol):
    """What stands below a sender: lets requests through or not, and is told what came of them."""

    def admit(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Ticket:
        """Return a ticket for a request that may be sent; Refused if it may not."""
        ...

    def settle(self, ticket: Ticket, status: int | None, body: bytes = b"") -> None:
        """Say what came of a request: its status, None for a fault."""
        ...


@dataclass
class Spending:
    """What a run has sent and made. `creations` counts by operation, unclear outcomes included."""

    requests: int = 0
    creations: Counter[str] = field(default_factory=Counter)
    unclear: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def created(self) -> int:
        """How many creating calls were, or may have been, carried out."""
        return self.creations.total()

    def to_json(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        return {
            "requests": self.requests,
            "created": self.created,
            "creations": dict(self.creations),
            "unclear": self.unclear,
            "refused": dict(self.refused),
        }


class Guard:
    """Decides on each request to a target before it is sent.

    - Level `read`: nothing but GET, HEAD and OPTIONS, and at most `max_requests` of them.
    - Level `safe`: creations within the budget; deletes only what the run made, or ids it made up (`Inventory.decoy`);
      no accounts, because setting one up takes secrets and replaces what is stored.
    - Level `full`: creations within the budget, if there is one; never to the live service.

    A creation is counted before it is sent, so that the budget holds whatever the answer. A clear refusal (4xx) gives
    it back; a fault or a 5xx does not. The token is never let through to another host.
    """

    def __init__(  # noqa: PLR0913 - each says what is allowed
        self,
        base_url: str,
        level: Level,
        *,
        max_creations: int | None = None,
        max_requests: int | None = None,
        inventory: Inventory | None = None,
        router: Router | None = None,
    ) -> None:
        if level is Level.FULL and is_live(base_url):
            raise LiveServiceError(
                "level full is for mocks: it creates and deletes whatever it likes; use read or safe"
            )
        self.level = level
        self.base_url = base_url.rstrip("/")
        self.max_creations = creations_allowed(level, max_creations)
        self.max_requests = MOST_REQUESTS_AT_READ if max_requests is None and level is Level.READ else max_requests
        self.inventory = inventory or Inventory()
        self.spending = Spending()
        self._router = router or default_router()
        self._lock = Lock()

    @property
    def remaining(self) -> int | None:
        """How many creations are left, None without a limit."""
        return None if self.max_creations is None else max(0, self.max_creations - self.spending.created)

    def admit(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Ticket:
        """Return a ticket for a request that may be sent; Refused if it may not."""
        method = method.upper()
        with self._lock:
            try:
                return self._admit(method, url, {name.lower() for name in headers or ()})
            except Refused as refusal:
                self.spending.refused[type(refusal).__name__] += 1
                raise

    def settle(self, ticket: Ticket, status: int | None, body: bytes = b"") -> None:
        """Say what came of a request: its status, None for a fault. The body tells what was created."""
        with self._lock:
            if ticket.settled:
                return
            ticket.settled = True
            if ticket.creates and status is not None and 400 <= status < 500:
                self.spending.creations[ticket.operation] -= 1
            elif ticket.creates and (status is None or status >= 500):
                self.spending.unclear += 1
                self.inventory.unclear(ticket.operation)
            elif ticket.creates:
                self.inventory.created(ticket.operation, body)
            elif ticket.method == "DELETE" and status is not None and (status < 300 or status == 404):
                self.inventory.deleted(ticket.operation, _last(ticket.url, self._route(ticket.method, ticket.url)))

    def _admit(self, method: str, url: str, headers: set[str]) -> Ticket:
        if self.level is Level.FULL and is_live(url):
            raise LiveServiceError(f"{method} {url} would reach the live service at level full")
        if self.max_requests is not None and self.spending.requests >= self.max_requests:
            raise OverBudgetError(f"{self.max_requests} requests were sent; no more at level {self.level}")
        if "authorization" in headers and not _same_origin(url, self.base_url):
            raise NotAllowedError(f"the token must not be sent to {urlsplit(url).hostname}")
        route = self._route(method, url)
        operation = route.operation if route else ""
        creates = method not in _READING and method != "DELETE"
        if method not in _READING:
            self._check_change(method, url, route, creates=creates)
        self.spending.requests += 1
        if creates:
            operation = operation or f"{method} of no operation"
            self.spending.creations[operation] += 1
        return Ticket(operation, method, url, creates)

    def _check_change(self, method: str, url: str, route: Route | None, *, creates: bool) -> None:
        if not url.startswith(self.base_url) and self.level is not Level.FULL:
            raise NotAllowedError(f"{method} {url} leads away from {self.base_url}")
        if self.level is Level.READ:
            raise NotAllowedError(f"{method} would create, change or delete; level read only looks")
        if self.level is Level.SAFE:
            if route is not None and route.operation == "create_account":
                raise NotAllowedError("accounts are not touched at level safe: setting one up takes its secrets")
            if method == "DELETE" and not self.inventory.may_delete(_last(url, route)):
                raise NotAllowedError(f"{url} was not made by this run, so level safe does not delete it")
        if creates and self.max_creations is not None and self.spending.created >= self.max_creations:
            raise OverBudgetError(f"all {self.max_creations} creations of the budget are spent")

    def _route(self, method: str, url: str) -> Route | None:
        path = urlsplit(url).path
        base = urlsplit(self.base_url).path
        return self._router.route(method, path[len(base) :]) if path.startswith(base) else None


class ControlGuard:
    """The gate to a mock's control plane: nothing else is let through, and at level `read` nothing moves.

    Nothing is counted, because a control plane makes nothing that could be paid for.
    """

    def __init__(self, control_url: str, level: Level) -> None:
        if is_live(control_url):
            raise LiveServiceError(f"{control_url} is the live service, which has no control plane")
        self.control_url = control_url.rstrip("/")
        self.level = level

    def admit(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Ticket:
        """Return a ticket for a call of the control plane; Refused for any other."""
        del headers
        if not url.startswith(f"{self.control_url}/"):
            raise NotAllowedError(f"{method} {url} leads away from the control plane {self.control_url}")
        if self.level is Level.READ and method.upper() not in _READING:
            raise NotAllowedError("level read only looks, and moves no clock")
        return Ticket("control", method, url, creates=False)

    def settle(self, ticket: Ticket, status: int | None, body: bytes = b"") -> None:
        """Take note of an answer: there is nothing to note."""


def _last(url: str, route: Route | None) -> str:
    return next(iter(route.arguments.values()), "") if route else url


def _same_origin(one: str, other: str) -> bool:
    return urlsplit(one)[:2] == urlsplit(other)[:2]
