"""What a world holds: jobs, orders, accounts, uploads, walks through lists and links, each as calls have shown it."""

from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

from ...document.bodies import FAILED, FINAL, status_of
from ...document.call import CALLBACK, Call

_BROKEN_SESSION: Final = 596
_MOST_REQUESTS: Final = 256
_MOST_CRASHES: Final = 8
_DRIFT_MS: Final = 2000
MANY_CALLBACKS: Final = 12
"""So many final callbacks of other jobs show that one that is due is lost."""
KIND_OF_ORDER: Final = {"create_song": "song", "create_instrumental": "instrumental"}


@dataclass(frozen=True)
class Sighting:
    """A job's item as one call showed it."""

    call: Call
    item: dict[str, Any]

    @property
    def status(self) -> Any:
        """The item's status, by its number or else by its name, None if both were left out."""
        return status_of(self.item)

    @property
    def progress(self) -> Any:
        """The item's `progress`, None if it was left out."""
        return self.item.get("progress")

    @property
    def final(self) -> bool:
        """Whether the item said that it will not change any more."""
        return self.status in FINAL


@dataclass
class Job:
    """What is known of a job.

    `listed` and `unlisted` are the last listings of running jobs with and without it. `gone` is the call that may
    have deleted it: `deleted` for sure, `gone` perhaps (a deletion without a clear answer). `after_cancel` is the
    first poll after it was cancelled. `no_download` is the last download that was refused as one of this job, and
    `no_cancel` the last cancel that found no such job at work.
    `overtaken` has a callback of each other job that came after its own final one was due.
    """

    id: str
    account: str
    first: Call
    order: "Order | None" = None
    latest: Sighting | None = None
    final: Sighting | None = None
    cancelled: Call | None = None
    cancel_tried: Call | None = None
    no_cancel: Call | None = None
    after_cancel: Sighting | None = None
    deleted: Call | None = None
    gone: Call | None = None
    listed: Call | None = None
    row: dict[str, Any] = field(default_factory=dict)
    unlisted: Call | None = None
    downloaded: dict[str, Call] = field(default_factory=dict)
    no_download: Call | None = None
    by_operation: dict[str, Sighting] = field(default_factory=dict)
    callbacks: list[Sighting] = field(default_factory=list)
    overtaken: dict[str, Call] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether it was seen FAILED."""
        return self.final is not None and self.final.status == FAILED

    @property
    def reports(self) -> bool:
        """Whether its end is to be reported to a `replyUrl`, as far as is known, and has not been."""
        asked = self.order is not None and bool(self.order.sent.get("replyUrl"))
        return asked and not (self.cancel_tried or self.gone or any(each.final for each in self.callbacks))

    @property
    def receiver(self) -> str:
        """The host that its order gave for callbacks, empty without one."""
        url = self.order.sent.get("replyUrl") if self.order is not None else None
        return urlsplit(url).netloc if isinstance(url, str) else ""

    @property
    def kind(self) -> str:
        """`song` or `instrumental`, empty if nobody knows."""
        return KIND_OF_ORDER[self.order.call.operation] if self.order else ""


@dataclass
class Order:
    """An accepted order: what was sent, the jobs it started, and the jobs proven to have run when it was sent."""

    call: Call
    account: str
    jobs: tuple[str, ...]
    limit: int | None
    running: dict[str, Call] = field(default_factory=dict)

    @property
    def sent(self) -> dict[str, Any]:
        """The order's fields."""
        return self.call.sent


@dataclass
class Account:
    """What is known of an account.

    `first` is the call that showed it first, `stored` the one that showed it last. `limit` is its `maxJobs`, None while
    unknown or `doubtful`; `ticket` the one it was given. `posts` are the last two calls that stored it.
    """

    user_id: str
    first: Call
    stored: Call
    limit: int | None = None
    doubtful: bool = False
    deleted: Call | None = None
    gone: Call | None = None
    shown: dict[str, Any] = field(default_factory=dict)
    ticket: str = ""
    posts: tuple[Call, ...] = ()


@dataclass
class Upload:
    """A MIDI file or a cloned voice.

    `ready` is the call that showed that it can be used, `sung` the first order that was taken with it before.
    """

    id: str
    account: str
    first: Call
    uploaded: Call | None = None
    name: str | None = None
    status: Any = None
    ready: Call | None = None
    sung: Call | None = None
    deleted: Call | None = None
    gone: Call | None = None


@dataclass
class Walk:
    """A walk through the pages of a list: the call of its first page, the ids so far, the cursor that comes next."""

    calls: list[Call]
    ids: dict[str, Call]
    cursor: str

    @staticmethod
    def key(call: Call) -> tuple[str, ...]:
        """Return what tells walks apart: the list, the account, the kind."""
        return (call.operation, call.query.get("user_id", ""), call.query.get("type", "song"))


@dataclass
class Crashed:
    """A request that was answered 5xx: the calls, and how many of them came since it was last answered otherwise."""

    calls: list[Call] = field(default_factory=list)
    row: int = 0


@dataclass
class Crashes:
    """Requests that were answered 5xx; `working` is the last call that was answered well."""

    _requests: dict[tuple[str, str, bytes], Crashed] = field(default_factory=dict)
    working: Call | None = None

    @staticmethod
    def is_crash(call: Call) -> bool:
        """Whether the service failed, not whom it called. 596 is the vendor's word for a broken session of TemPolor."""
        return call.operation != CALLBACK and 500 <= call.status < _BROKEN_SESSION

    def of(self, call: Call) -> Crashed:
        """Return the earlier crashes on the same request."""
        return self._requests.get(_request(call)) or Crashed()

    def observe(self, call: Call) -> None:
        """Take in a call."""
        # Who has nothing yet is refused all the time, and rightly so.
        self.working = call if call.accepted or call.status in {400, 401, 404} else self.working
        if self.is_crash(call):
            known = self.of(call)
            if known.calls or len(self._requests) < _MOST_REQUESTS:
                self._requests[_request(call)] = Crashed([*known.calls[-_MOST_CRASHES:], call], known.row + 1)
        elif call.status:
            # No answer at all is no recovery.
            self.of(call).row = 0


def _request(call: Call) -> tuple[str, str, bytes]:
    request = call.exchange.request
    return request.method, request.url, request.whole


@dataclass(frozen=True)
class Refusal:
    """A refused order: the call, and the jobs that ran when it was sent."""

    call: Call
    running: frozenset[str]


@dataclass(frozen=True)
class Link:
    """An address a service handed out: by which call, for what kind of bytes, how many seconds it was to last.

    `upload` is the call that sent the bytes behind it, where there was one; `fetched` the first that fetched them from
    their beginning. By the service's own clock it was handed out from `since_ms` on, and by `until_ms`; None where no
    answer tells.
    """

    call: Call
    kind: str
    seconds: int | None = None
    upload: Call | None = None
    fetched: Call | None = None
    since_ms: int | None = None
    until_ms: int | None = None

    def outlived_at(self, fetch: Call) -> float:
        """Return how many seconds after its end a link was fetched, by the recorder's clock; 0 if it had not ended."""
        begun, asked = self.call.exchange.started and self.call.exchange.finished, fetch.exchange.started
        return max(asked - begun - self.seconds, 0) if begun and asked and self.seconds else 0

    def after(self, known: "Link") -> "Link":
        """Return the link as it is handed out again, with what is known of the bytes behind it."""
        return replace(self, upload=self.upload or known.upload, fetched=known.fetched)


@dataclass
class Clock:
    """What is known of a service's own time, which need not be the recorder's: a mock's clock can be moved.

    `told_ms` is the latest time that it told, and `steady` the first call since which it ran as fast as the recorder's,
    with what it told there. `timeless` are the links handed out since its last word; `refused` and `worked` are the
    fetches since then of links that were refused, and of links that worked after their time by the recorder's clock,
    each with its link.
    """

    told_ms: int | None = None
    steady: tuple[Call, int] | None = None
    timeless: list[str] = field(default_factory=list)
    refused: list[tuple[Link, Call]] = field(default_factory=list)
    worked: list[tuple[Link, Call]] = field(default_factory=list)

    def runs_on(self, call: Call, moment: int) -> bool:
        """Whether it told a moment that the recorder's clock expects, by what was told before."""
        if self.steady is None or not call.exchange.started:
            return False
        first, told = self.steady
        return abs((moment - told) - (call.exchange.started - first.exchange.started) * 1000) <= _DRIFT_MS


@dataclass
class Shared:
    """What all worlds of a stream have in common: the links handed out, and whether any token was ever seen.

    `reply_urls` has the addresses that orders gave, as a receiver sees them, each with its refusal; None where one of
    the orders with it may have been taken; `called` has the last callback to each address. `stamps` has the first
    call that showed an account with a stamp of its storing. `reported` has the jobs whose final callback has come,
    perhaps before the answer to their order did, and `cancelled` those that any token may have cancelled. `clocks` has
    the service's time by token, and `deletion` is the last call that may have deleted something.
    """

    links: dict[str, Link] = field(default_factory=dict)
    reply_urls: dict[str, Call | None] = field(default_factory=dict)
    called: dict[str, Call] = field(default_factory=dict)
    stamps: dict[tuple[str, int], Call] = field(default_factory=dict)
    reported: dict[str, None] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    clocks: dict[str, Clock] = field(default_factory=dict)
    deletion: Call | None = None
    authorized: bool = False
