"""Mutants in what the scheduler shows and cancels."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from tempolor_mock.domain import errors, scheduler

from ..mutant import Answer, Asked, Kind, Patch, Rewrite
from ..rewriting import answers, at, edit, error, on, rewritten, without
from ..switching import Patches, swap, switched


def _running_with(change: Callable[[Any, list[Any]], list[Any]]) -> Patches:
    return swap(scheduler, "running", lambda running: lambda world: change(world, running(world)))


def _all_of(world: Any, _rows: list[Any]) -> list[Any]:
    return list(world.jobs)


def _cancelled_listed() -> tuple[Patch, ...]:
    kept: dict[str, Any] = {}

    def cancel(original: Any) -> Any:
        def done(world: Any, job_id: str) -> None:
            original(world, job_id)
            kept[job_id] = world.jobs.get(job_id.rpartition(":")[2])

        return done

    def listing(running: Any) -> Any:
        def listed(world: Any) -> list[Any]:
            mine = [job for job in kept.values() if job.id.number == world.token.number and job.ends_ms > world.now_ms]
            return [*running(world), *mine]

        return listed

    return Patch(scheduler, "cancel", cancel), Patch(scheduler, "running", listing)


def _always_cancelled(cancel: Any) -> Any:
    def cancelled(world: Any, job_id: str) -> None:
        try:
            cancel(world, job_id)
        except errors.ServiceError as refusal:
            if world.jobs.get(job_id.rpartition(":")[2]) is None or refusal.code != 404:
                raise

    return cancelled


def _cancel_deletes(cancel: Any) -> Any:
    def cancelled(world: Any, job_id: str) -> None:
        cancel(world, job_id)
        world.jobs.delete(job_id.rpartition(":")[2])

    return cancelled


def _cancel_does_nothing(cancel: Any) -> Any:
    del cancel

    def cancelled(world: Any, job_id: str) -> None:
        job = world.jobs.get(job_id.rpartition(":")[2])
        if job is None or not job.active:
            raise errors.not_running()

    return cancelled


def _songs_alone() -> Rewrite:
    """Cancel no instrumental."""
    instrumentals: set[str] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "create_instrumental" and answer.status == 200:
            instrumentals.update(answer.data["jobs"])
        found = unquote(asked.path).rpartition("/")[2] in instrumentals
        if asked.operation == "cancel_job" and answer.status == 204 and found:
            answer.become(404, error(404, "Unable to locate running job_id"))

    return rewrite


def _rows_outlive_accounts() -> Rewrite:
    rows: dict[str, Any] = {}
    deleted: set[str] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "create_account" and answer.status == 200:
            deleted.discard(answer.data["user_id"])
        elif asked.operation == "delete_account" and answer.status == 204:
            deleted.add(asked.path.rpartition("/")[2])
        elif asked.operation == "get_available_capacity" and answer.status == 200:
            rows.update({row["user_id"]: row for row in answer.data["available"]})
            kept = [row for user_id, row in rows.items() if user_id in deleted]
            answer.put({**answer.data, "available": [*answer.data["available"], *kept]})

    return rewrite


_rewrite = partial(rewritten, Kind.SCHEDULER)
_switch = partial(switched, Kind.SCHEDULER)

MUTANTS: Final = (
    _rewrite(
        "one-job-left-out",
        "The scheduler leaves out the oldest running job.",
        "scheduler-lists-what-runs",
        lambda: edit(["list_running_jobs"], lambda rows: rows[1:]),
    ),
    _rewrite(
        "available-counts-wrong",
        "`available` is one too many.",
        "available-adds-up",
        lambda: edit(["get_available_capacity"], at("available.*.available", lambda free: free + 1)),
    ),
    _rewrite(
        "executing-counts-wrong",
        "`executing` of an account is one less than its jobs.",
        "available-adds-up",
        lambda: edit(["get_available_capacity"], at("available.*.executing", lambda busy: max(0, busy - 1))),
    ),
    _rewrite(
        "full-accounts-first",
        "The account with fewest free slots stands first.",
        "available-is-sorted",
        lambda: edit(["get_available_capacity"], at("available", lambda rows: rows[::-1])),
    ),
    _rewrite(
        "limit-of-another",
        "`maxJobs` in the scheduler is not the account's.",
        "available-has-the-limits",
        lambda: edit(
            ["get_available_capacity"],
            at("available.*", lambda row: {**row, "maxJobs": row["maxJobs"] + 3, "available": row["available"] + 3}),
        ),
    ),
    _rewrite(
        "running-without-reference",
        "A running job does not show its `replyRef`.",
        "scheduler-repeats-the-order",
        lambda: edit(["list_running_jobs"], at("*", without("replyRef"))),
    ),
    _rewrite(
        "two-lists-differ",
        "The two listings of the scheduler do not show the same jobs.",
        "scheduler-lists-what-runs available-adds-up",
        lambda: edit(["get_available_capacity"], at("executing", lambda rows: rows[:-1])),
    ),
    _switch(
        "ended-jobs-listed",
        "The scheduler lists jobs that have ended.",
        "scheduler-lists-what-runs available-adds-up",
        _running_with(_all_of),
    ),
    _switch(
        "cancelled-jobs-listed",
        "The scheduler lists cancelled jobs until they end.",
        "scheduler-lists-what-runs",
        _cancelled_listed,
    ),
    _switch(
        "cancel-again-and-again",
        "A job can be cancelled twice, and after its end.",
        "cancel-works-once",
        swap(scheduler, "cancel", _always_cancelled),
    ),
    _switch(
        "cancel-deletes",
        "Cancelling deletes the job.",
        "cancelled-job-is-still-there what-was-made-can-be-found",
        swap(scheduler, "cancel", _cancel_deletes),
    ),
    _switch(
        "cancel-does-nothing",
        "Cancelling changes nothing.",
        "slot-is-freed-by-cancel cancel-works-once scheduler-lists-what-runs",
        swap(scheduler, "cancel", _cancel_does_nothing),
    ),
    _rewrite(
        "one-row-for-all",
        "`available` has a row for the first account only.",
        "available-shows-all-room",
        lambda: edit(["get_available_capacity"], at("available", lambda rows: rows[:1])),
    ),
    _rewrite(
        "songs-alone-can-be-cancelled",
        "Cancelling an instrumental is a 404.",
        "cancel-works-once",
        _songs_alone,
    ),
    _rewrite(
        "rows-outlive-their-accounts",
        "`available` has rows of accounts that were deleted.",
        "account-round-trips",
        _rows_outlive_accounts,
    ),
    _rewrite(
        "full-accounts-not-shown",
        "`available` leaves out full accounts.",
        "available-has-all-accounts",
        lambda: edit(
            ["get_available_capacity"], at("available", lambda rows: [row for row in rows if row["available"]])
        ),
    ),
    _rewrite(
        "idle-is-not-found",
        "Where nothing runs, the scheduler is a 404.",
        "scheduler-answers-where-accounts-are",
        lambda: answers(
            lambda asked, answer: on("list_running_jobs")(asked, answer) and answer.data == [], 404, error(404)
        ),
    ),
)
