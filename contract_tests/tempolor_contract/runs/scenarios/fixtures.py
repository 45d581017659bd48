"""What several scenarios need: an account, an order, a finished song. Shared, so that each is made once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from ...document.bodies import COMPLETED, FINAL, GENERATING, running_rows, status_of, texts
from ...document.call import Call
from ...document.times import seconds_elapsed
from ...rules.catalogue import rule
from ...rules.rule import Rule
from ...target.guard import Level
from .lab import Lab, PatienceError, UnclearError

_ELAPSED_FITS_STARTED: Final = rule("elapsed-fits-started")
_JOBS_COME_TO_AN_END: Final = rule("jobs-come-to-an-end")
_VALID_ORDERS_ARE_TAKEN: Final = rule("valid-orders-are-taken")

ROOM = 200
"""Slots of an account of our own: more than all scenarios need at once."""

_HOURS: Final = 24
_SKEW: Final = 2.0
"""Seconds by which two clocks may have gone apart since a job was ordered."""
HARD: Final = " Cafe\u0301 \U0001f3b5 <b>rain</b> & \"sun\" 50%25 1+1 \\n #7 'x'; [Verse] {a} $1 %s \u6d77\u306e\u591c "
"""Decomposed, beyond the first plane of Unicode, like HTML, like what was encoded already, not ASCII, with a space at
each end: all of it counts."""


@dataclass(frozen=True)
class Ordered:
    """An accepted order: the call, its account and its jobs."""

    call: Call
    account: str
    jobs: tuple[str, ...]


def account(lab: Lab) -> str:
    """Return the account to work with: one of our own at level full, else the first that is configured."""
    return lab.shared("account", lambda: _account(lab))


def _account(lab: Lab) -> str:
    if lab.guard.level is Level.FULL:
        return new_account(lab, ROOM)
    found = lab.call("list_accounts")
    if not found.item or not found.accepted:
        raise UnclearError("no account is configured on the target")
    return str(next(iter(found.item)))


def new_account(lab: Lab, limit: int | None = None) -> str:
    """Configure an account that nobody else has, and return its id."""
    made_up = str(lab.random.randrange(10**8, 10**9))
    body: dict[str, Any] = {"requestParams": {"user_id": made_up, "ucid": made_up, "ve": "1.0"}}
    call = lab.call("create_account", json=body if limit is None else {**body, "maxJobs": limit})
    if not call.accepted:
        raise UnclearError(f"an account could not be configured: {call.status} {call.error}")
    return str(call.item.get("user_id", made_up))


def busy(call: Call) -> bool:
    """Whether an order was refused for lack of room, of either kind, or for lack of credits."""
    return call.status in {402, 429}


def unless_busy(call: Call) -> Call:
    """Return a call; UnclearError if there was no room for what it wanted."""
    if busy(call):
        raise UnclearError(f"no room: {call.status} {call.error}")
    return call


def taken(lab: Lab, call: Call, what: str) -> tuple[str, ...]:
    """Judge that `what`, a valid order, was taken, and return its jobs; UnclearError if there was no room."""
    told = f"{what} was answered {unless_busy(call).status}: {call.error}"
    lab.check(_VALID_ORDERS_ARE_TAKEN, fine=call.accepted, message=told, call=call)
    return texts(call.item.get("jobs"))


def order(lab: Lab, operation: str = "create_song", **fields: Any) -> Ordered:
    """Send a valid order on the account, and return what it started; UnclearError if there is no room."""
    body = {"user_id": fields.pop("user_id", None) or account(lab), "prompt": "A harbour ballad with warm strings"}
    call = unless_busy(lab.call(operation, json=body | fields))
    told = f"a valid order was answered {call.status}: {call.error}"
    lab.must(_VALID_ORDERS_ARE_TAKEN, fine=call.accepted, message=told, call=call)
    jobs = texts(call.item.get("jobs"))
    if not jobs:
        raise UnclearError("the order named no jobs")
    return Ordered(call, str(body["user_id"]), jobs)


def as_json(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a call that sends fields as JSON."""
    return {"json": dict(fields)}


def as_form(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a call that sends fields as a form."""
    return {"files": {name: (None, str(value)) for name, value in fields.items()}}


Encoding = Callable[[Mapping[str, Any]], dict[str, Any]]
ENCODINGS: Final[tuple[Encoding, ...]] = (as_json, as_form)
"""How an order can be sent. Services read the two with different code."""


def read(lab: Lab, job_id: str) -> Call:
    """Poll a job."""
    return lab.call("get_music", arguments={"job_id": job_id})


def running(lab: Lab, jobs: tuple[str, ...]) -> list[str]:
    """Return those of these jobs that are still at work, by polling each."""
    polls = lab.side_by_side(partial(read, lab, job_id) for job_id in jobs)
    return [job_id for job_id, poll in zip(jobs, polls, strict=True) if status_of(poll.item) == GENERATING]


def check_age(lab: Lab, listing: Call) -> None:
    """Judge that no running job is older than its order; where a clock can be moved, that says nothing."""
    orders = {job.id: job.order for world in lab.inspector.worlds for job in world.jobs.values()}
    for row in running_rows(listing) if not lab.clock.virtual else ():
        order, elapsed = orders.get(str(row.get("job_id"))), seconds_elapsed(row)
        if order is not None and elapsed is not None:
            age = listing.exchange.finished - order.call.exchange.started
            told = f"elapsed of {row['job_id']} is {row['elapsed']}, but it was ordered {age:.0f} s ago"
            fine, earlier = elapsed <= age + _SKEW, (order.call,)
            lab.check(_ELAPSED_FITS_STARTED, fine=fine, message=told, call=listing, earlier=earlier)


def finished(lab: Lab, job_id: str, *, meanwhile: Callable[[], object] | None = None) -> Call:
    """Wait for a job's end, and return the poll that showed it; UnclearError if it may yet come.

    `meanwhile` is called after each poll that shows the job at work.
    """
    calls: list[Call] = []

    def poll() -> Call | None:
        calls.append(read(lab, job_id))
        if not calls[-1].accepted:
            raise UnclearError(f"{job_id} cannot be read: {calls[-1].status}")
        if status_of(calls[-1].item) in FINAL:
            return calls[-1]
        if meanwhile is not None:
            meanwhile()
        return None

    comes_to_an_end(lab, poll, job_id, calls)
    return calls[-1]


def comes_to_an_end(lab: Lab, poll: Callable[[], object], what: str, calls: Sequence[Call]) -> None:
    """Wait until a poll says that a job or a voice has ended, and judge that it does; `calls` are those of the polls.

    UnclearError if the end may yet come.
    """
    try:
        ended = lab.until(poll, f"the end of {what}")
    except PatienceError as error:
        if error.hurried or not (lab.clock.virtual or lab.target.local):
            raise
        ended = _late(lab, poll)
    told = f"{what} is still at work after {'a day' if lab.clock.virtual else f'{lab.target.patience:.0f} s'}"
    lab.must(_JOBS_COME_TO_AN_END, fine=ended is not None, message=told, call=calls[-1])


def _late(lab: Lab, poll: Callable[[], object]) -> object:
    """Go on waiting for up to a day where that costs nothing: no page says how long a job takes."""
    for _ in range(_HOURS if lab.clock.virtual else 0):
        lab.clock.wait(3600)
        found = poll()
        if found is not None:
            return found
    return None


def completed_song(lab: Lab) -> Ordered:
    """Return an order of which the first job is COMPLETED; UnclearError if it failed."""
    return lab.shared("completed song", lambda: _completed_song(lab))


def _completed_song(lab: Lab) -> Ordered:
    # Its songs are the shortest, and later revisions still take the name.
    ordered = order(lab, model_song="v3")
    call = finished(lab, ordered.jobs[0])
    if status_of(call.item) != COMPLETED:
        raise UnclearError(f"{ordered.jobs[0]} has failed")
    return ordered


_LONGEST_LAG_SECONDS = 120.0
"""From COMPLETED to the file; seen are some seconds."""


def downloaded(lab: Lab, job_id: str, file_format: str | None = None) -> Call:
    """Wait until a completed job can be downloaded, and return that call; a 404 for some seconds is normal.

    Where it never can be, the last 404 is returned: it is for the caller to say what that means.
    """
    calls: list[Call] = []

    def poll() -> Call | None:
        calls.append(lab.call("download_music", arguments={"job_id": job_id}, query={"file_format": file_format}))
        return None if calls[-1].status == 404 else calls[-1]

    try:
        return lab.until(poll, f"the file of {job_id}", patience=min(_LONGEST_LAG_SECONDS, lab.target.patience))
    except PatienceError:
        return calls[-1]


def once(lab: Lab, judged: Rule, operation: str, arguments: dict[str, str]) -> None:
    """Send the same deletion twice at once, and judge that not both of them worked."""
    calls = lab.at_once(operation, [{"arguments": arguments}] * 2)
    [thing] = arguments.values()
    told = f"{operation} was sent twice at once for {thing}, and worked both times"
    lab.check(judged, fine=not all(call.accepted for call in calls), message=told, call=calls[1], earlier=(calls[0],))


def cancel_all(lab: Lab, jobs: Sequence[str], **as_whom: Any) -> None:
    """Make room again."""
    lab.side_by_side(partial(lab.call, "cancel_job", arguments={"job_id": job_id}, **as_whom) for job_id in jobs)


def reply_url(lab: Lab) -> dict[str, str]:
    """Return a `replyUrl` that no other order has, nothing where nobody receives; some of its path is encoded."""
    return {"replyUrl": f"{lab.receiver.url}/caf%C3%A9?of={lab.name('order')}"} if lab.receiver else {}


def hard_name(lab: Lab) -> str:
    """Return a name that is hard to bring back as it was, and that nothing else has."""
    return f"{HARD}{lab.name('x')} "


def made_up_id(lab: Lab, kind: str, *, user_id: str | None = None) -> str:
    """Return a well-formed id of the kind `job`, `voice` or `midi` that belongs to nobody."""
    number = (lab.target.token.partition(":")[2].partition("-")[0]) or "12345"
    number = number if number.isdecimal() else "12345"
    owner = user_id or lab.random.randrange(10**8, 10**9)
    return lab.guard.inventory.decoy(f"user:{number}-tempolor:{owner}-{kind}:{lab.random.getrandbits(60):015x}")
