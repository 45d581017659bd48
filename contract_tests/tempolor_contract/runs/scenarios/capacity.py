"""Filling slots and freeing them."""

from functools import partial
from typing import Final
from urllib.parse import urlsplit

from ...document.bodies import texts
from ...document.call import Call
from ...rules.capacity import busy_jobs
from ...rules.catalogue import rule
from . import fixtures
from .lab import Lab, UnclearError
from .scenario import Beside, Need, Scenario, ids

_ACCOUNT_LIMIT_IS_EXACT: Final = rule("account-limit-is-exact")
_OWN_LIMIT_REPLACES_THE_ACCOUNTS: Final = rule("own-limit-replaces-the-accounts")
_SLOT_IS_FREED_BY_CANCEL: Final = rule("slot-is-freed-by-cancel")
_SLOT_IS_FREED_BY_COMPLETION: Final = rule("slot-is-freed-by-completion")

_MOST_ORDERS: Final = 8
_LIMIT: Final = 3
_BURST: Final = 6


def _try(
    lab: Lab,
    account: str,
    limit: int | None = None,
    operation: str = "create_song",
    encoded: fixtures.Encoding = fixtures.as_json,
) -> Call:
    """Send an order that may be refused; UnclearError if TemPolor itself refused, or the credits are spent."""
    body = {"user_id": account, "prompt": "A harbour ballad", "replyRef": lab.name("ref"), **fixtures.reply_url(lab)}
    call = lab.call(operation, **encoded(body if limit is None else {**body, "maxJobs": limit}))
    if call.status == 402 or (call.status == 429 and "runningJobs" not in call.item and not _says_busy(call)):
        raise UnclearError(f"TemPolor itself refused: {call.status} {call.error}")
    return call


def _says_busy(call: Call) -> bool:
    return call.error.startswith("Account is busy")


def _listed(call: Call) -> int:
    """Return how many jobs a 429 lists; its text may count others."""
    return sum(map(len, (busy_jobs(call) or {}).values()))


def _bare(reply: dict[str, str]) -> dict[str, str]:
    """Return an address without a path, which some readers of addresses give one."""
    parts = {name: urlsplit(url) for name, url in reply.items()}
    return {name: f"{each.scheme}://{each.netloc}?{each.query}" for name, each in parts.items()}


def _own_limit(lab: Lab) -> None:
    ordered = fixtures.order(lab, replyRef=lab.name("ref"), **_bare(fixtures.reply_url(lab)))
    jobs = list(ordered.jobs)
    try:
        limit = len(ordered.jobs)
        tries = [_try(lab, ordered.account, limit, encoded=encoded) for encoded in fixtures.ENCODINGS]
        jobs += [job_id for each in tries for job_id in texts(each.item.get("jobs"))]
        if len(fixtures.running(lab, ordered.jobs)) < limit:
            raise UnclearError("the jobs ended before the limit could be tried")
        for refused in tries:
            told = (
                f"{limit} jobs run, so an order with maxJobs {limit} has "
                f"no room and is a 429, but was answered {refused.status}"
            )
            lab.must(_OWN_LIMIT_REPLACES_THE_ACCOUNTS, fine=refused.status == 429, message=told, call=refused)
        fixtures.check_age(lab, lab.call("list_running_jobs"))
        count = max(_listed(refused), limit)
        taken = _try(lab, ordered.account, count + 1)
        jobs += texts(taken.item.get("jobs"))
        told = f"{count} jobs run, so an order with maxJobs {count + 1} has room, but was answered {taken.status}"
        lab.check(_OWN_LIMIT_REPLACES_THE_ACCOUNTS, fine=taken.accepted, message=told, call=taken, earlier=(refused,))
        fixtures.running(lab, tuple(jobs))
        fixtures.cancel_all(lab, texts(taken.item.get("jobs")))
        jobs += _one_by_one(lab, ordered)
    finally:
        fixtures.cancel_all(lab, tuple(jobs))
    # A callback of the refused order would have come by now.
    lab.wait(lab.pause)


def _one_by_one(lab: Lab, ordered: fixtures.Ordered) -> tuple[str, ...]:
    """Cancel one job of an order: it frees its own slot, and not those of the others. Return what was started."""
    lab.call("cancel_job", arguments={"job_id": ordered.jobs[0]})
    others = ordered.jobs[1:]
    if not others:
        return ()
    call = _try(lab, ordered.account, len(others))
    if len(fixtures.running(lab, others)) == len(others):
        told = (
            f"one job of an order was cancelled and {len(others)} of it run on, so an order with maxJobs "
            f"{len(others)} has no room and is a 429, but was answered {call.status}"
        )
        lab.check(_SLOT_IS_FREED_BY_CANCEL, fine=call.status == 429, message=told, call=call)
    return texts(call.item.get("jobs"))


def _account_limit(lab: Lab) -> None:
    limits = (_LIMIT, _LIMIT, _LIMIT + 1)
    account, other, even = lab.side_by_side(partial(fixtures.new_account, lab, limit) for limit in limits)
    # Where orders start two jobs, an odd limit shows who is busy early, and an even one who is late.
    first, more = lab.side_by_side([partial(_fill, lab, account, _LIMIT), partial(_fill, lab, even, _LIMIT + 1)])
    lab.side_by_side(partial(lab.call, operation) for operation in ("get_available_capacity", "list_running_jobs"))
    elsewhere = fixtures.order(lab, user_id=other)
    told = f"only account {account} is full, but an order on account {other} went to {elsewhere.account}"
    fine = elsewhere.account == other
    lab.check(_ACCOUNT_LIMIT_IS_EXACT, fine=fine, message=told, call=elsewhere.call)
    first += _beyond(lab, account, len(first))
    jobs = _freed_by_cancel(lab, account, first)
    _raised(lab, account, jobs)
    lab.side_by_side(partial(fixtures.finished, lab, job_id) for job_id in jobs)
    again = _try(lab, account)
    told = f"all jobs of account {account} have ended, but an order was answered {again.status}: {again.error}"
    lab.check(_SLOT_IS_FREED_BY_COMPLETION, fine=again.accepted, message=told, call=again)
    fixtures.cancel_all(lab, (*more, *elsewhere.jobs, *texts(again.item.get("jobs"))))


def _fill(lab: Lab, account: str, limit: int) -> list[str]:
    """Order until the account is busy, and judge that it was so neither early nor late."""
    jobs: list[str] = []
    for number in range(_MOST_ORDERS):
        expected = len(jobs) < limit
        # Both kinds take slots.
        call = _try(lab, account, operation=("create_instrumental", "create_song")[number % 2])
        new = texts(call.item.get("jobs"))
        if not expected and len(fixtures.running(lab, tuple(jobs))) < limit:
            fixtures.cancel_all(lab, (*jobs, *new))
            raise UnclearError("jobs ended while the account was being filled")
        told = (
            f"account {account} has {len(jobs)} jobs and {limit} slots, so an order "
            f"is {'taken' if expected else 'a 429'}, but was answered {call.status}"
        )
        lab.must(_ACCOUNT_LIMIT_IS_EXACT, fine=call.accepted is expected, message=told, call=call)
        if not call.accepted:
            return jobs
        jobs += new
    raise UnclearError(f"account {account} was never busy")


def _beyond(lab: Lab, account: str, running: int) -> list[str]:
    """Order with a limit of its own that is higher than that of the full account."""
    call = _try(lab, account, running + 2)
    told = (
        f"{running} jobs run on an account with maxJobs {_LIMIT}, so an "
        f"order with maxJobs {running + 2} has room, but was answered "
    )
    lab.check(_OWN_LIMIT_REPLACES_THE_ACCOUNTS, fine=call.accepted, message=f"{told}{call.status}", call=call)
    return list(texts(call.item.get("jobs")))


def _freed_by_cancel(lab: Lab, account: str, jobs: list[str]) -> tuple[str, ...]:
    keep = _LIMIT - 1
    fixtures.cancel_all(lab, tuple(jobs[keep:]))
    left = jobs[:keep]
    call = _try(lab, account)
    told = (
        f"{len(left)} jobs of {_LIMIT} are left after cancelling, but an order was answered {call.status}: {call.error}"
    )
    lab.check(_SLOT_IS_FREED_BY_CANCEL, fine=call.accepted, message=told, call=call)
    lab.call("get_available_capacity")
    return (*left, *texts(call.item.get("jobs")))


def _raised(lab: Lab, account: str, jobs: tuple[str, ...]) -> None:
    """Set an account's limit below what runs, to what runs, and one above: each counts at once."""
    alive = len(fixtures.running(lab, jobs))
    if not alive:
        return
    tries = (
        (max(1, alive - 1), False, "create_song"),
        (alive, False, "create_song"),
        (alive, False, "create_instrumental"),
        (alive + 1, True, "create_song"),
    )
    for limit, expected, operation in tries:
        lab.call("create_account", json={"requestParams": {"user_id": account}, "maxJobs": limit})
        lab.call("get_available_capacity")
        call = _try(lab, account, operation=operation)
        new = texts(call.item.get("jobs"))
        if len(fixtures.running(lab, jobs)) == alive:
            told = (
                f"{alive} jobs run and maxJobs was set to {limit}, so an order is "
                f"{'taken' if expected else 'a 429'}, but was answered {call.status}"
            )
            lab.check(_ACCOUNT_LIMIT_IS_EXACT, fine=call.accepted is expected, message=told, call=call)
        fixtures.cancel_all(lab, new)


def _burst(lab: Lab) -> None:
    """Send more orders at once than there is room for; `account-limit-is-exact` counts what runs then."""
    account = fixtures.new_account(lab, _LIMIT)
    body = {"user_id": account, "prompt": "A harbour ballad"}
    calls = lab.at_once("create_song", [{"json": {**body, "replyRef": lab.name("ref")}} for _ in range(_BURST)])
    started = [texts(call.item.get("jobs")) for call in calls if call.accepted]
    lab.call("list_running_jobs")
    told = f"account {account} has {_LIMIT} slots and no jobs, but all of {_BURST} orders at once were refused as busy"
    refused = all(call.status == 429 and _says_busy(call) for call in calls)
    lab.check(_ACCOUNT_LIMIT_IS_EXACT, fine=not refused, message=told, call=calls[0])
    fixtures.cancel_all(lab, tuple(job_id for jobs in started for job_id in jobs))


_MAKES: Final = frozenset({Need.CREATE, Need.DESTROY})

OWN_LIMIT = Scenario(
    "limit-of-an-order",
    _own_limit,
    _MAKES,
    cost=3,
    provokes=ids(
        "busy-body-is-one-of-two busy-only-when-full full-is-busy own-limit-replaces-the-accounts "
        "busy-lists-only-running refused-order-starts-nothing busy-repeats-the-order start-is-creation "
        "slot-is-freed-by-cancel"
    ),
)
ACCOUNT_LIMIT = Scenario(
    "limit-of-an-account",
    _account_limit,
    _MAKES | {Need.ACCOUNT},
    cost=16,
    beside=Beside.ORDERS,
    provokes=ids(
        "busy-only-when-full full-is-busy own-limit-replaces-the-accounts busy-lists-only-running "
        "slot-is-freed-by-completion slot-is-freed-by-cancel account-limit-is-exact available-has-all-accounts"
    ),
)
BURST = Scenario(
    "burst", _burst, _MAKES | {Need.ACCOUNT}, cost=_BURST + 1, provokes=("account-limit-is-exact", "full-is-busy")
)
