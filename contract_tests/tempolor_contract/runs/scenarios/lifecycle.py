"""The life of an order, from the prompt to the deleted file."""

import time
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Final

from ...document.bodies import COMPLETED, GENERATING, records_of, running_rows, status_of, texts
from ...document.call import Call
from ...document.ids import parse
from ...document.times import row_made_at
from ...rules.catalogue import rule
from ...target.guard import Level
from . import fixtures
from .fetching import all_formats, download_all, fetch, fetch_nearby, glance
from .fixtures import Ordered
from .lab import Lab, UnclearError
from .scenario import Beside, Need, Scenario, ids
from .survey import pages

_CANCEL_WORKS_ONCE: Final = rule("cancel-works-once")
_CANCELLED_JOB_IS_STILL_THERE: Final = rule("cancelled-job-is-still-there")
_ELAPSED_FITS_STARTED: Final = rule("elapsed-fits-started")
_EMPTY_FIELDS_ARE_LEFT_OUT: Final = rule("empty-fields-are-left-out")
_JOBS_COME_TO_AN_END: Final = rule("jobs-come-to-an-end")
_LINK_LASTS_AND_EXPIRES: Final = rule("link-lasts-and-expires")
_READY_MATERIAL_CAN_BE_USED: Final = rule("ready-material-can-be-used")
_UNKNOWN_ID_IS_404: Final = rule("unknown-id-is-404")
_VALID_ORDERS_ARE_TAKEN: Final = rule("valid-orders-are-taken")
_WHAT_WAS_MADE_CAN_BE_FOUND: Final = rule("what-was-made-can-be-found")

_SHORT_LIFE: Final = 20
"""Seconds that can be waited for where time is as it is."""
_GLANCE: Final = 1.5
"""Seconds after which a link is tried again where its whole life cannot be waited for."""
_LATER: Final = 10.0
"""Seconds of its life that a link has still to have when it is tried again."""
_NOT_MODIFIED: Final = 304
_GROWTH: Final = 1.3
"""Seconds in which a number of whole seconds changes, rounded or cut off."""
_MOST_PAGES: Final = 4
_READERS: Final = 3


def _song(lab: Lab) -> None:
    lab.call("list_artist_voices", query={"user_id": fixtures.account(lab)})
    ordered = fixtures.order(
        lab,
        lyrics="Lanterns on the water\nCall the late boats home",
        replyRef=lab.name("ref"),
        model_song="v3",
        unheard_of="x",
    )
    running = _watch(lab, ordered)
    # What is asked for at all times is asked for shortly before the end, too: `download-only-when-complete` judges it.
    early = partial(lab.call, "download_music", arguments={"job_id": ordered.jobs[0]})
    last = fixtures.finished(lab, ordered.jobs[0], meanwhile=early)
    _changed_since(lab, running)
    for job_id in ordered.jobs:
        fixtures.finished(lab, job_id)
    looks = [partial(_look, lab, ordered, "song"), partial(_links_of_others, lab, ordered)]
    if status_of(last.item) == COMPLETED:
        looks.append(partial(_download, lab, ordered.jobs[0]))
    lab.side_by_side(looks)
    # One that is deleted takes nothing of the others along.
    delete(lab, ordered.jobs[0])
    _links_of_others(lab, ordered)
    _delete_all(lab, ordered.account, ordered.jobs[1:])
    _look(lab, ordered, "song")


def _changed_since(lab: Lab, running: Call) -> None:
    """Ask as caches do, where a poll of a running job came with what they keep, whether it has changed since."""
    response = running.exchange.response
    etag = response.header("etag") if response is not None else None
    if etag is not None and status_of(running.item) == GENERATING:
        call = lab.call("get_music", arguments=dict(running.arguments), headers={"If-None-Match": etag})
        told = (
            f"{running.arguments['job_id']} has ended, but to whoever saw it at work it is a 304: nothing has changed"
        )
        lab.check(_JOBS_COME_TO_AN_END, fine=call.status != _NOT_MODIFIED, message=told, call=call, earlier=(running,))


def _watch(lab: Lab, ordered: Ordered) -> Call:
    """Look at a running order from all sides, and return a poll of it."""
    before = fixtures.read(lab, ordered.jobs[0])
    lab.side_by_side([partial(_look_twice, lab, ordered), partial(_too_early, lab, ordered, before)])
    lab.clock.wait(lab.pause)
    return before


def _look_twice(lab: Lab, ordered: Ordered) -> None:
    for _ in range(2):
        _look(lab, ordered, "song")


def _too_early(lab: Lab, ordered: Ordered, before: Call) -> None:
    """Ask for what only running jobs have, and for what they do not have yet."""
    job_id = ordered.jobs[0]
    lab.call("download_music", arguments={"job_id": job_id})
    after = fixtures.read(lab, job_id)
    plays = [partial(_nearly, lab, job_id)]
    if status_of(before.item) == status_of(after.item) == GENERATING:
        plays += [partial(_check_elapsed, lab), partial(_busy, lab, ordered.account)]
    lab.side_by_side(plays)


def _busy(lab: Lab, account: str) -> None:
    """Order where jobs have run for a while: `running-row-goes-on` judges what the 429 says of their start."""
    if lab.guard.level is Level.FULL:
        full = lab.call("create_song", json={"user_id": account, "prompt": "A ballad", "maxJobs": 1})
        fixtures.cancel_all(lab, texts(full.item.get("jobs")))


def _nearly(lab: Lab, job_id: str) -> None:
    """Ask for ids that are nearly a good one."""
    parts = parse(job_id)
    if parts is None:
        return
    front = job_id.removesuffix(parts.item)
    unknown = {
        fixtures.made_up_id(lab, "job").rpartition(":")[0] + f":{parts.item}": "has another account than",
        f"user:{lab.random.randrange(10**8, 10**9)}-{job_id.partition('-')[2]}": "has another user's number than",
        f"{front}{parts.item[:-1]}": "lacks the last character of",
        f"{job_id}0": "has a character more than",
        f"{front}{parts.item.swapcase()}": "has other letters than",
    }
    wanted = [(each, differs) for each, differs in unknown.items() if each not in {job_id, front}]
    lab.side_by_side(partial(_unknown, lab, job_id, *each) for each in wanted)


def _unknown(lab: Lab, job_id: str, unknown: str, differs: str) -> None:
    call = lab.call("get_music", arguments={"job_id": unknown})
    told = f"{unknown} {differs} {job_id}, so nobody has it, but was answered {call.status}"
    lab.check(_UNKNOWN_ID_IS_404, fine=call.status == 404, message=told, call=call)


def _check_elapsed(lab: Lab) -> None:
    """With a clock that can be asked, `elapsed` has to fit it and not only the other rows; else it has to grow."""
    if not lab.clock.virtual:
        _check_growth(lab)
        return
    lab.clock.wait(4)
    begin = lab.clock.now()
    listing = lab.call("list_running_jobs")
    end = lab.clock.now()
    for row in listing.answer if isinstance(listing.answer, list) else ():
        span = row_made_at(row) if isinstance(row, dict) else None
        if span is None:
            continue
        told = (
            f"started {row['started']} plus elapsed {row['elapsed']} is not now: the service's clock says {begin:.3f}"
        )
        fine = span[0] <= end * 1000 + 1000 and span[1] >= begin * 1000 - 1000
        lab.check(_ELAPSED_FITS_STARTED, fine=fine, message=told, call=listing)


def _check_growth(lab: Lab) -> None:
    before = lab.call("list_running_jobs")
    lab.clock.wait(_GROWTH)
    after = lab.call("list_running_jobs")
    first, second = ({str(row.get("job_id")): row for row in running_rows(each)} for each in (before, after))
    for job_id in first.keys() & second.keys():
        told = f"elapsed of {job_id} is still {second[job_id].get('elapsed')} after {_GROWTH} s"
        fine = second[job_id].get("elapsed") != first[job_id].get("elapsed")
        lab.check(_ELAPSED_FITS_STARTED, fine=fine, message=told, call=after, earlier=(before,))


def _look(lab: Lab, ordered: Ordered, kind: str) -> None:
    other = "instrumental" if kind == "song" else "song"
    lists = ({"user_id": ordered.account, **query} for query in ({}, {"type": kind}, {"type": other}))
    looks: list[Callable[[], object]] = [
        *(partial(fixtures.read, lab, job_id) for job_id in ordered.jobs),
        partial(_look_at_slots, lab),
        *(partial(lab.call, "list_music", query=query) for query in lists),
    ]
    lab.side_by_side(looks)


def _look_at_slots(lab: Lab) -> None:
    for operation in ("list_running_jobs", "get_available_capacity", "list_running_jobs"):
        lab.call(operation)


def _download(lab: Lab, job_id: str) -> None:
    lab.side_by_side(partial(play, lab, job_id) for play in (download_all, _pictures, _empty_format))


def _pictures(lab: Lab, job_id: str) -> None:
    item = fixtures.read(lab, job_id).item
    music = item.get("musicMaterial")
    pictures = (item.get("cover"), music.get("waveformUrl") if isinstance(music, dict) else None)
    lab.side_by_side(partial(fetch, lab, url) for url in pictures)


def _empty_format(lab: Lab, job_id: str) -> None:
    fixtures.downloaded(lab, job_id)
    empty = lab.call("download_music", arguments={"job_id": job_id}, query={"file_format": ""})
    told = f"the download of {job_id} with an empty file_format was answered {empty.status}: {empty.error}"
    lab.check(_EMPTY_FIELDS_ARE_LEFT_OUT, fine=empty.accepted, message=told, call=empty)


def _links_of_others(lab: Lab, ordered: Ordered) -> None:
    """Ask for the links of all jobs that have ended: those of one are none of another, and what FAILED has none."""
    failed = [job.id for world in lab.inspector.worlds for job in world.jobs.values() if job.failed and not job.gone]
    for job_id in [each for each in ordered.jobs[1:] if each not in failed]:
        glance(lab, fixtures.downloaded(lab, job_id))
    for job_id in failed[:1]:
        glance(lab, lab.call("download_music", arguments={"job_id": job_id}))


def delete(lab: Lab, job_id: str) -> None:
    """Delete a job, and see that it is gone; `deleted-is-gone` judges what follows."""
    call = lab.call("delete_music", arguments={"job_id": job_id})
    told = f"{job_id} was there, but deleting it was answered {call.status}"
    lab.check(_WHAT_WAS_MADE_CAN_BE_FOUND, fine=call.accepted, message=told, call=call)
    gone = ("get_music", "delete_music", "download_music")
    lab.side_by_side(partial(lab.call, operation, arguments={"job_id": job_id}) for operation in gone)


def _delete_all(lab: Lab, account: str, jobs: tuple[str, ...]) -> None:
    """Delete jobs while others read the list that they are in: `no-lasting-crash` judges what that leads to."""
    deletes = [partial(delete, lab, job_id) for job_id in jobs]
    lab.side_by_side([*deletes, *[partial(_read_list, lab, account)] * _READERS])


def _read_list(lab: Lab, account: str) -> None:
    for _ in range(_READERS):
        lab.call("list_music", query={"user_id": account})


def _instrumental(lab: Lab) -> None:
    ordered = fixtures.order(
        lab,
        "create_instrumental",
        prompt="A mellow dinner loop with brushed drums",
        tonality="F#:minor",
        bpm=73,
        chords="Dm Bb F C",
        model_instrumental="i3",
    )
    _look(lab, ordered, "instrumental")
    lab.call("download_music", arguments={"job_id": ordered.jobs[0]})
    ends = [fixtures.finished(lab, job_id) for job_id in ordered.jobs]
    _look(lab, ordered, "instrumental")
    if status_of(ends[0].item) == COMPLETED:
        all_formats(lab, ordered.jobs[0])
    _delete_all(lab, ordered.account, ordered.jobs)


def _artist(lab: Lab) -> None:
    account = fixtures.account(lab)
    shown = pages(lab, "list_artist_voices", {"user_id": account}, _MOST_PAGES)
    records = [record for page in (shown[0], shown[-1]) for record in records_of(page)]
    if not records or not isinstance(records[0].get("itemId"), str):
        raise UnclearError("there are no artist voices on offer")
    for record, name in product((records[0], records[-1]), ("vocalUrl", "coverUrl")):
        fetch_nearby(lab, record.get(name))
    # What stands on a later page is as good as the rest.
    voices = dict.fromkeys(texts([records[0].get("itemId"), records[-1].get("itemId")]))
    lab.side_by_side(partial(_sung_by, lab, account, voice) for voice in voices)


def _sung_by(lab: Lab, account: str, voice: str) -> None:
    call = lab.call("create_song", json={"user_id": account, "prompt": "A harbour ballad", "artistVoiceItemId": voice})
    fixtures.unless_busy(call)
    told = f"artist voice {voice} is on offer, but an order with it was answered {call.status}: {call.error}"
    lab.check(_READY_MATERIAL_CAN_BE_USED, fine=call.accepted, message=told, call=call)
    fixtures.cancel_all(lab, texts(call.item.get("jobs")))


def _cancel(lab: Lab) -> None:
    ordered, second = fixtures.order(lab), fixtures.order(lab, "create_instrumental")
    job_id = ordered.jobs[0]
    before = fixtures.read(lab, job_id)
    first = lab.call("cancel_job", arguments={"job_id": job_id})
    after = fixtures.read(lab, job_id)
    if status_of(before.item) == status_of(after.item) == GENERATING:
        told = f"{job_id} was running, but cancelling it was answered {first.status}"
        lab.check(_CANCEL_WORKS_ONCE, fine=first.accepted, message=told, call=first, earlier=(before,))
    told = f"{job_id} was cancelled, and reading it was answered {after.status}"
    lab.check(_CANCELLED_JOB_IS_STILL_THERE, fine=after.accepted, message=told, call=after, earlier=(first,))
    lab.call("cancel_job", arguments={"job_id": job_id})
    again = second.jobs[0]
    fixtures.once(lab, _CANCEL_WORKS_ONCE, "cancel_job", {"job_id": again})
    fixtures.cancel_all(lab, second.jobs[1:])
    for operation in ("list_running_jobs", "get_available_capacity"):
        lab.call(operation)
    ended = fixtures.finished(lab, job_id)
    told = f"{job_id} was cancelled, and later reading it was answered {ended.status}"
    lab.check(_CANCELLED_JOB_IS_STILL_THERE, fine=ended.accepted, message=told, call=ended, earlier=(first,))
    if status_of(ended.item) == COMPLETED:
        fixtures.downloaded(lab, job_id)
    lab.side_by_side(partial(fixtures.finished, lab, each) for each in (*ordered.jobs[1:], *second.jobs))
    for each in ordered.jobs[1:]:
        lab.call("cancel_job", arguments={"job_id": each})


def _two_accounts(lab: Lab) -> None:
    few, many = fixtures.new_account(lab, 4), fixtures.new_account(lab, 5)
    lab.call("get_available_capacity")
    ordered = [fixtures.order(lab, user_id=many), fixtures.order(lab, user_id=many)]
    lab.call("get_available_capacity")
    lab.call("list_accounts")
    lab.call("list_music", query={"user_id": few})
    lab.call("list_music", query={"user_id": many})
    lab.call("list_running_jobs")
    for each in ordered:
        fixtures.cancel_all(lab, each.jobs)
    for user_id in (few, many):
        lab.call("delete_account", arguments={"user_id": user_id})
        lab.call("get_account", arguments={"user_id": user_id})


def _expiry(lab: Lab) -> None:
    job_id = fixtures.completed_song(lab).jobs[0]
    link = fixtures.downloaded(lab, job_id, "wav")
    url, seconds = link.item.get("url"), link.item.get("remainSeconds")
    if not isinstance(url, str) or not isinstance(seconds, int) or seconds <= 0:
        raise UnclearError("the link's lifetime is not reported")
    if not lab.clock.virtual and seconds > _SHORT_LIFE:
        lab.clock.wait(_GLANCE)
        fetch(lab, url, when=f"{_GLANCE} s after it was handed out for {seconds} s")
        raise UnclearError(f"the link lasts {seconds} s, and the clock cannot be moved")
    fetch(lab, url)
    # Fetching takes a moment where time is real.
    nearly = seconds - min(5, seconds / 2) if lab.clock.virtual else 0.7 * seconds
    lab.clock.wait(nearly)
    fetch(lab, url, when=f"within the {seconds} s that it was to last")
    lab.clock.wait(10 + seconds / 2 if lab.clock.virtual else seconds - nearly + 2)
    late = lab.fetch(url)
    told = f"the link was to last {seconds} s, and was answered {late.status} after that"
    lab.check(_LINK_LASTS_AND_EXPIRES, fine=late.refused, message=told, call=late, earlier=(link,))
    again = lab.call("download_music", arguments={"job_id": job_id}, query={"file_format": "wav"})
    fetch(lab, again.item.get("url"))


def _old_links(lab: Lab) -> None:
    """Fetch links again that were handed out a while ago, and are to last; where time costs nothing, that was done."""
    if lab.clock.virtual:
        return
    now, old, there = time.time(), dict[str, tuple[str, float, int]](), set[str]()
    for world in lab.inspector.worlds:
        live = {account.user_id for account in world.live_accounts()}
        there |= {job.id for job in world.jobs.values() if not job.gone and job.account in live}
    for url, link in lab.inspector.worlds.links.items():
        age, seconds = now - link.call.exchange.finished, link.seconds or 0
        if link.call.arguments.get("job_id") in there and age + _LATER < seconds:
            old.setdefault(link.kind, (url, age, seconds))
    if not old:
        raise UnclearError("no link is known that is to last")
    told = "{:.0f} s after it was handed out for {} s"
    lab.side_by_side(partial(fetch, lab, url, when=told.format(*times)) for url, *times in old.values())


_MAKES: Final = frozenset({Need.CREATE, Need.DESTROY})

SONG = Scenario(
    "song",
    _song,
    _MAKES,
    cost=1,
    beside=Beside.ORDERS,
    provokes=ids(
        "what-was-made-can-be-found deleted-is-gone jobs-match-item-ids jobs-are-new result-means-success "
        "valid-orders-are-taken order-goes-to-its-account order-comes-back sources-come-back model-comes-back "
        "length-keeps-to-the-model plan-adds-up status-triple-agrees completed-is-100-percent unfinished-has-no-files "
        "item-ids-agree asked-is-answered ids-carry-the-token-number progress-never-goes-back status-never-goes-back "
        "final-stays-final stamps-are-in-milliseconds jobs-come-to-an-end finished-item-is-stable "
        "item-keeps-its-identity item-stamps-run-forward elapsed-fits-started running-row-goes-on start-is-creation "
        "scheduler-lists-what-runs scheduler-repeats-the-order newest-comes-first type-filters download-has-a-link "
        "download-only-when-complete complete-can-be-downloaded link-serves-its-kind link-names-its-kind "
        "lifetime-is-in-seconds file-is-whole each-job-has-its-file failed-download-says-so"
    ),
)
INSTRUMENTAL = Scenario(
    "instrumental",
    _instrumental,
    _MAKES,
    cost=1,
    beside=Beside.ORDERS,
    provokes=ids(
        "jobs-match-item-ids jobs-are-new valid-orders-are-taken order-comes-back model-comes-back "
        "length-keeps-to-the-model type-filters"
    ),
)
ARTIST = Scenario(
    "artist-voice", _artist, _MAKES, cost=2, beside=Beside.ORDERS, provokes=("ready-material-can-be-used",)
)
CANCEL = Scenario(
    "cancel",
    _cancel,
    _MAKES,
    cost=2,
    beside=Beside.ORDERS,
    provokes=("jobs-come-to-an-end", "cancel-works-once", "cancelled-job-is-still-there"),
)
TWO_ACCOUNTS = Scenario(
    "two-accounts",
    _two_accounts,
    _MAKES | {Need.ACCOUNT},
    cost=4,
    beside=Beside.ORDERS,
    provokes=("available-is-sorted", "available-shows-all-room"),
)
EXPIRY = Scenario(
    "link-expiry",
    _expiry,
    frozenset({Need.CREATE, Need.CLOCK}),
    cost=1,
    beside=Beside.ORDERS,
    provokes=("link-lasts-and-expires",),
)
OLD_LINKS = Scenario(
    "old-links",
    _old_links,
    frozenset({Need.CREATE}),
    late=True,
    beside=Beside.LEFTOVERS,
    provokes=("link-lasts-and-expires",),
)
