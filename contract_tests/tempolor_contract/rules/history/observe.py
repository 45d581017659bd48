"""What a world takes from a call, for each operation."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

from ...document.bodies import (
    COMPLETED,
    FAILED,
    FILE_FORMATS,
    FINAL,
    GENERATING,
    address_of,
    items_of,
    record_ids,
    records_of,
    running_rows,
    status_of,
    texts,
    ticket_in,
    whole,
)
from ...document.call import CALLBACK, FILE, Call
from ...document.ids import parse
from ...document.service import LISTS, ORDERS, UPLOADS
from ...exchanges.exchange import NotRecordedError
from .echoes import echo_key, echoes
from .records import MANY_CALLBACKS, Account, Job, Order, Refusal, Shared, Sighting, Upload, Walk
from .world import World

_MOST_ORDERS = 64
_MOST_REFERENCES = 1024
_MOST_UNREPORTED = 64
_NAME_ACCOUNTS: Final = ORDERS | UPLOADS | LISTS


def _order(world: World, call: Call) -> None:
    _reference(world, call)
    _reply_url(world, call)
    if not call.accepted:
        world.unclear_order = world.unclear_order or call.unclear
        return
    voice = world.voices.get(str(call.sent.get("clonedVoiceItemId")))
    if voice is not None and voice.ready is None:
        voice.sung = voice.sung or call
    jobs = texts(call.item.get("jobs"))
    parts = parse(jobs[0]) if jobs else None
    account = parts.account if parts else ""
    known = world.accounts.get(account)
    own = whole(call.sent.get("maxJobs"))
    order = Order(call, account, jobs, own if own is not None else known.limit if known else None)
    for job_id in jobs:
        job = _job(world, job_id, call)
        if job is not None and job.order is None:
            job.order = order
    world.orders = [*world.orders[-_MOST_ORDERS:], order]


def _reply_url(world: World, call: Call) -> None:
    url, known = call.sent.get("replyUrl"), world.shared.reply_urls
    if isinstance(url, str) and (len(known) < _MOST_REFERENCES or address_of(url) in known):
        refused = call if call.refused else None
        known[address_of(url)] = refused and known.get(address_of(url), refused)


def _reference(world: World, call: Call) -> None:
    """Keep what was refused by its `replyRef`, if that has never stood for anything else and it is known what ran."""
    reference = call.sent.get("replyRef")
    if not isinstance(reference, str):
        return
    running = _known_running(world, call)
    if not call.refused or reference in world.references or running is None:
        world.references.add(reference)
        world.refused.pop(reference, None)
    elif len(world.refused) < _MOST_REFERENCES:
        world.refused.setdefault(reference, Refusal(call, running))


def _known_running(world: World, call: Call) -> frozenset[str] | None:
    """Return the jobs that ran when an order was refused, as the refusal or the last listing has them."""
    busy = call.item.get("runningJobs")
    if isinstance(busy, dict):
        return frozenset(str(row.get("job_id")) for rows in busy.values() for row in rows)
    if world.listing is None or not world.listing.before(call):
        return None
    return frozenset(str(row.get("job_id")) for row in running_rows(world.listing))


def _job(world: World, job_id: Any, call: Call) -> Job | None:
    parts = parse(job_id)
    if parts is None or parts.kind != "job":
        return None
    if job_id not in world.jobs:
        world.jobs[job_id] = world.unfinished[job_id] = Job(job_id, parts.account, call)
    return world.jobs[job_id]


def _item(world: World, call: Call) -> None:
    for item in items_of(call):
        job = _job(world, item.get("job_id") or call.arguments.get("job_id"), call)
        if job is None:
            continue
        sighting = Sighting(call, item)
        _echoed(world, job, sighting)
        if call.operation == CALLBACK:
            job.callbacks.append(sighting)
        elif job.latest is None or job.latest.call.before(call):
            # A callback may arrive after a later poll, so it is no sighting to compare polls with.
            job.latest = job.by_operation[call.operation] = sighting
            if job.cancelled is not None and job.after_cancel is None and job.cancelled.before(call):
                job.after_cancel = sighting
        if sighting.final and job.final is None:
            job.final = sighting
            # Whether one is cancelled whose cancelling had no clear answer, nobody knows.
            if job.cancelled is not None or job.cancel_tried is None:
                world.ends[job.cancelled is not None, sighting.status == FAILED] += 1
            world.unfinished.pop(job.id, None)
            due = job.reports and job.id not in world.shared.reported
            if call.operation != CALLBACK and due and len(world.unreported) < _MOST_UNREPORTED:
                world.unreported[job.id] = job
        if sighting.status == GENERATING and call.operation != CALLBACK:
            _ran(world, job, call)


def _echoed(world: World, job: Job, sighting: Sighting) -> None:
    if job.order is not None:
        for each in echoes(job.order, sighting.item):
            if each.told == each.wanted and len(world.echoed) < _MOST_REFERENCES:
                key = echo_key(job.order, sighting.call, sighting.item, each.field)
                world.echoed.setdefault(key, sighting.call)


def _called(world: World, call: Call) -> None:
    address, known = address_of(call.exchange.request.url), world.shared.called
    if address in known or len(known) < _MOST_REFERENCES:
        known[address] = call
    _item(world, call)
    for item in items_of(call):
        job_id = str(item.get("job_id"))
        final = status_of(item) in FINAL
        if final:
            world.unreported.pop(job_id, None)
            _reported(world.shared, job_id)
        if world.unreported and (final or whole(item.get("progress", 0))):
            _overtake(world, job_id, call, final=final)


def _overtake(world: World, job_id: str, call: Call, *, final: bool) -> None:
    """Note a callback with the jobs of which the final one was due before: of later orders, any that tells of work."""
    other = world.jobs.get(job_id)
    host = other.receiver if other is not None else ""
    # Another receiver may be out of reach.
    for job in [job for job in world.unreported.values() if host in {"", job.receiver}]:
        if job.final is None or not job.final.call.before(call) or len(job.overtaken) >= MANY_CALLBACKS:
            continue
        is_later = other is not None and other.order is not None and job.final.call.before(other.order.call)
        if final or is_later:
            job.overtaken.setdefault(job_id, call)


def _reported(shared: Shared, job_id: str) -> None:
    shared.reported[job_id] = None
    if len(shared.reported) > _MOST_REFERENCES:
        del shared.reported[next(iter(shared.reported))]


def _ran(world: World, job: Job, call: Call) -> None:
    for order in world.orders_during(job, call):
        order.running.setdefault(job.id, call)


def _page(world: World, call: Call) -> None:
    if call.operation == "list_music":
        _item(world, call)
    if call.status != 200:
        return
    key = Walk.key(call)
    cursor = call.query.get("cursor", "")
    walk = world.walks.get(key)
    world.system_time = call if "sysTime" in call.item else world.system_time
    ids = dict.fromkeys(record_ids(call), call)
    following = call.item.get("cursor") if call.item.get("hasNext") else ""
    following = following if isinstance(following, str) else ""
    if cursor and len(world.turned) < _MOST_REFERENCES:
        world.turned[*key, cursor] = call
    if not cursor:
        world.walks[key] = Walk([call], ids, following)
    elif walk and walk.cursor == cursor:
        world.walks[key] = Walk([*walk.calls, call], walk.ids | ids, following)


def _artists(world: World, call: Call) -> None:
    for voice in texts([record.get("itemId") for record in records_of(call)]) if call.status == 200 else ():
        if len(world.artists) < _MOST_REFERENCES:
            world.artists[voice] = call
    _page(world, call)


def _listing(world: World, call: Call) -> None:
    if call.status != 200:
        return
    rows = {row.get("job_id"): row for row in running_rows(call)}
    for job_id, row in rows.items():
        job = _job(world, job_id, call)
        if job is not None:
            job.listed, job.row = call, row
            _ran(world, job, call)
    for job in world.unfinished.values():
        if job.id not in rows and job.unlisted is None and job.first.before(call):
            job.unlisted = call
    world.listing_before, world.listing = world.listing, call
    world.capacity = call if call.operation == "get_available_capacity" else world.capacity
    for row in call.item.get("available") or () if call.operation == "get_available_capacity" else ():
        if isinstance(row, dict) and isinstance(row.get("user_id"), str):
            _limit_shown(_account(world, row["user_id"], call, None), row.get("maxJobs"))


def _limit_shown(account: Account, limit: Any) -> None:
    """Take in the limit of a row; where another one was stored, either may be true, until the account is shown."""
    if account.limit is None:
        account.limit = limit if isinstance(limit, int) and not account.doubtful else None
    elif account.limit != limit:
        account.limit, account.doubtful = None, True


def _account(world: World, user_id: str, call: Call, limit: Any) -> Account:
    account = world.accounts.get(user_id)
    if account is None or (account.gone and account.gone.before(call)):
        # What it was stored with before its deletion is gone, which what is shown now has to bear out.
        posts = account.posts if account is not None else ()
        account = world.accounts[user_id] = Account(user_id, call, call, posts=posts)
    if isinstance(limit, int) and not _overtaken(account, call):
        account.limit, account.doubtful = limit, False
    return account


def _overtaken(account: Account, call: Call) -> bool:
    """Whether an answer may show an account as it was before it was stored last."""
    return bool(account.posts) and call.operation != "create_account" and not account.posts[-1].before(call)


def _account_shown(world: World, call: Call) -> None:
    if call.operation == "list_accounts" and call.status in {200, 404}:
        world.listed, world.unlisted = call, {}
    if call.operation == "list_accounts" and call.status in {200, 404}:
        _configured(world, frozenset(call.item) if call.status == 200 else frozenset(), call)
    elif call.operation == "create_account" and not call.refused:
        stored = call.item.get("user_id") if call.accepted else None
        known = world.configured if isinstance(stored, str) else None
        _configured(world, None if known is None else known | {str(stored)}, call)
    if call.operation == "create_account" and call.unclear:
        _perhaps_stored(world, call)
    if call.status != 200:
        return
    shown = call.item.values() if call.operation == "list_accounts" else (call.item,)
    for each in shown:
        if isinstance(each, dict) and isinstance(each.get("user_id"), str):
            account = _account(world, each["user_id"], call, each.get("maxJobs"))
            if _overtaken(account, call):
                continue
            account.shown = each
            account.stored = call
            _stamp(world, account, call, each)
            account.ticket = ticket_in(call.sent.get("requestParams")) or account.ticket
            account.posts = (*account.posts, call)[-2:] if call.operation == "create_account" else account.posts


def _configured(world: World, ids: frozenset[str] | None, call: Call) -> None:
    """Keep which accounts there are, and since when there is a single one."""
    if ids is None or len(ids) != 1:
        world.only_account = None
    elif ids != world.configured or world.only_account is None:
        world.only_account = call
    world.configured = ids if ids is None or len(ids) <= _MOST_REFERENCES else None


def _stamp(world: World, account: Account, call: Call, shown: dict[str, Any]) -> None:
    stamp, known = whole(shown.get("updated")), world.shared.stamps
    if stamp is not None and len(known) < _MOST_REFERENCES:
        known.setdefault((account.user_id, stamp), call)


def _perhaps_stored(world: World, call: Call) -> None:
    """Forget how an account is: it may have been stored anew."""
    parameters = call.sent.get("requestParams")
    named = [parameters.get(name) for name in ("user_id", "ucid")] if isinstance(parameters, dict) else []
    account = world.accounts.get(str(next(filter(None, named), "")))
    if account is not None:
        account.limit, account.shown, account.posts = None, {}, ()


def _account_deleted(world: World, call: Call) -> None:
    account = world.accounts.get(call.arguments.get("user_id", ""))
    if not call.refused:
        known = world.configured if call.accepted else None
        _configured(world, None if known is None else known - {call.arguments.get("user_id", "")}, call)
    if account is not None and not call.refused:
        account.gone = account.gone or call
        account.deleted = call if call.accepted else account.deleted
        # What was the account's may be out of reach without it; no page says so.
        belongings: list[Job | Upload] = [*world.jobs.values(), *world.midi.values(), *world.voices.values()]
        for thing in belongings:
            if thing.account == account.user_id:
                thing.gone = thing.gone or call


def _cancel(world: World, call: Call) -> None:
    job = world.job_of(call)
    if job is not None and call.status == 404:
        job.no_cancel = call
    if call.refused:
        return
    if len(world.shared.cancelled) < _MOST_REFERENCES:
        world.shared.cancelled.add(call.arguments.get("job_id", ""))
    if job is None:
        return
    job.cancel_tried = job.cancel_tried or call
    if call.accepted:
        job.cancelled = job.cancelled or call


def _delete_job(world: World, call: Call) -> None:
    job = world.job_of(call)
    if job is not None:
        _deleted(job, call)


def _deleted(thing: Job | Upload, call: Call) -> None:
    if call.refused:
        return
    thing.gone = thing.gone or call
    if call.accepted:
        thing.deleted = thing.deleted or call


def _download(world: World, call: Call) -> None:
    job = world.job_of(call)
    if job is not None and call.status == 200:
        job.downloaded.setdefault(call.query.get("file_format") or "mp3", call)
    elif job is not None and call.status in {400, 404} and call.query.get("file_format", "") in FILE_FORMATS:
        job.no_download = call


def _upload(shelf: str, name: str, world: World, call: Call) -> None:
    if not call.accepted:
        return
    inner = call.item.get("midiRenderVO")
    item = inner if isinstance(inner, dict) else call.item
    upload = _uploaded(getattr(world, shelf), item.get(name), call)
    if upload is not None:
        upload.uploaded = upload.uploaded or call
        upload.name = call.query.get("name", upload.name)
        upload.ready = call if call.status == 200 else upload.ready


def _uploads(shelf: str, name: str, world: World, call: Call) -> None:
    for record in records_of(call) if call.status == 200 else ():
        upload = _uploaded(getattr(world, shelf), record.get(name), call)
        if upload is not None:
            upload.status = record.get("status", upload.status)
            if upload.status in {None, COMPLETED}:
                upload.ready = upload.ready or call
    _page(world, call)


def _uploaded(shelf: dict[str, Upload], upload_id: Any, call: Call) -> Upload | None:
    parts = parse(upload_id)
    if parts is None:
        return None
    if upload_id not in shelf:
        shelf[upload_id] = Upload(upload_id, parts.account, call)
    return shelf[upload_id]


def _delete_upload(shelf: str, name: str, world: World, call: Call) -> None:
    upload = getattr(world, shelf).get(call.arguments.get(name, ""))
    if upload is not None:
        _deleted(upload, call)


_BY_OPERATION: Final[dict[str, Callable[[World, Call], None]]] = {
    "create_account": _account_shown,
    "get_account": _account_shown,
    "list_accounts": _account_shown,
    "delete_account": _account_deleted,
    "create_song": _order,
    "create_instrumental": _order,
    "get_music": _item,
    CALLBACK: _called,
    "list_music": _page,
    "delete_music": _delete_job,
    "download_music": _download,
    "upload_midi": partial(_upload, "midi", "midiItemId"),
    "list_midi": partial(_uploads, "midi", "midiItemId"),
    "delete_midi": partial(_delete_upload, "midi", "midiItemId"),
    "clone_voice": partial(_upload, "voices", "clonedVoiceItemId"),
    "list_cloned_voices": partial(_uploads, "voices", "clonedVoiceItemId"),
    "delete_cloned_voice": partial(_delete_upload, "voices", "clonedVoiceItemId"),
    "list_artist_voices": _artists,
    "list_running_jobs": _listing,
    "get_available_capacity": _listing,
    "cancel_job": _cancel,
}


def observe(world: World, call: Call) -> None:
    """Have a world take in a call."""
    if call.accepted and call.operation not in {"", CALLBACK, FILE}:
        world.authorized = world.authorized or call
    elif call.status == 401 and world.authorized is None and len(world.unauthorized) < _MOST_ORDERS:
        world.unauthorized.append(call)
    with suppress(NotRecordedError):
        world.crashes.observe(call)
    if call.repeats:
        # Which account an order was for, or what it was about, nobody knows.
        world.unclear_order = world.unclear_order or (call.operation in ORDERS and not call.refused)
        return
    take = _BY_OPERATION.get(call.operation)
    if take is not None:
        take(world, call)
    _on_unlisted(world, call)


def _on_unlisted(world: World, call: Call) -> None:
    """Keep what worked on an account that the last list of accounts did not have."""
    if call.operation not in _NAME_ACCOUNTS or not call.accepted:
        return
    user_id, listed = call.sent.get("user_id") or call.query.get("user_id"), world.listed
    if isinstance(user_id, str) and user_id and listed is not None and listed.before(call):
        there = user_id in listed.item if listed.status == 200 else False
        if not there and user_id not in world.accounts and len(world.unlisted) < _MOST_REFERENCES:
            world.unlisted.setdefault(user_id, call)
