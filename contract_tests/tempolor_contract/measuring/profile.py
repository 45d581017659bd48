"""What was measured, as the TOML file that `tempolor mock --profile` reads, with comments for whoever edits it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any, Final

from .behaviour import Behaviour
from .samples import Evidence, Samples, Votes

_MOST_STEPS: Final = 20
_HEAD: Final = """\
# How a service behaved, measured from its traffic. `tempolor mock --profile FILE` plays it.
#
# Edit what you like, and take out what you do not want: whatever is missing stays as the mock has it, and an option of
# the command wins over this file. Quantiles are values at evenly spaced places, from the least to the greatest: two are
# the ends of a range, one is always the same. `samples`, `first` and `last` tell how much stands behind a value, and
# change nothing.
format = "tempolor-profile"
version = 1
"""


def as_toml(behaviour: Behaviour, source: str) -> str:
    """Return the profile of what was measured; what nothing showed is not in it."""
    tables = [
        _table("evidence", behaviour.calls, recordings=source),
        *_jobs(behaviour),
        *_seconds("download_lag", behaviour.download_lag, "From the end of a job to its files, in seconds."),
        *_seconds("voices", behaviour.cloning, "How long the cloning of a voice takes, in seconds."),
        *_seconds("stems", behaviour.splitting, "How long a split into stems takes, in seconds."),
        *_seconds("callbacks.spacing", behaviour.spacing, "Between two callbacks of a job, in seconds."),
        *_retries(behaviour.retries),
        *_voted("lists", "page_size", behaviour.page_size, "Records on a page that another one follows."),
        *_voted("links", "seconds", behaviour.link_seconds, "How long a link to a file lasts."),
        *_errors(behaviour),
    ]
    return "\n".join([_HEAD, *tables])


def measured(behaviour: Behaviour) -> list[str]:
    """Return the names of what was measured, sorted."""
    text = as_toml(behaviour, "")
    names = {line.strip("[]\n").partition(".seconds")[0] for line in text.splitlines() if line.startswith("[")}
    return sorted(names - {"evidence"})


def _jobs(behaviour: Behaviour) -> Iterator[str]:
    per_request, ended = behaviour.jobs_per_request, behaviour.ended
    values: dict[str, Any] = {"per_request": per_request.most} if per_request.count else {}
    if ended.count:
        values["fail_rate"] = round(behaviour.failed.count / ended.count, 4)
    if values:
        told = "How many jobs a request begins, and which share of those that ended had failed."
        yield _table("jobs", ended if ended.count else per_request, told, **values)
    for (operation, model), samples in sorted(behaviour.durations.items()):
        named = {"operation": operation} | ({"model": model} if model else {})
        told = "From the request to the end, in seconds."
        yield _table("[jobs.seconds]", samples, told, **named, quantiles=_rounded(samples.quantiles()))
    told = "A step on the way: per cent, and at which share of its seconds a job gets there."
    for percent, samples in _steps(behaviour.shares):
        shares = [round(each, 3) for each in samples.quantiles()]
        yield _table("[jobs.progress]", samples, told, percent=percent, share=shares)


def _steps(shares: dict[int, Samples]) -> Iterator[tuple[int, Samples]]:
    """Yield the steps that are worth playing: those that many jobs showed, at most twenty, in order."""
    if not shares:
        return
    usual = max(samples.count for samples in shares.values())
    often = {percent: samples for percent, samples in shares.items() if samples.count * 4 >= usual}
    by_count = sorted(often, key=lambda percent: (-often[percent].count, percent))
    for percent in sorted(by_count[:_MOST_STEPS]):
        yield percent, often[percent]


def _seconds(name: str, samples: Samples, told: str) -> Iterator[str]:
    if samples.count:
        yield _table(name, samples, told, quantiles=_rounded(samples.quantiles()))


def _retries(pauses: Sequence[Samples]) -> Iterator[str]:
    if pauses:
        middle = _rounded(median(each.values) for each in pauses if each.values)
        told = "Pauses before a callback that failed is tried again, in seconds: after the first failure, and so on."
        yield _table("callbacks.retries", pauses[0], told, pauses=middle)


def _voted(table: str, name: str, votes: Votes, told: str) -> Iterator[str]:
    if votes.count:
        yield _table(table, votes, told, **{name: votes.most})


def _errors(behaviour: Behaviour) -> Iterator[str]:
    found = {"account_busy": behaviour.account_busy, "upstream_busy": behaviour.upstream_busy}
    seen = {name: votes for name, votes in found.items() if votes.count}
    if seen:
        told = "What a 429 says: of the service's own ({count} is how many jobs run), and of TemPolor's."
        yield _table("errors", next(iter(seen.values())), told, **{name: votes.most for name, votes in seen.items()})


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(each, 3) for each in values]


def _table(name: str, evidence: Evidence, told: str = "", **values: Any) -> str:
    lines = [f"# {told}"] if told else []
    lines += [f"[{name}]", *(f"{key} = {_value(value)}" for key, value in values.items())]
    lines += [f"samples = {evidence.count}", f"first = {_date(evidence.first)}", f"last = {_date(evidence.last)}", ""]
    return "\n".join(lines)


def _value(value: Any) -> str:
    """Return a value as TOML has it: its texts, numbers and lists are written as in JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def _date(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
