"""The saved callbacks of a job: those that came, and one that its receiver has yet to take."""

from collections.abc import Iterator
from typing import Final

from tempolor_mock.domain.callbacks import Outcome
from tempolor_mock.domain.policy import Policy
from tempolor_mock.store.snapshot_format import SavedAttempt, SavedCallback, SavedJob

from .service_clock import ServiceClock
from .sightings import Report, SeenJob

_BACKOFF_MS: Final = tuple(round(each * 1000) for each in Policy().callback_backoff_seconds)


def callbacks_of(
    saved: SavedJob, job: SeenJob, clock: ServiceClock, now_ms: int, *, numbers_from: int
) -> Iterator[SavedCallback]:
    """Yield the callbacks of a job: none where none was recorded, since then its receiver was not."""
    url = saved.request.reply_url
    if url is None or not job.reports:
        return
    by_step: dict[int, list[Report]] = {}
    for report in job.reports:
        by_step.setdefault(_step_of(saved, report), []).append(report)
    if _lacks_its_end(saved, job, by_step):
        by_step[saved.settled_steps - 1] = []
    for number, (step, reports) in enumerate(sorted(by_step.items()), numbers_from):
        moment = saved.created_ms + saved.plan.steps[step].age_ms
        attempts = tuple(_attempt(each, clock) for each in reports)
        outcome = _outcome(attempts, cancelled=job.cancelled)
        due_ms = moment
        if outcome is Outcome.DUE:
            due_ms = max(now_ms, attempts[-1].at_ms + _BACKOFF_MS[len(attempts) - 1]) if attempts else now_ms
        yield SavedCallback(number, saved.id, url, step, moment, due_ms, attempts, outcome)


def _lacks_its_end(saved: SavedJob, job: SeenJob, by_step: dict[int, list[Report]]) -> bool:
    last = len(saved.plan.steps) - 1
    return saved.settled_steps - 1 == last and last not in by_step and not job.cancelled


def _step_of(saved: SavedJob, report: Report) -> int:
    """Return the last step with the state that a callback told of, or the first one where none has it."""
    steps = [(step.status.value, step.progress) for step in saved.plan.steps[: saved.settled_steps]]
    state = (report.status, report.progress)
    return len(steps) - 1 - steps[::-1].index(state) if state in steps else 0


def _attempt(report: Report, clock: ServiceClock) -> SavedAttempt:
    error = None if report.answer else "no answer was recorded"
    return SavedAttempt(clock.at(report.seen), report.answer, error)


def _outcome(attempts: tuple[SavedAttempt, ...], *, cancelled: bool) -> Outcome:
    if any(each.status is not None and 200 <= each.status < 300 for each in attempts):
        return Outcome.DELIVERED
    if cancelled:
        return Outcome.CANCELLED
    return Outcome.FAILED if len(attempts) > len(_BACKOFF_MS) else Outcome.DUE
