"""The saved jobs of a world, with their callbacks."""

from dataclasses import dataclass
from typing import Any, Final

from tempolor_mock.domain.jobs import JobKind
from tempolor_mock.store.snapshot_format import SavedCallback, SavedId, SavedJob, SavedRecorded, SavedRequest

from .music import material_for, request_of
from .plans import Durations, Planned, ended_after, plan_of
from .reports import callbacks_of
from .seen_world import SeenWorld, in_order
from .sightings import SeenJob

_CHILD_TYPES: Final[dict[Any, JobKind]] = {"text_to_material": "instrumental", "lyric_to_material": "song"}
_LAG_MS: Final = 3000


@dataclass(frozen=True)
class SavedJobs:
    """The saved jobs and their callbacks."""

    jobs: tuple[SavedJob, ...]
    callbacks: tuple[SavedCallback, ...]


class JobSaver:
    """Saves the jobs that a world has shown, as they were at one moment of the service's clock."""

    def __init__(self, world: SeenWorld, now_ms: int, mock_url: str) -> None:
        self._world = world
        self._now_ms = now_ms
        self._mock_url = mock_url
        self._durations = Durations(self._ended())
        self._callbacks: list[SavedCallback] = []

    def save(self) -> SavedJobs:
        """Return all jobs, oldest first."""
        jobs = in_order((self._created(job), job) for job in self._world.jobs.values())
        return SavedJobs(tuple(self._saved(number, job) for number, job in enumerate(jobs, 1)), tuple(self._callbacks))

    def _ended(self) -> dict[str, list[int]]:
        ended: dict[str, list[int]] = {}
        for job in self._world.jobs.values():
            if job.created_ms is not None or job.order is not None:
                took = ended_after(job, self._world.clock, self._created(job))
                if took is not None:
                    ended.setdefault(_kind(job) or "song", []).append(took)
        return ended

    def _created(self, job: SeenJob) -> int:
        return min(self._now_ms, job.created_ms or self._world.clock.at(job.first))

    def _saved(self, number: int, job: SeenJob) -> SavedJob:
        created, kind = self._created(job), _kind(job)
        if kind is None:
            kind = "song"
            self._guess(job, "kind", "nothing tells whether it is a song or an instrumental: a song")
        if job.created_ms is None:
            self._guess(job, "created_ms", "when it began was not shown: it is when it was first told of")
        if job.item is None:
            self._guess(job, "item", "it was never shown: what it is called and how it sounds is the mock's")
        item = self._world.shown(job.item or {})
        planned = self._planned(job, kind, created)
        request = self._request(job, kind, item)
        seen_ms = min(self._now_ms, self._world.clock.at(job.item_seen))
        saved = SavedJob(
            number=number,
            id=SavedId(job.id.account, job.id.item),
            kind=kind,
            created_ms=created,
            plan=planned.plan,
            download_lag_ms=self._lag(job, created, planned),
            request=request,
            material=material_for(job.id, kind, item, request),
            active=not (planned.over or job.cancelled or job.unlisted is not None),
            settled_steps=planned.settled_steps,
            recorded=SavedRecorded(item, seen_ms) if item else None,
        )
        following = len(self._callbacks) + 1
        self._callbacks += callbacks_of(saved, job, self._world.clock, self._now_ms, numbers_from=following)
        return saved

    def _planned(self, job: SeenJob, kind: JobKind, created_ms: int) -> Planned:
        usual_ms, by_what = self._durations.usual(kind)
        planned = plan_of(job, self._world.clock, created_ms, self._now_ms, usual_ms)
        if planned.guessed:
            told = f"it was not seen to end: it takes {by_what}, or a little longer than it was seen to run"
            self._guess(job, "plan", told)
        return planned

    def _request(self, job: SeenJob, kind: JobKind, item: dict[str, Any]) -> SavedRequest:
        known = {**job.reply, **(job.order.sent if job.order else {})}
        sent = self._world.shown(known)
        if job.order is None:
            self._guess(job, "request", "the request for it was not recorded: it asked for what its item shows")
        if sent.get("replyUrl") != known.get("replyUrl"):
            told = "its replyUrl has a secret, which is hidden: callbacks go to the address without it"
            self._guess(job, "request", told)
        return request_of(kind, item, sent, job.order.origin if job.order else None, self._mock_url)

    def _lag(self, job: SeenJob, created_ms: int, planned: Planned) -> int:
        """Return from how long after its end a job's files can be asked for."""
        clock, end_ms = self._world.clock, created_ms + planned.plan.steps[-1].age_ms
        if job.downloaded is not None:
            return max(0, min(_LAG_MS, clock.at(job.downloaded) - end_ms))
        if planned.over and job.download_refused is not None:
            self._guess(job, "download_lag_ms", "its file was not there yet at the end: it is 3 s later")
            return max(0, self._now_ms - end_ms) + _LAG_MS
        return _LAG_MS

    def _guess(self, job: SeenJob, about: str, told: str) -> None:
        self._world.guesses.add(f"jobs.{about}", told, job.id.item)


def _kind(job: SeenJob) -> JobKind | None:
    return job.kind or _CHILD_TYPES.get(str((job.item or {}).get("childType")))
