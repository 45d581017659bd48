"""Where scenarios are played: one target, one guard, one inspector, and whatever has been made so far."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from tempolor_spec import operations

from ...document.call import Call
from ...exchanges.exchange import Exchange
from ...judging.inspector import Inspector
from ...rules.catalogue import rule
from ...rules.history.records import Crashes
from ...rules.rule import Problem, Rule
from ...target.guard import Guard, Level, Refused
from ...target.sender import Sender, query_of
from ...target.target import Clock, Target, VirtualClock
from .lanes import Here, Lane, LaneClock, Outcome, Send, play

T = TypeVar("T")

_NO_LASTING_CRASH: Final = rule("no-lasting-crash")
_TRIES = 3
_MOST_REDIRECTS: Final = 5
_FAULTS_IN_A_ROW = 6
_ME: Final = "me"
_LEAST_PATIENCE: Final = 5.0
_SHORT_PAUSE: Final = 2.0
_SLOW_SECONDS: Final = 0.15
UPLOAD_SECONDS: Final = 150.0
"""What an upload that keeps its caller waiting is given: a voice is answered after two minutes at the latest."""


class UnclearError(Exception):
    """The scenario cannot go on, and that is nobody's fault: a 5xx, a busy account, a fault, too little patience."""


class PatienceError(UnclearError):
    """What was waited for has not come in the time there was.

    `hurried` tells that the time was short, because a run had waited in vain before; then it proves nothing.
    """

    def __init__(self, message: str, *, hurried: bool = False) -> None:
        super().__init__(message)
        self.hurried = hurried


class Stopped(Exception):  # noqa: N818 - it ends a scenario, and the reason is on record already
    """The scenario cannot go on, because the service broke a rule that it builds on."""


class GoneError(Exception):
    """The service has stopped answering, so the whole run ends."""


class Receiver(Protocol):
    """Something that a service can call back, and that keeps what it received."""

    @property
    def url(self) -> str:
        """The address to give as `replyUrl`."""
        ...

    def received(self) -> list[Exchange]:
        """Return the exchanges received since the last time, `source` being `callback`."""
        ...


class Lab:
    """Sends for scenarios; everything that passes is judged by the inspector.

    `receiver` takes callbacks, None without one. `random` is seeded, for names and numbers.
    """

    def __init__(
        self,
        target: Target,
        guard: Guard,
        inspector: Inspector,
        *,
        seed: int = 0,
        receiver: Receiver | None = None,
    ) -> None:
        self.target = target
        self.guard = guard
        self.inspector = inspector
        self.receiver = receiver
        self._here = Here()
        clock = target.time()
        self.clock: Clock = clock if clock.virtual else LaneClock(clock, self._here)
        self.seed = seed
        self._random = random.Random(seed)  # noqa: S311 - for names, not for secrets
        self._paths = {each.operation_id: (each.method, each.path) for each in operations(inspector.document.document)}
        self._clients: dict[str, httpx.Client] = {}
        self._made: dict[str, Any] = {}
        self._making: set[str] = set()
        self._faults = 0
        self._in_vain = 0.0
        self._sent = 0
        self._crashed = False
        self._answered_in = 0.0

    def call(self, operation: str, *, arguments: Mapping[str, str] | None = None, **options: Any) -> Call:
        """Send an operation of the document. `arguments` fill its path; `options` are those of `send`."""
        return self.send(*self.place(operation, arguments), **options)

    def place(self, operation: str, arguments: Mapping[str, str] | None) -> tuple[str, str]:
        """Return method and path of an operation, its arguments filled in."""
        if operation not in self._paths:
            raise UnclearError(f"the document, with its overlays, has no operation {operation}")
        method, path = self._paths[operation]
        for name, value in (arguments or {}).items():
            path = path.replace(f"{{{name}}}", quote(value, safe=":"))
        return method, path

    def send(  # noqa: PLR0913 - the parts of a request
        self,
        method: str,
        path: str,
        *,
        token: str | None = _ME,
        query: Mapping[str, Any] | None = None,
        accept_unclear: bool = False,
        timeout: float | None = None,
        **content: Any,
    ) -> Call:
        """Send a request below the base URL and return the judged call.

        `token` None sends no Authorization header. `timeout` are seconds for what may keep its caller waiting; of what
        is played side by side, it is sent once nothing else is to be sent. `content` is `json`, `data`, `files`,
        `content` or `headers`, as httpx takes them. A reading call without a clear answer is tried again.

        Raises:
            UnclearError: There was no clear answer, unless `accept_unclear`.
            GoneError: Many calls in a row had no answer at all.
            Refused: The guard did not let it through.

        """
        method = method.upper()
        url = self.target.base_url.rstrip("/") + path
        tries = _TRIES if method == "GET" and not accept_unclear else 1
        calls: list[Call] = []
        for attempt in range(tries):
            if attempt:
                self.clock.wait(min(1.0, self.pause))
            calls.append(self._send(method, url, token, query, timeout, content))
            if not calls[-1].unclear or accept_unclear:
                return calls[-1]
        call = calls[-1]
        # Who hangs up on a deletion that has worked does not do so again, as there is nothing left to be deleted.
        hung_up = call.exchange.hung_up and self._may_repeat("POST" if method == "DELETE" else method)
        if hung_up or (any(map(Crashes.is_crash, calls)) and self._may_repeat(method)):
            # A bad moment passes, and it strikes whatever is asked; `no-lasting-crash` judges which one this was.
            working = self._send(
                "GET", self.target.base_url.rstrip("/") + "/scheduler", token or _ME, None, timeout, {}
            )
            more = range(_TRIES - tries or 1)
            calls += [self._send(method, url, token, query, timeout, content) for _ in more]
            self._judge_silence(calls, working)
        raise UnclearError(_reason(call))

    def at_once(self, operation: str, requests: Sequence[Mapping[str, Any]]) -> list[Call]:
        """Send requests of an operation at once, with options as for `call`, and return the judged calls in order.

        None is tried again, so some may be unclear.
        """
        sender = Sender(self._client(self.target.token))

        def send(options: Mapping[str, Any]) -> Exchange:
            content = {name: value for name, value in options.items() if name not in {"arguments", "query"}}
            method, path = self.place(operation, options.get("arguments"))
            url = self.target.base_url.rstrip("/") + path
            return sender.send(method.upper(), url, params=query_of(options.get("query")), **content)

        return self._carried(
            [partial(send, each) for each in requests], slow=any("timeout" in each for each in requests)
        )

    def side_by_side(self, plays: Iterable[Callable[[], T]]) -> list[T]:
        """Play functions that have nothing to do with each other, and return what they returned, in order.

        Where time is real, what they send goes out together, in rounds (`lanes`); where it costs nothing, one plays
        after the other. All of them are played to their ends before an error of one is raised, the first one's first.
        """
        lanes = [Lane(each, random.Random(self.random.getrandbits(64)), self._here) for each in plays]  # noqa: S311 - the same
        if self.clock.virtual or min(len(lanes), self.width) == 1:
            for lane in lanes:
                self._play_alone(lane)
        else:
            outer = self._here.lane
            carry = outer.carry if outer else lambda sends, _: self._together(sends)
            play(lanes, carry, self.clock, self.width)
        for lane in lanes:
            if lane.error is not None:
                raise lane.error
        return [lane.result for lane in lanes]

    def _play_alone(self, lane: Lane) -> None:
        before, self._here.random = self._here.random, lane.random
        try:
            lane.result = lane.play()
        except (UnclearError, Stopped, Refused) as error:
            lane.error = error
        finally:
            self._here.random = before

    def fetch(self, url: str, *, most_bytes: int = 1 << 20, headers: Mapping[str, str] | None = None) -> Call:
        """Fetch an address that the service handed out, without a token, and keep its beginning.

        What is redirected is looked for where it is said to be, as clients of files do; the last answer is returned.
        """
        sender = Sender(self._client(None), most_bytes=most_bytes)
        [call] = self._carried([partial(sender.send, "GET", url, headers=headers)])
        for _ in range(_MOST_REDIRECTS):
            elsewhere = call.exchange.redirected_to
            if elsewhere is None:
                break
            [call] = self._carried([partial(sender.send, "GET", elsewhere, headers=headers)])
        return call

    def check(self, judged: Rule, *, fine: bool, message: str, call: Call, earlier: tuple[Call, ...] = ()) -> bool:
        """Judge a rule here: `message` says what is wrong if it is not fine. Return `fine`.

        Tell what the call was about in the message: it is read without the scenario beside it.
        """
        self.inspector.judge(judged, None if fine else Problem(message, earlier), call)
        return fine

    def must(self, judged: Rule, *, fine: bool, message: str, call: Call, earlier: tuple[Call, ...] = ()) -> None:
        """Judge a rule that the rest of the scenario builds on; Stopped if it is broken."""
        if not self.check(judged, fine=fine, message=message, call=call, earlier=earlier):
            raise Stopped

    def shared(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` made when this name was first asked for; it serves all scenarios of the run."""
        while name in self._making and self._here.lane is not None:
            self._here.lane.give_way()
        if name not in self._made:
            self._making.add(name)
            try:
                self._made[name] = make()
            except (UnclearError, Stopped) as error:
                self._made[name] = error
                raise
            finally:
                self._making.remove(name)
        made = self._made[name]
        if isinstance(made, (UnclearError, Stopped)):
            raise made
        return made  # type: ignore[no-any-return]

    def forget(self, name: str) -> None:
        """Have a shared thing made anew the next time, because this scenario has used it up."""
        self._made.pop(name, None)

    @property
    def random(self) -> random.Random:
        """Random numbers from the seed: one series for each function that is played side by side with others."""
        return self._here.random or self._random

    @property
    def operations(self) -> tuple[str, ...]:
        """The ids of the document's operations."""
        return tuple(self._paths)

    @property
    def pause(self) -> float:
        """Seconds of the target's time between two polls: short nearby, long where others are waiting too."""
        if self.clock.virtual:
            return 5.0
        return 0.2 if self.target.local else 10.0

    @property
    def slow(self) -> bool:
        """Whether the service takes long to answer whatever it is asked."""
        return self._answered_in > _SLOW_SECONDS * self._sent

    @property
    def width(self) -> int:
        """How many requests are sent at once: more of them where they are on their way for long."""
        more = self.slow and self.guard.level is Level.FULL and self.target.concurrency is None
        return self.target.width * (2 if more else 1)

    def until(self, poll: Callable[[], T | None], what: str, *, patience: float | None = None) -> T:
        """Poll until there is something, and return it; PatienceError if patience runs out.

        Where time is real, all that a run waits for in vain has to share its patience.
        """
        waited = 0.0
        full = self.target.patience if patience is None else patience
        limit = full if self.clock.virtual else min(full, max(_LEAST_PATIENCE, self.target.patience - self._in_vain))
        begin = 0.0 if self.clock.virtual else self.clock.now()
        while True:
            found = poll()
            if found is not None:
                return found
            if waited >= limit:
                self._in_vain += waited
                raise PatienceError(f"gave up waiting for {what} after {waited:.0f} s", hurried=limit < full)
            pause = self.pause
            if self.clock.virtual:
                # What comes soon is looked at closely, as only a poll in between shows what goes back.
                pause = min(pause, max(_SHORT_PAUSE, waited / 10))
            self.clock.wait(pause)
            # A slow service takes its time to answer, too.
            waited = max(waited + pause, 0.0 if self.clock.virtual else self.clock.now() - begin)

    def wait(self, seconds: float) -> None:
        """Let time pass, and take in the callbacks that arrived meanwhile."""
        self.clock.wait(seconds)
        self.collect()

    def collect(self) -> list[Call]:
        """Have the inspector judge the callbacks received since the last time, and return them."""
        return [self.inspector.see(exchange).call for exchange in self.receiver.received()] if self.receiver else []

    def name(self, front: str) -> str:
        """Return a name that nothing else on the target should have, the same for the same seed."""
        return f"{front}-{self.random.getrandbits(40):010x}"

    @contextmanager
    def open(self) -> Iterator["Lab"]:
        """Close the clients at the end."""
        try:
            yield self
        finally:
            for client in self._clients.values():
                client.close()
            if isinstance(self.clock, VirtualClock):
                self.clock.client.close()

    def _send(  # noqa: PLR0913, PLR0917 - the parts of a request
        self,
        method: str,
        url: str,
        token: str | None,
        query: Mapping[str, Any] | None,
        timeout: float | None,
        content: dict[str, Any],
    ) -> Call:
        options = {name: value for name, value in content.items() if value is not None}
        if timeout is not None:
            options["timeout"] = timeout
        sender = Sender(self._client(self.target.token if token == _ME else token))
        for _ in range(2):
            crashed = self._crashed
            send = partial(sender.send, method, url, params=query_of(query), **options)
            [call] = self._carried([send], slow=timeout is not None)
            # Whoever drops a connection after a 5xx has not recovered: a new one is made, and asked.
            if not (crashed and call.status == 0 and self._may_repeat(method)):
                break
        return call

    def _carried(self, sends: Sequence[Send], *, slow: bool = False) -> list[Call]:
        """Send all of these at once, or with what others send side by side, and return the judged calls in order."""
        if self._here.lane is not None:
            outcomes = self._here.lane.carry(sends, slow)
        elif len(sends) == 1:
            outcomes = self._taken_in([_outcome(sends[0])])
        else:
            outcomes = self._together(sends, len(sends))
        calls: list[Call] = []
        for each in outcomes:
            if isinstance(each, Exception):
                raise each
            calls.append(each)
        return calls

    def _together(self, sends: Sequence[Send], width: int | None = None) -> list[Outcome]:
        with ThreadPoolExecutor(width or self.width) as pool:
            found = list(pool.map(_outcome, sends))
        return self._taken_in(found)

    def _taken_in(self, found: Sequence[Exchange | Exception]) -> list[Outcome]:
        """Judge what was sent together; GoneError if the last few times nothing was answered."""
        # An inspector takes exchanges in the order in which they began. What has deleted a thing, or stored an account
        # again, comes first: what was asked for just before may be answered by it already.
        sent = sorted(
            (not _has_replaced(each), each.started, number, each)
            for number, each in enumerate(found)
            if isinstance(each, Exchange)
        )
        calls = {number: self._seen(exchange) for *_, number, exchange in sent}
        self._count([call for call in calls.values() if call.path is not None])
        return [each if isinstance(each, Exception) else calls[number] for number, each in enumerate(found)]

    def _count(self, calls: Sequence[Call]) -> None:
        """Note how the service itself answers."""
        if not calls:
            return
        self._sent += 1
        self._answered_in += min(call.exchange.elapsed for call in calls)
        self._crashed = any(map(Crashes.is_crash, calls))
        self._faults = 0 if any(call.status for call in calls) else self._faults + 1
        if self._faults >= _FAULTS_IN_A_ROW:
            raise GoneError(f"the service has stopped answering: {calls[-1].exchange.fault}")

    def _judge_silence(self, calls: Sequence[Call], working: Call) -> None:
        """Judge that a request which failed is not just left without an answer from then on, nor from its beginning."""
        last, meanwhile = calls[-1], f"while GET {working.path} was answered {working.status}"
        if last.status or not working.accepted:
            return
        crash = next((call for call in calls if Crashes.is_crash(call)), None)
        if crash is not None:
            told = f"{crash.method} {crash.path} was answered {crash.status}, and then the same request not at all"
            told = f"{told} ({last.exchange.fault}), {meanwhile}"
            self.check(_NO_LASTING_CRASH, fine=False, message=told, call=last, earlier=(crash, working))
        elif all(call.exchange.hung_up for call in calls):
            told = f"the service hung up on {last.method} {last.path} {len(calls)} times ({last.exchange.fault})"
            self.check(_NO_LASTING_CRASH, fine=False, message=f"{told}, {meanwhile}", call=last, earlier=(working,))

    def _may_repeat(self, method: str) -> bool:
        # A deletion that has worked in spite of its 5xx is a 404 the next time, and an order costs.
        return not self.target.live and (method == "GET" or (method != "DELETE" and self.guard.level is Level.FULL))

    def _seen(self, exchange: Exchange) -> Call:
        self.collect()
        return self.inspector.see(exchange).call

    def _client(self, token: str | None) -> httpx.Client:
        key = token or ""
        if key not in self._clients:
            self._clients[key] = self.target.client(self.guard, token=token)
        return self._clients[key]


def _has_replaced(exchange: Exchange) -> bool:
    request = exchange.request
    stores = request.method == "POST" and urlsplit(request.url).path.rstrip("/").endswith("/accounts")
    # Of two deletions, the one that was refused came second. One without an answer may have worked.
    return (stores or request.method == "DELETE") and exchange.status // 100 != 4


def _reason(call: Call) -> str:
    what = f"{call.method} {call.path}"
    return f"{what}: {call.exchange.fault}" if call.status == 0 else f"{what} was answered {call.status}"


def _outcome(send: Send) -> Exchange | Exception:
    """Send, or return why not."""
    try:
        return send()
    except Exception as error:  # noqa: BLE001 - it is raised where the call was made
        return error
