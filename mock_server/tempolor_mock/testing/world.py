"""One world of a running mock, with a method for each thing a test wants of it."""

import json
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..callbacks import origin_of
from ..domain.clock import Clock as DomainClock
from ..domain.ids import Token
from ..domain.world import World
from ..settings import CONTROL_BASE_PATH, PUBLIC_BASE_PATH
from ..store.base import Action
from .calls import Request, WholeReply, whole
from .faults import FaultRule, rule_body
from .options import Options
from .receivers import Receivers
from .records import Advance, Callback, RecordedRequest
from .setup import configure_account, fill_accounts, refusals_as

if TYPE_CHECKING:
    from .server import Bridge, MockServer
    from .transport import Transport

T = TypeVar("T")

MOST_REQUESTS = 1000
MOST_CALLBACKS = 10_000


class MockRefusedError(ValueError):
    """The mock cannot do what a test asked for; the message says why."""


class MockWorld:
    """Accounts, jobs, files, a clock and a journal that belong to one token.

    All methods are plain calls and work in async tests too. They return when the mock has done what they ask for.
    """

    def __init__(self, server: "MockServer", token: Token, options: Options) -> None:
        self._server = server
        self._token = token
        self._options = options
        self.token = str(token)
        self.url = server.url
        self.api_url = server.url + PUBLIC_BASE_PATH
        self.clock = Clock(self)
        self._receivers = Receivers()

    def __repr__(self) -> str:
        """Return how tests' reports show it, without the token."""
        return f"<MockWorld {self._token.handle} at {self.url}>"

    @property
    def headers(self) -> dict[str, str]:
        """The header that carries the token."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def transport(self) -> "Transport":
        """For clients of httpx or httpx2, sync and async, that shall not use a socket."""
        return self._server.transport

    @property
    def app(self) -> "Bridge":
        """The mock as an ASGI application, for any event loop of asyncio."""
        return self._server.app

    def advance(self, seconds: float) -> Advance:
        """Move the clock forward, and return what that caused, after callbacks to `replyUrl` were sent.

        A receiver that runs on this very event loop cannot answer meanwhile: use `advance_async` then.
        """
        return Advance.of(_content(self._receivers.serve(partial(self._begin_advance, seconds))))

    async def advance_async(self, seconds: float) -> Advance:
        """Do what `advance` does while the event loop goes on."""
        return Advance.of(_content(await self._receivers.serve_async(partial(self._begin_advance, seconds))))

    def _begin_advance(self, seconds: float) -> "Future[WholeReply]":
        return self._begin("POST", "clock/advance", {"seconds": seconds, "with_requests": True})

    def deliver_to(self, app: Any, origin: str | None = None, *, raise_app_exceptions: bool = True) -> None:
        """Hand callbacks to an application in this process, whatever address their `replyUrl` has.

        `app` is an ASGI or WSGI application, or a test client of FastAPI, Starlette, Flask or Django. With an `origin`,
        such as `https://my.app`, it gets those to that origin only. What the application raises counts as a status 500,
        which is tried again like any other, and is then raised by the call that moved the clock; with
        `raise_app_exceptions=False` it only counts. TypeError for what is no application, ValueError for no origin.
        """
        self._receivers.add(app, origin and origin_of(origin), raise_app_exceptions=raise_app_exceptions)
        self._server.deliver_by(self._token, self._receivers)

    def send_again(self, callback: Callback) -> Callback:
        """Send a callback once more that was delivered or given up, at once; return it with the new attempt.

        MockRefusedError where it is still to be sent, or its job was deleted.
        """
        reply = self._receivers.serve(partial(self._begin, "POST", f"callbacks/{callback.number}/send"))
        return Callback.of(_content(reply))

    def fail_next(
        self,
        status: int | None = None,
        *,
        example: str | None = None,
        times: int | None = 1,
        effect: str | None = None,
        operation: str | Sequence[str] | None = None,
        **more: Any,
    ) -> FaultRule:
        """Let the next requests that match go wrong, `times` of them (None: all): with a 503, unless told otherwise.

        `status` and `example` name an answer of the document or a fault of the platform, `effect` anything else that
        can happen. `operation` limits that to one operationId or several; `more` are further parts of the match
        (`user_id`, `method`, `path`, `header`, `prompt`), of the rule (`skip`, `probability`) and of the effect
        (`seconds`, `retry_after`, `text`, `bytes`, `progress`, `carried_out`).
        MockRefusedError where no request could match.
        """
        named = {"status": status, "example": example, "times": times, **more}
        body = rule_body(effect or "status", operation, named)
        return FaultRule(self, self.control("POST", "faults", body)["id"])

    def add_account(self, user_id: str | None = None, *, max_jobs: int | None = None, **request_params: Any) -> str:
        """Configure an account, or configure it anew, and return its id."""
        params = request_params if user_id is None else {**request_params, "user_id": user_id}
        return self._run(partial(configure_account, request_params=params, max_jobs=max_jobs))

    def fill_account(self, user_id: str | None = None, *, max_jobs: int | None = None) -> list[str]:
        """Let jobs take every slot, so that the next request gets the 429 with `runningJobs`; return these jobs' ids.

        Without `user_id` that is every account there is; an account that does not exist yet is made, with
        `max_jobs` slots (2). Slots get free again as time goes by.
        """
        return self._run(partial(fill_accounts, user_id=user_id, max_jobs=max_jobs))

    @property
    def requests(self) -> list[RecordedRequest]:
        """What the world was sent, oldest first: the last 1000 of it."""
        return [RecordedRequest.of(each) for each in reversed(self.shown_requests(MOST_REQUESTS))]

    def shown_requests(self, limit: int) -> list[dict[str, Any]]:
        """Return the newest requests as the control plane shows them, newest first."""
        return list(self.control("GET", f"requests?limit={limit}")["requests"])

    @property
    def callbacks(self) -> list[Callback]:
        """The callbacks to `replyUrl` with all attempts, oldest first: the last 10,000 of them."""
        shown = self.control("GET", f"callbacks?limit={MOST_CALLBACKS}")["callbacks"]
        return [Callback.of(each) for each in reversed(shown)]

    def snapshot(self) -> dict[str, Any]:
        """Return the world as JSON, for `restore`, a file, or `tempolor mock --snapshot`."""
        return self.control("GET", "snapshot")

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Replace the world by one that was saved, its clock included; the journal stays."""
        self.control("PUT", "snapshot", snapshot)

    def reset(self) -> None:
        """Begin again: nothing in the world, its clock as it was in the beginning."""
        self.control("POST", "reset")
        self._run(partial(_set_clock, options=self._options))

    def close(self) -> None:
        """Empty it for good; raises what an application raised since the clock was last moved."""
        self.reset()
        self._server.deliver_by(self._token, None)
        self._receivers.raise_errors()

    def control(self, method: str, path: str, content: Any = None) -> dict[str, Any]:
        """Call the mock's control plane for this world; MockRefusedError with its words where it refuses.

        `path` may begin with the control plane's own, as in `/_mock/clock/advance`.
        """
        return _content(self._begin(method, path, content).result())

    def _begin(self, method: str, path: str, content: Any = None) -> "Future[WholeReply]":
        headers = [(b"authorization", f"Bearer {self.token}".encode())]
        body = b""
        if method in {"POST", "PUT"}:
            headers.append((b"content-type", b"application/json"))
            body = _json_bytes({} if content is None else content)
            headers.append((b"content-length", b"%d" % len(body)))
        path = path.removeprefix(self.url).removeprefix(CONTROL_BASE_PATH).removeprefix("/")
        request = Request(method, f"{self.url}{CONTROL_BASE_PATH}/{path}", headers, body)
        return self._server.submit(whole(request, self._server.pipeline))

    def _run(self, action: Action[T]) -> T:
        with refusals_as(MockRefusedError):
            return self._server.run(self._token, action)


class Clock:
    """The virtual clock of a world; `advance` of the world moves it."""

    def __init__(self, world: MockWorld) -> None:
        self._world = world

    @property
    def now(self) -> datetime:
        """The moment it shows."""
        return datetime.fromtimestamp(self._shown()["now"] / 1000, UTC)

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return bool(self._shown()["frozen"])

    @property
    def speed(self) -> float:
        """Virtual seconds for each real one, while it runs."""
        return float(self._shown()["speed"])

    def freeze(self) -> None:
        """Stop it."""
        self._world.control("POST", "clock/freeze")

    def resume(self, *, speed: float | None = None) -> None:
        """Let it run, from where it stands."""
        if speed is not None:
            self._world.control("POST", "clock/speed", {"factor": speed})
        self._world.control("POST", "clock/resume")

    def _shown(self) -> dict[str, Any]:
        return self._world.control("GET", "clock")


def _set_clock(world: World, options: Options) -> None:
    now_ms = world.real_ms if options.start is None else round(options.start.timestamp() * 1000)
    world.clock = DomainClock(world.real_ms, now_ms, options.speed, options.frozen)


def _content(reply: WholeReply) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(reply.body) if reply.body else {}
    if reply.status >= 400:
        raise MockRefusedError(content.get("error", f"status {reply.status}"))
    return content


def _json_bytes(content: Any) -> bytes:
    try:
        return json.dumps(content, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise MockRefusedError(f"this is no JSON: {error}") from None
