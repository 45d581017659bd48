"""Measures how a service behaves while a stream of calls passes: a `Watcher` of the session of `tempolor drift`."""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tempolor_spec.secrets import redact_text

from ..document.bodies import items_of, records_of, status_of, texts, whole
from ..document.call import CALLBACK, Call
from .samples import Evidence, Samples, Votes
from .timeline import Timeline

_MOST_JOBS: Final = 10_000
"""Of how many jobs it is remembered where they stand: the latest ones."""

_EXPIRY: Final = re.compile(r"[?&]auth_key=([0-9]{9,12})-")
_COUNT: Final = re.compile(r"[0-9]+")
_LONGEST_LINK: Final = 315_360_000
_LONGEST_TEXT: Final = 1000


@dataclass
class Reported:
    """The last callback of a job: what it told, when it came, and how often its receiver refused it."""

    state: tuple[str, ...]
    moment: float
    failures: int = 0


@dataclass
class Behaviour:
    """What was measured so far. Durations are in seconds; a job's are kept by operation and model."""

    calls: Evidence = field(default_factory=Evidence)
    durations: dict[tuple[str, str], Samples] = field(default_factory=dict)
    shares: dict[int, Samples] = field(default_factory=dict)
    failed: Evidence = field(default_factory=Evidence)
    ended: Evidence = field(default_factory=Evidence)
    jobs_per_request: Votes = field(default_factory=Votes)
    download_lag: Samples = field(default_factory=Samples)
    cloning: Samples = field(default_factory=Samples)
    splitting: Samples = field(default_factory=Samples)
    spacing: Samples = field(default_factory=Samples)
    retries: list[Samples] = field(default_factory=list)
    page_size: Votes = field(default_factory=Votes)
    link_seconds: Votes = field(default_factory=Votes)
    account_busy: Votes = field(default_factory=Votes)
    upstream_busy: Votes = field(default_factory=Votes)
    _jobs: OrderedDict[str, Timeline] = field(default_factory=OrderedDict, repr=False)
    _reported: OrderedDict[str, Reported] = field(default_factory=OrderedDict, repr=False)

    def see(self, call: Call) -> None:
        """Take in a call; see `Watcher`. Without the recorder's times there is nothing to measure."""
        if not call.exchange.started:
            return
        self.calls.note(call.exchange.started)
        measure = _BY_OPERATION.get(call.operation)
        if measure is not None:
            measure(self, call)

    def readings(self) -> list[dict[str, Any]]:
        """Return none; see `Watcher`."""
        return []

    def job(self, job_id: object) -> Timeline | None:
        """Return what is known of a job whose beginning was seen."""
        return self._jobs.get(job_id) if isinstance(job_id, str) else None

    def begin(self, job_id: str, timeline: Timeline) -> None:
        """Follow a job from now on."""
        self._jobs[job_id] = timeline
        if len(self._jobs) > _MOST_JOBS:
            self._jobs.popitem(last=False)

    def report(self, job_id: str, state: tuple[str, ...], call: Call, *, final: bool) -> None:
        """Take in a callback: one that tells again what was refused is another try, not the next one."""
        now, before = call.exchange.started, self._reported.get(job_id)
        failures = 0
        if before is not None and before.state == state:
            failures = before.failures
            if failures:
                while len(self.retries) < failures:
                    self.retries.append(Samples())
                self.retries[failures - 1].add(now - before.moment, now)
        elif before is not None and not final and not before.failures:
            # The end comes when it comes: the time to it is cut off from an interval.
            self.spacing.add(now - before.moment, now)
        self._reported[job_id] = Reported(state, now, min(20, failures + (not call.accepted)))
        if len(self._reported) > _MOST_JOBS:
            self._reported.popitem(last=False)


def _ordered(behaviour: Behaviour, call: Call) -> None:
    now = call.exchange.finished
    if call.status == 429:
        _refused_for_now(behaviour, call)
    jobs = texts(call.item.get("jobs")) if call.accepted else ()
    if jobs:
        behaviour.jobs_per_request.add(len(jobs), now)
    model = call.sent.get("model")
    for job_id in jobs:
        behaviour.begin(job_id, Timeline(call.operation, model if isinstance(model, str) else "", now))


def _refused_for_now(behaviour: Behaviour, call: Call) -> None:
    text, now = redact_text(call.error)[:_LONGEST_TEXT], call.exchange.finished
    if not text:
        return
    busy = call.item.get("runningJobs")
    if not isinstance(busy, dict):
        behaviour.upstream_busy.add(text, now)
        return
    running = str(sum(len(rows) for rows in busy.values() if isinstance(rows, list)))
    counted = _COUNT.sub(lambda found: "{count}" if found[0] == running else found[0], text, count=1)
    behaviour.account_busy.add(counted, now)


def _polled(behaviour: Behaviour, call: Call) -> None:
    for item in items_of(call):
        job = behaviour.job(item.get("job_id") or call.arguments.get("job_id"))
        if job is not None:
            _shown(behaviour, job, item, call)


def _shown(behaviour: Behaviour, job: Timeline, item: dict[str, Any], call: Call) -> None:
    asked = item.get("ltmMaterialExtendDto")
    shown = asked.get("modelShowName") if isinstance(asked, dict) else None
    job.model = shown if isinstance(shown, str) and shown else job.model
    if not job.see(item, call):
        return
    now = call.exchange.finished
    behaviour.ended.note(now)
    if not job.completed:
        behaviour.failed.note(now)
        return
    if job.end is not None and job.end >= job.begun:
        key = (job.operation, job.model)
        if key in behaviour.durations or len(behaviour.durations) < 100:
            behaviour.durations.setdefault(key, Samples()).add(job.end - job.begun, now)
    for percent, share in job.shares().items():
        behaviour.shares.setdefault(percent, Samples()).add(share, now)


def _reported(behaviour: Behaviour, call: Call) -> None:
    for item in items_of(call):
        job_id = item.get("job_id")
        if isinstance(job_id, str):
            state = tuple(str(each) for each in (status_of(item), item.get("progress"), item.get("updateTime")))
            behaviour.report(job_id, state, call, final=item.get("status_final") is True)


def _listed(behaviour: Behaviour, call: Call) -> None:
    if call.status == 200 and call.item.get("hasNext") is True and (size := len(records_of(call))):
        behaviour.page_size.add(size, call.exchange.finished)


def _music_listed(behaviour: Behaviour, call: Call) -> None:
    _polled(behaviour, call)
    _listed(behaviour, call)


def _downloaded(behaviour: Behaviour, call: Call) -> None:
    now, job = call.exchange.finished, behaviour.job(call.arguments.get("job_id"))
    if call.status == 200:
        lasts = whole(call.item.get("remainSeconds")) or _until_expiry(call)
        if lasts and 0 < lasts < _LONGEST_LINK:
            behaviour.link_seconds.add(lasts, now)
    if job is None or job.downloaded or job.ended is None:
        return
    if call.status == 404:
        job.refused = call.exchange.started
    elif call.status == 200:
        job.downloaded = True
        if (lag := job.lag(now)) is not None:
            behaviour.download_lag.add(lag, now)


def _until_expiry(call: Call) -> int | None:
    found = _EXPIRY.search(str(call.item.get("url")))
    return round(int(found[1]) - call.exchange.finished) if found else None


def _cloned(behaviour: Behaviour, call: Call) -> None:
    if call.status == 200:
        behaviour.cloning.add(call.exchange.elapsed, call.exchange.finished)


def _split(behaviour: Behaviour, call: Call) -> None:
    if call.status == 200:
        behaviour.splitting.add(call.exchange.elapsed, call.exchange.finished)


_BY_OPERATION: Final[dict[str, Callable[[Behaviour, Call], None]]] = {
    "create_song": _ordered,
    "create_instrumental": _ordered,
    "get_music": _polled,
    "list_music": _music_listed,
    "list_midi": _listed,
    "list_cloned_voices": _listed,
    "list_artist_voices": _listed,
    "download_music": _downloaded,
    "clone_voice": _cloned,
    "split_stems": _split,
    CALLBACK: _reported,
}
