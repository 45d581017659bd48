"""Rules about slots: when there is room, when there is none, and how that is told."""

import re
from typing import Any, Final

from ..document.bodies import GENERATING, address_of, items_of, running_rows, status_of, whole
from ..document.call import CALLBACK, Call
from ..document.ids import parse
from ..document.service import ORDERS
from .history.records import Job
from .history.world import World
from .rule import FINE, Judged, Problem, Rule

_PAGE: Final = "post-tempolor-music-song"
_BUSY: Final = re.compile(r"Account is busy executing (\d+) jobs?")
_SHOWS_RUNNING: Final = frozenset({"get_music", "list_music", "list_running_jobs", "get_available_capacity"})


def busy_jobs(call: Call) -> dict[str, list[dict[str, Any]]] | None:
    """Return the `runningJobs` of a 429 by account, or None if TemPolor itself refused."""
    running = call.item.get("runningJobs")
    if call.status != 429 or not isinstance(running, dict):
        return None
    return {
        user_id: [job for job in jobs if isinstance(job, dict)]
        for user_id, jobs in running.items()
        if isinstance(jobs, list)
    }


def _body(call: Call) -> Judged:
    if call.status != 429:
        return None
    running = busy_jobs(call)
    told = _BUSY.search(call.error)
    if running is None:
        return [Problem(f"the 429 says {call.error!r}, but does not list those jobs as runningJobs")] if told else FINE
    listed = [job for jobs in running.values() for job in jobs]
    if told is None:
        return [
            Problem(
                f"the 429 lists runningJobs, so its error must be "
                f"'Account is busy executing X jobs', but is {call.error!r}"
            )
        ]
    if int(told[1]) != len(listed):
        return [Problem(f"the error says {call.error!r}, but runningJobs lists {len(listed)}")]
    return _keys(running)


def _keys(running: dict[str, list[dict[str, Any]]]) -> Judged:
    for user_id, jobs in running.items():
        for job in jobs:
            parts = parse(job.get("job_id"))
            if parts and {parts.account, job.get("user_id", parts.account)} != {user_id}:
                return [
                    Problem(
                        f"{job['job_id']} of account {job.get('user_id', parts.account)!r} "
                        f"is listed in runningJobs under {user_id!r}"
                    )
                ]
    return FINE


def _only_when_full(call: Call, world: World) -> Judged:
    running = busy_jobs(call)
    if running is None or len(running) > 1 or not (running or _BUSY.search(call.error)):
        return None
    [(user_id, jobs)] = running.items() or [(str(call.sent.get("user_id")), [])]
    limit = whole(call.sent.get("maxJobs"))
    earlier: tuple[Call, ...] = ()
    if limit is None:
        account = world.accounts.get(user_id)
        if account is None or account.limit is None or not account.stored.before(call):
            return None
        limit, earlier = account.limit, (account.stored,)
    if len(jobs) < limit:
        return [
            Problem(
                f"the order was refused as busy with {len(jobs)} of {limit} slots of account {user_id} taken", earlier
            )
        ]
    return FINE


def _only_running(call: Call, world: World) -> Judged:
    running = busy_jobs(call)
    if running is None:
        return None
    for row in (row for rows in running.values() for row in rows):
        job = world.jobs.get(row.get("job_id", ""))
        if job is None:
            continue
        if job.final is not None and job.final.call.before(call):
            message = f"{job.id} is listed as running in the 429, though it had ended with status {job.final.status}"
            return [Problem(message, (job.final.call,), key="ended")]
        if job.cancelled is not None and job.cancelled.before(call):
            return [
                Problem(
                    f"{job.id} is listed as running in the 429, though it was cancelled",
                    (job.cancelled,),
                    key="cancelled",
                )
            ]
    return FINE


def _full_is_busy(call: Call, world: World) -> Judged:
    judged: Judged = None
    shown = [item.get("job_id") for item in items_of(call) if status_of(item) == GENERATING]
    shown += [row.get("job_id") for row in running_rows(call)] if call.status == 200 else []
    proven: dict[int, set[str]] = {}
    for job_id in (each for each in shown if isinstance(each, str)):
        job = world.jobs.get(job_id)
        for order in world.orders_during(job, call) if job else ():
            if order.limit is None:
                continue
            judged = judged or FINE
            ran = proven.setdefault(id(order), set(order.running))
            if len(ran) < order.limit <= len(ran | {job_id}):
                message = f"an order was taken with {order.limit} of {order.limit} slots taken already"
                judged = [*judged, Problem(message, (order.call, *order.running.values()))]
            ran.add(job_id)
    return judged


def _over_admitted(call: Call, world: World) -> Judged:
    """Judge what runs by the orders that started it: each was taken while all jobs of the others ran."""
    judged: Judged = None
    running: dict[str, dict[int, list[Job]]] = {}
    for row in running_rows(call) if call.status == 200 else ():
        job = world.jobs.get(str(row.get("job_id")))
        if job is not None and job.order is not None:
            running.setdefault(job.account, {}).setdefault(job.order.call.number, []).append(job)
    for user_id, by_order in running.items():
        orders = [jobs[0].order for jobs in by_order.values() if jobs[0].order is not None]
        limits = {order.limit for order in orders}
        if len(limits) != 1 or None in limits:
            continue
        [limit] = limits
        count, last = sum(map(len, by_order.values())), max(map(len, by_order.values()))
        judged = judged or FINE
        if limit is not None and count - last >= limit:
            told = f"account {user_id} has {limit} slots, but {count} jobs run, of {len(orders)} orders"
            judged = [*judged, Problem(told, tuple(order.call for order in orders))]
    return judged


def _started(call: Call, world: World) -> Judged:
    judged: Judged = None
    for row in (row for rows in (busy_jobs(call) or {}).values() for row in rows):
        job = world.jobs.get(row.get("job_id", ""))
        order = job.order if job else None
        if order is None or not order.call.before(call):
            continue
        judged = judged or FINE
        for name in ("replyUrl", "replyRef"):
            if row.get(name) != (order.sent.get(name) or None) and (row.get(name) or order.sent.get(name)):
                told = (
                    f"the order of {row['job_id']} gave {name} "
                    f"{order.sent.get(name)!r}, and the 429 shows {row.get(name)!r}"
                )
                judged = [*judged, Problem(told, (order.call,), key=name)]
    return judged


def _called_meanwhile(call: Call, world: World) -> Judged:
    """Judge a refusal by a callback that came before it was told: nobody else has its `replyUrl`."""
    address = address_of(str(call.sent.get("replyUrl")))
    came = world.shared.called.get(address)
    if not call.refused or came is None or world.shared.reply_urls.get(address, call) is None:
        return None
    if came.exchange.started < call.exchange.started:
        return None
    return [Problem(f"an order was answered {call.status}, but a callback came to its replyUrl", (came,))]


def _nothing_started(call: Call, world: World) -> Judged:
    if call.operation == CALLBACK:
        refused = world.shared.reply_urls.get(address_of(call.exchange.request.url))
        if refused is None or not refused.before(call):
            return None
        return [Problem(f"an order was answered {refused.status}, but a callback came to its replyUrl", (refused,))]
    if call.operation in ORDERS:
        return _called_meanwhile(call, world)
    if call.status != 200 or not world.refused:
        return None
    for row in running_rows(call):
        refusal = world.refused.get(str(row.get("replyRef")))
        if refusal and refusal.call.before(call) and row.get("job_id") not in refusal.running:
            told = f"an order was answered {refusal.call.status}, but {row.get('job_id')} runs with its replyRef"
            return [Problem(told, (refusal.call,))]
    return FINE


RULES = (
    Rule(
        "busy-body-is-one-of-two",
        "A 429 counts and lists the running jobs of an account, or is TemPolor's own and lists none.",
        _PAGE,
        evidence=("D-62", "D-63", "D-64"),
        on=ORDERS,
        single=_body,
    ),
    Rule(
        "busy-only-when-full",
        "An account is busy when its running jobs have reached the limit, not before.",
        _PAGE,
        evidence=("D-61",),
        on=ORDERS,
        history=_only_when_full,
    ),
    Rule(
        "full-is-busy",
        "No order is taken while as many jobs run as may.",
        _PAGE,
        evidence=("D-61",),
        on=_SHOWS_RUNNING,
        history=_full_is_busy,
    ),
    Rule(
        "own-limit-replaces-the-accounts",
        "`maxJobs` of an order counts in place of the account's, for that order alone.",
        _PAGE,
        evidence=("D-61",),
    ),
    Rule(
        "busy-lists-only-running",
        "Jobs that have ended or were cancelled take up no slot.",
        _PAGE,
        evidence=("D-61", "D-79"),
        on=ORDERS,
        history=_only_running,
    ),
    Rule(
        "refused-order-starts-nothing",
        "An order that is refused starts no job.",
        _PAGE,
        evidence=("D-61",),
        on=frozenset({"list_running_jobs", "get_available_capacity", CALLBACK}) | ORDERS,
        history=_nothing_started,
    ),
    Rule(
        "busy-repeats-the-order",
        "A running job in a 429 shows the `replyUrl` and `replyRef` of its order.",
        _PAGE,
        on=ORDERS,
        history=_started,
    ),
    Rule(
        "slot-is-freed-by-completion",
        "A job that has ended makes room for another.",
        _PAGE,
        evidence=("D-61",),
    ),
    Rule(
        "slot-is-freed-by-cancel",
        "A cancelled job makes room at once.",
        "del-tempolor-scheduler-job_id",
        evidence=("D-79",),
    ),
    Rule(
        "account-limit-is-exact",
        "An account takes orders until its running jobs have reached `maxJobs`, whatever other accounts do.",
        _PAGE,
        evidence=("D-61",),
        on=frozenset({"list_running_jobs", "get_available_capacity"}),
        history=_over_admitted,
    ),
)
