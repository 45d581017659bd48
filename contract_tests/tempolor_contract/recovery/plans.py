"""The plan of a job: what it was seen to go through, and for one that still runs a guess of how it goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from tempolor_mock.domain.jobs import Status
from tempolor_mock.domain.policy import Policy
from tempolor_mock.store.snapshot_format import SavedPlan, SavedStep

from ..document.bodies import FINAL
from .service_clock import ServiceClock
from .sightings import SeenJob

_STEPS_ON_THE_WAY: Final = (20, 40, 60, 80)


@dataclass(frozen=True)
class Planned:
    """A plan, how many of its steps lie behind the end of the recording, and whether what follows is guessed."""

    plan: SavedPlan
    settled_steps: int
    guessed: bool

    @property
    def over(self) -> bool:
        """Whether the job had ended by then."""
        return self.settled_steps == len(self.plan.steps)


def plan_of(job: SeenJob, clock: ServiceClock, created_ms: int, now_ms: int, usual_ms: int) -> Planned:
    """Return the plan of a job; `usual_ms` is how long such jobs take."""
    now_age = max(0, now_ms - created_ms)
    seen = _seen_steps(job, clock, created_ms, now_age)
    if seen[-1].status.final:
        return Planned(SavedPlan(tuple(seen)), len(seen), guessed=False)
    ran_age = _ran_until(job, clock, created_ms, now_age)
    end_age = usual_ms
    if ran_age is not None and end_age <= ran_age:
        end_age = ran_age + max(1000, usual_ms // 10)
    if ran_age is None and job.unlisted is not None:
        end_age = min(end_age, max(seen[-1].age_ms, clock.at(job.unlisted) - created_ms))
    steps = (*seen, *_guessed_steps(seen[-1], now_age if ran_age is not None else 0, end_age))
    return Planned(SavedPlan(steps), max(1, sum(step.age_ms <= now_age for step in steps)), guessed=True)


def _seen_steps(job: SeenJob, clock: ServiceClock, created_ms: int, now_age: int) -> list[SavedStep]:
    """Return the steps that were seen, the first at age 0; what came after a final one, or before it, is left out."""
    steps = [SavedStep(0, Status.GENERATING, 0)]
    for index, point in enumerate(job.points):
        last = index == len(job.points) - 1
        if point.status in FINAL and not last:
            continue
        since = clock.at(point.seen) if point.updated_ms is None else point.updated_ms
        age = min(now_age, max(steps[-1].age_ms, since - created_ms))
        step = SavedStep(age, Status(point.status), point.progress)
        if age == 0 and not step.status.final:
            steps = [step]
        else:
            steps.append(step)
    return steps


def _ran_until(job: SeenJob, clock: ServiceClock, created_ms: int, now_age: int) -> int | None:
    """Return at which age a job was known to run yet, None where nothing is known of its state but that it began.

    What was shown last as generating is shown so at the end, too.
    """
    if job.points:
        return now_age
    if job.unlisted is not None or job.ran is None:
        return None
    return min(now_age, clock.at(job.ran) - created_ms)


def _guessed_steps(last: SavedStep, not_before: int, end_age: int) -> Iterable[SavedStep]:
    """Yield steps evenly spread over the rest, and the final one."""
    begin = max(last.age_ms, not_before)
    end_age = max(end_age, begin)
    ahead = [progress for progress in _STEPS_ON_THE_WAY if progress > last.progress]
    for index, progress in enumerate(ahead, 1):
        yield SavedStep(begin + (end_age - begin) * index // (len(ahead) + 1), Status.GENERATING, progress)
    yield SavedStep(end_age, Status.COMPLETED, 100)


@dataclass(frozen=True)
class Durations:
    """How long jobs took that were seen to end, by kind, in milliseconds; else how long the mock's take."""

    by_kind: dict[str, list[int]]

    def usual(self, kind: str) -> tuple[int, str]:
        """Return how long jobs of a kind usually take, and by what that is known."""
        own = self.by_kind.get(kind)
        every = own or [each for durations in self.by_kind.values() for each in durations]
        if every:
            return round(median(every)), f"as long as the {len(every)} seen to end took, {median(every) / 1000:.0f} s"
        low, high = Policy().job_seconds
        return round(
            (low + high) * 500
        ), f"as long as the mock's usual ones, {(low + high) / 2:.0f} s: none was seen to end"


def ended_after(job: SeenJob, clock: ServiceClock, created_ms: int) -> int | None:
    """Return how long a job took that was seen to run and then to end; None where its end is not known well."""
    end: Sequence[int] = [
        (clock.at(point.seen) if point.updated_ms is None else point.updated_ms) - created_ms
        for point in job.points[-1:]
        if point.status in FINAL
    ]
    return end[0] if end and end[0] > 0 else None
