"""Fault rules: which requests of a world go wrong, how often, and in which way.

Rules are tried in the order of their creation; the first that matches a request and is due is applied to it, and no
other. Whether a rule with a probability is due depends on nothing but the world's seed and token, the rule's number and
how many requests matched it before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from . import errors
from .errors import ServiceError
from .ids import seeded_number
from .jobs import Job
from .records import Record, replace
from .world import World

MOST_RULES = 1000
"""How many rules a world holds; each request of a world with rules looks at all of them."""

FILE = "get_file"
"""Stands for the download of a file in a rule's `operation_ids`; the document has no operation for it."""

GENERATIONS = frozenset({"create_song", "create_instrumental"})
DEFAULT_PROGRESS = 60

PLATFORM_TEXTS = {
    410: "The job is older than 7 days and has been removed",
    412: "Not enough credits to start the generation",
    422: "The prompt was rejected by moderation",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    596: "The session of the account has expired. Configure the account again",
}
"""Statuses that the vendor's sibling services and its platform answer with, and what they might say."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What an effect of one kind needs, what it may have besides, and which operations it makes sense for.

    `operations` None stands for all of them. `bends_jobs` is set where it changes the jobs that a request starts.
    """

    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    operations: frozenset[str] | None = None
    files: bool = True
    bends_jobs: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """Every field an effect of this kind may have."""
        return self.needs | self.takes


def _job_kind(*, needs: frozenset[str] = frozenset(), takes: frozenset[str] = frozenset()) -> Kind:
    return Kind(needs, takes, GENERATIONS, files=False, bends_jobs=True)


_CUT = Kind(takes=frozenset({"carried_out"}))
_PROGRESS = _job_kind(takes=frozenset({"progress"}))

KINDS: Mapping[str, Kind] = {
    "status": Kind(takes=frozenset({"status", "example", "text", "retry_after", "seconds"})),
    "upstream_busy": Kind(takes=frozenset({"retry_after"}), operations=GENERATIONS, files=False),
    "quota_spent": Kind(operations=GENERATIONS | {"create_account"}, files=False),
    "delay": Kind(needs=frozenset({"seconds"})),
    "drop": _CUT,
    "reset": _CUT,
    "truncate": Kind(takes=frozenset({"bytes"})),
    "dribble": Kind(takes=frozenset({"bytes", "seconds"})),
    "malformed_json": Kind(files=False),
    "job_fails": _PROGRESS,
    "job_stalls": _PROGRESS,
    "progress_freezes": _PROGRESS,
    "download_lag": _job_kind(needs=frozenset({"seconds"})),
}


class Effect(Record, frozen=True, kw_only=True):
    """What happens to a request; which fields mean something depends on the kind (`KINDS`).

    `seconds` are virtual ones, also in `retry_after`. `bytes` is how much of a body gets through, or how much of it at
    a time. `carried_out` tells that the request has its effect and only the answer is lost.
    """

    kind: str
    status: int | None = None
    example: str | None = None
    text: str | None = None
    retry_after: int | None = None
    seconds: float | None = None
    bytes: int | None = None
    progress: int | None = None
    carried_out: bool = False


class Match(Record, frozen=True, kw_only=True):
    """Which requests a rule is about: those that agree with everything given here.

    `path` is how the path begins; `prompt` is some text of the prompt, in upper or lower case.
    """

    operation_ids: tuple[str, ...] = ()
    user_id: str | None = None
    method: str | None = None
    path: str | None = None
    header: str | None = None
    header_value: str | None = None
    prompt: str | None = None


class Request(Record, frozen=True, kw_only=True):
    """What rules look at in a request; header names are in lower case."""

    operation_id: str
    method: str
    path: str
    headers: Mapping[str, str] = {}
    user_id: str | None = None
    prompt: str = ""


class Fault(Record, frozen=True, kw_only=True):
    """A rule: the first `skip` requests that match pass, then `times` are hit (None: all), each with `probability`."""

    number: int
    match: Match
    effect: Effect
    times: int | None = None
    skip: int = 0
    probability: float = 1.0
    matched: int = 0
    applied: int = 0

    @property
    def id(self) -> str:
        """Its id in the control plane."""
        return str(self.number)

    @property
    def remaining(self) -> int | None:
        """How many requests it may still hit; None where there is no end."""
        return None if self.times is None else max(0, self.times - self.applied)


def check_effect(effect: Effect, given: frozenset[str]) -> None:
    """Raise a 400 where the fields `given` are not those of the effect's kind."""
    kind = KINDS[effect.kind]
    if missing := sorted(kind.needs - given):
        raise ServiceError(400, f"effect.{missing[0]} is required for the effect {effect.kind}")
    if surplus := sorted(given - kind.fields):
        known = ", ".join(sorted(kind.fields)) or "none"
        raise ServiceError(
            400, f"effect.{surplus[0]} means nothing to the effect {effect.kind}. Its fields besides kind: {known}"
        )


def add(world: World, fault: Fault) -> Fault:
    """Keep a new rule, the last one to be tried, and return it with its number."""
    if len(world.faults) >= MOST_RULES:
        raise ServiceError(400, f"There are {MOST_RULES} fault rules already. Delete some with DELETE /_mock/faults")
    numbered = replace(fault, number=world.count("faults"))
    world.faults[numbered.id] = numbered
    return numbered


def all_of(world: World) -> list[Fault]:
    """Return every rule, in the order in which they are tried."""
    return sorted(world.faults.values(), key=lambda fault: fault.number)


def delete(world: World, fault_id: str) -> None:
    """Forget a rule; jobs that it keeps from ending go on. Raises a 404 where there is none."""
    if fault_id not in world.faults:
        raise errors.no_record(fault_id)
    del world.faults[fault_id]
    _release(world, frozenset({fault_id}))


def delete_all(world: World) -> int:
    """Forget every rule and return how many there were."""
    doomed = frozenset(world.faults)
    for fault_id in doomed:
        del world.faults[fault_id]
    _release(world, doomed)
    return len(doomed)


def _release(world: World, fault_ids: frozenset[str]) -> None:
    for job in world.jobs.active():
        if job.stalled_by in fault_ids:
            world.jobs.put(job.resumed(world.now_ms))


def take(world: World, request: Request) -> Fault | None:
    """Return the rule that hits `request`, if one does, and count."""
    for fault in all_of(world):
        if not matches(fault.match, request, world):
            continue
        seen = replace(fault, matched=fault.matched + 1)
        if _is_due(seen, world):
            seen = replace(seen, applied=seen.applied + 1)
        world.faults[fault.id] = seen
        if seen.applied > fault.applied:
            return seen
    return None


def give_back(world: World, fault_id: str) -> None:
    """Take a hit back that found nothing to change: the request started no job."""
    fault = world.faults.get(fault_id)
    if fault is not None:
        world.faults[fault_id] = replace(fault, matched=fault.matched - 1, applied=fault.applied - 1)


def _is_due(fault: Fault, world: World) -> bool:
    if fault.matched <= fault.skip or fault.remaining == 0:
        return False
    return drawn(world, "fault", fault.number, fault.matched) < fault.probability


def drawn(world: World, *parts: object) -> float:
    """Return a number from 0 up to, not including, 1 that depends on the world's seed and token and on `parts`."""
    return seeded_number(world.policy.seed, world.token, *parts) / (1 << 64)


def matches(match: Match, request: Request, world: World) -> bool:
    """Whether a request agrees with everything a rule asks of it."""
    return (
        (not match.operation_ids or request.operation_id in match.operation_ids)
        and match.method in {None, request.method}
        and (match.path is None or request.path.startswith(match.path))
        and (match.header is None or match.header_value in {None, request.headers.get(match.header)})
        and (match.header is None or match.header in request.headers)
        and (match.prompt is None or match.prompt.lower() in request.prompt.lower())
        and match.user_id in {None, request.user_id or _only_account(world)}
    )


def _only_account(world: World) -> str | None:
    return next(iter(world.accounts)) if len(world.accounts) == 1 else None


def bent(job: Job, fault: Fault) -> Job:
    """Return a new job as a rule wants it."""
    effect = fault.effect
    progress = DEFAULT_PROGRESS if effect.progress is None else effect.progress
    match effect.kind:
        case "job_fails":
            return replace(job, plan=job.plan.failing(progress))
        case "progress_freezes":
            return replace(job, plan=job.plan.freezing(progress))
        case "job_stalls":
            return replace(job, plan=job.plan.stalling(progress), stalled_by=fault.id)
        case "download_lag":
            return replace(job, download_lag_ms=round((effect.seconds or 0) * 1000))
    return job
