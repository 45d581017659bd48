"""Rules about downloads: who gets a link, to which file, and how long it works."""

import re
from typing import Final
from urllib.parse import urlsplit

from ..document.bodies import COMPLETED, FAILED, FILE_FORMATS, GENERATING, items_of, status_of, whole
from ..document.call import FILE, Call
from .history.present import TELLS_TIME, present
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_PAGE: Final = "get-tempolor-music-download-job_id"
_WORD: Final = re.compile(r"[\w-]{8,}")
_NOT_YET: Final = (400, "Generation is not completed yet (0)")
_UNAUTHORIZED: Final = 401
_LASTING: Final = frozenset({"mp3", "wav", "stems", "midi"})
"""Files of the service's own."""
_SHORTEST_LIFE: Final = 60
"""Seconds that a link lasts whose life is not told."""
_SLACK_SECONDS: Final = 30
_LONGEST_LAG: Final = 600
"""Seconds after which the files of a job that has ended are there."""
_DAY: Final = 86_400
_LONGEST_DAYS: Final = 31
"""No page bounds the life of a link; more than a month is no life of a link that expires."""


def _only_complete(call: Call, world: World) -> Judged:
    if call.operation == "download_music":
        job = world.job_of(call)
        if job is None or call.status != 200 or job.final is None or not job.final.call.before(call):
            return None
        failed = Problem(
            f"{job.id} has FAILED, but its download was answered with a file", (job.final.call,), key="failed"
        )
        return [failed] if job.final.status == FAILED else FINE
    judged: Judged = None
    for item in items_of(call):
        job = world.jobs.get(item.get("job_id", ""))
        if job is None or status_of(item) != GENERATING:
            continue
        early = [download for download in job.downloaded.values() if download.before(call)]
        refused = job.no_download
        if early:
            judged = [Problem(f"{job.id} could be downloaded before it was COMPLETED", (early[0],), key="early")]
        elif refused is not None and refused.before(call) and not _is_early(refused):
            told = f"{job.id} is at work, so its download was to be a 400 with {_NOT_YET[1]!r}"
            told = f"{told}, but it was answered {refused.status} before: {refused.error}"
            judged = [Problem(told, (refused,), key="refused")]
    return judged


def _is_early(refused: Call) -> bool:
    """Whether a download was refused as one of a job at work; that the text may not be empty is another rule."""
    status, text = _NOT_YET
    return refused.status == status and refused.error in {text, ""}


def _complete(call: Call, world: World) -> Judged:
    job = world.job_of(call)
    if job is None or job.gone or job.final is None or job.final.status != COMPLETED:
        return None
    if not job.final.call.before(call) or call.query.get("file_format", "") not in FILE_FORMATS:
        return None
    if call.status == 400:
        return [Problem(f"{job.id} was COMPLETED, but its download is a 400: {call.error}", (job.final.call,))]
    earlier = job.downloaded.get(call.query.get("file_format") or "mp3")
    if call.status == 404 and earlier is not None and earlier.before(call):
        return [
            Problem(f"{job.id} could be downloaded before and nobody has deleted it, but now that is a 404", (earlier,))
        ]
    ended, clock = whole(job.final.item.get("updateTime")), world.shared.clocks.get(call.token or "")
    late = ((clock.told_ms or 0) - ended) // 1000 if clock is not None and ended is not None else 0
    if call.status == 404 and late >= _LONGEST_LAG:
        told = f"{job.id} has been COMPLETED for {late} s by the service's own clock, but its download is a 404"
        return [Problem(told, (job.final.call,))]
    return FINE if call.status == 200 else None


def _of_failed(call: Call, world: World) -> Judged:
    job = world.job_of(call)
    if job is None or job.gone or job.final is None or not job.failed or not job.final.call.before(call):
        return None
    if not call.refused or call.status in {401, 402} or call.query.get("file_format", "") not in FILE_FORMATS:
        return None
    told = (
        f"{job.id} has FAILED, so its download is a 400 with ({FAILED}), but was answered {call.status}: {call.error}"
    )
    fine = call.status == 400 and f"({FAILED})" in call.error
    return FINE if fine else [Problem(told, (job.final.call,))]


def _own_file(call: Call, world: World) -> Judged:
    return _of_upload(call, world) if call.operation == "split_stems" else _of_job(call, world)


def _of_upload(call: Call, world: World) -> Judged:
    url = call.item.get("stemsZipUrl")
    if call.status != 200 or not isinstance(url, str):
        return None
    known = world.shared.links.get(url)
    if known is None or known.call.exchange.request.whole == call.exchange.request.whole:
        return FINE
    return [Problem("the stems of an upload have the address of those of another file", (known.call,), key="stems")]


def _of_job(call: Call, world: World) -> Judged:
    url, job_id = call.item.get("url"), call.arguments.get("job_id", "")
    if call.status != 200 or not isinstance(url, str):
        return None
    known = world.shared.links.get(url)
    if known is not None and known.call.arguments.get("job_id", job_id) != job_id:
        told = f"the download of {job_id} has the address that {known.call.arguments['job_id']} was given"
        return [Problem(told, (known.call,), key="address")]
    front = job_id.rpartition(":")[0]
    named = {f"{front}:{word}" for word in _WORD.findall(urlsplit(url).path)}
    others = sorted((named - {job_id}) & world.jobs.keys()) if job_id not in named else []
    return [Problem(f"the address for {job_id} names {others[0]}: {url}", key="name")] if others else FINE


def _https(call: Call) -> Judged:
    url = call.item.get("url")
    if call.status != 200:
        return None
    fine = isinstance(url, str) and url.startswith(("http://", "https://"))
    return FINE if fine else [Problem(f"url is {url!r}, which is no address that starts with http")]


def _lifetime(call: Call) -> Judged:
    seconds = whole(call.item.get("remainSeconds"))
    if call.status != 200 or seconds is None:
        return None
    if seconds < 0:
        return [Problem(f"remainSeconds is {seconds}: the link had expired when it was handed out")]
    told = f"remainSeconds is {seconds}: a link that lasts {seconds // _DAY} days, unless that counts milliseconds"
    return FINE if seconds <= _LONGEST_DAYS * _DAY else [Problem(told)]


def _lasts(call: Call, world: World) -> Judged:
    """Hold a link's life against the service's own clock."""
    if call.operation == FILE:
        return _outlived(call, world)
    return _died_early(call, world) or _had_outlived(call, world)


def _slack(life: int) -> float:
    return min(_SLACK_SECONDS, life / 2)


def _outlived(call: Call, world: World) -> Judged:
    link = world.shared.links.get(call.exchange.request.url) if call.status in {200, 206} else None
    now = world.shared.clocks[link.call.token or ""].told_ms if link is not None else None
    if link is None or now is None or link.until_ms is None or not link.seconds:
        return None
    age = (now - link.until_ms) // 1000
    told = f"a link was to last {link.seconds} s, and works {age} s after it was handed out, by the service's own clock"
    return [Problem(told, (link.call,), key="outlived")] if age > link.seconds + _slack(link.seconds) else FINE


def _had_outlived(call: Call, world: World) -> Judged:
    """Judge the links that worked too late by the recorder's clock, once the service's has run as fast meanwhile."""
    clock, moment = world.shared.clocks.get(call.token or ""), present(call)
    if clock is None or clock.steady is None or moment is None or not clock.runs_on(call, moment):
        return None
    for link, fetch in clock.worked:
        late, life = link.outlived_at(fetch), link.seconds or 0
        if late > _slack(life) and not link.call.before(clock.steady[0]):
            told = f"a link was to last {life} s, and works {life + late:.0f} s after it was handed out"
            return [Problem(told, (link.call, fetch), key="outlived")]
    return None


def _died_early(call: Call, world: World) -> Judged:
    clock, moment = world.shared.clocks.get(call.token or ""), present(call)
    if clock is None or moment is None:
        return None
    for link, refusal in clock.refused:
        deletion, life = world.shared.deletion, link.seconds or _SHORTEST_LIFE
        deleted = deletion is not None and not deletion.before(link.call)
        if link.since_ms is None or link.kind not in _LASTING or deleted:
            continue
        age = (max(moment, clock.told_ms or 0) - link.since_ms) // 1000
        if age < life - _slack(life):
            front = f"a link was to last {link.seconds} s, and" if link.seconds else f"a link for {link.kind}"
            told = f"{front} was answered {refusal.status}, {age} s at most after it was handed out"
            return [Problem(f"{told}, by the service's own clock", (link.call, refusal), key=link.kind)]
    return None


def _without_a_token(call: Call) -> Judged:
    # Of a link that has expired that is no answer.
    if call.operation != FILE or call.status != _UNAUTHORIZED:
        return None
    return [Problem("a link was fetched, and answered 401: it is to work without a token")]


RULES = (
    Rule(
        "download-has-a-link",
        "The answer to a download is an absolute address.",
        _PAGE,
        on=frozenset({"download_music"}),
        single=_https,
    ),
    Rule(
        "download-only-when-complete",
        "Only a COMPLETED job can be downloaded; while it is at work, that is a 400 with (0).",
        _PAGE,
        evidence=("D-70",),
        on=frozenset({"download_music", "get_music", "list_music"}),
        history=_only_complete,
    ),
    Rule(
        "complete-can-be-downloaded",
        "A COMPLETED job can be downloaded, after some seconds at most, until it is deleted.",
        _PAGE,
        evidence=("D-71",),
        on=frozenset({"download_music"}),
        history=_complete,
    ),
    Rule(
        "failed-download-says-so",
        "The download of a FAILED job is a 400 with its status, (10).",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-70",),
        on=frozenset({"download_music"}),
        history=_of_failed,
    ),
    Rule(
        "each-job-has-its-file",
        "The download of a job leads to its own file, not to that of another job, and so do the stems of an upload.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=frozenset({"download_music", "split_stems"}),
        history=_own_file,
    ),
    Rule(
        "lifetime-is-in-seconds",
        "`remainSeconds` of a link counts seconds, from 0.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-53",),
        on=frozenset({"download_music"}),
        single=_lifetime,
    ),
    Rule(
        "link-lasts-and-expires",
        "A link works without a token until `remainSeconds` have passed, and not afterwards.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-53",),
        on=TELLS_TIME | {FILE},
        single=_without_a_token,
        history=_lasts,
    ),
)
