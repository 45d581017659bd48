"""What a stream of calls has shown about a service, one world for each token.

A small model of its own: it holds only what was seen, tells "never seen" from "not there", and knows nothing of how a
mock works. Rules compare the next call with it; then it learns from that call.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final

from .call import CALLBACK, FILE, Call
from .ids import parse, token_number

GENERATING, FAILED, COMPLETED = 0, 10, 30
FINAL: Final = frozenset({FAILED, COMPLETED})
_BY_NAME: Final = {"GENERATING": GENERATING, "FAILED": FAILED, "COMPLETED": COMPLETED}
KIND_OF_ORDER: Final = {"create_song": "song", "create_instrumental": "instrumental"}
_MOST_ORDERS = 64


def status_of(item: dict[str, Any]) -> Any:
    """Return an item's status, by its number or else by its name: all fields of an item are optional."""
    return item["status"] if "status" in item else _BY_NAME.get(str(item.get("status_name")))


@dataclass(frozen=True)
class Sighting:
    """A job's item as one call showed it."""

    call: Call
    item: dict[str, Any]

    @property
    def status(self) -> Any:
        """The item's status, by its number or else by its name, None if both were left out."""
        return status_of(self.item)

    @property
    def progress(self) -> Any:
        """The item's `progress`, None if it was left out."""
        return self.item.get("progress")

    @property
    def final(self) -> bool:
        """Whether the item said that it will not change any more."""
        return self.status in FINAL


@dataclass
class Job:
    """What is known of a job.

    `listed` and `unlisted` are the last listings of running jobs with and without it. `gone` is the call that may have
    deleted it: `deleted` for sure, `gone` perhaps (a deletion without a clear answer).
    """

    id: str
    account: str
    first: Call
    order: "Order | None" = None
    latest: Sighting | None = None
    final: Sighting | None = None
    cancelled: Call | None = None
    cancel_tried: Call | None = None
    deleted: Call | None = None
    gone: Call | None = None
    listed: Call | None = None
    row: dict[str, Any] = field(default_factory=dict)
    unlisted: Call | None = None
    downloaded: dict[str, Call] = field(default_factory=dict)
    by_operation: dict[str, Sighting] = field(default_factory=dict)
    reports: list[Sighting] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """`song` or `instrumental`, empty if nobody knows."""
        return KIND_OF_ORDER[self.order.call.operation] if self.order else ""


@dataclass
class Order:
    """An accepted order: what was sent, the jobs it started, and the jobs proven to have run when it was sent."""

    call: Call
    account: str
    jobs: tuple[str, ...]
    limit: int | None
    running: dict[str, Call] = field(default_factory=dict)

    @property
    def sent(self) -> dict[str, Any]:
        """The order's fields."""
        return self.call.sent


@dataclass
class Account:
    """What is known of an account. `limit` is its `maxJobs`, None while unknown; `stored` the call that showed it."""

    user_id: str
    stored: Call
    limit: int | None = None
    deleted: Call | None = None
    gone: Call | None = None
    shown: dict[str, Any] = field(default_factory=dict)


@dataclass
class Upload:
    """A MIDI file or a cloned voice. `ready` is the call that showed that it can be used."""

    id: str
    account: str
    first: Call
    uploaded: Call | None = None
    name: str | None = None
    status: Any = None
    ready: Call | None = None
    deleted: Call | None = None
    gone: Call | None = None


@dataclass
class Walk:
    """A walk through the pages of a list: the call of its first page, the ids so far, the cursor that comes next."""

    calls: list[Call]
    ids: dict[str, Call]
    cursor: str


@dataclass(frozen=True)
class Link:
    """An address a service handed out: by which call, for what kind of bytes, how many seconds it was to last."""

    call: Call
    kind: str
    seconds: int | None = None


@dataclass
class World:
    """What is known of everything one token may see."""

    token: str
    jobs: dict[str, Job] = field(default_factory=dict)
    unfinished: dict[str, Job] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    midi: dict[str, Upload] = field(default_factory=dict)
    voices: dict[str, Upload] = field(default_factory=dict)
    walks: dict[tuple[str, ...], Walk] = field(default_factory=dict)
    listing: Call | None = None
    listing_before: Call | None = None
    system_time: Call | None = None
    changed: dict[str, Call] = field(default_factory=dict)
    worlds: "Worlds | None" = field(default=None, repr=False)

    @property
    def number(self) -> str | None:
        """The number in the token, None if the token has another form."""
        return token_number(self.token)

    def job_of(self, call: Call) -> Job | None:
        """Return the job a call's path names, if anything is known of it."""
        return self.jobs.get(call.arguments.get("job_id", ""))

    def live_accounts(self) -> list[Account]:
        """Return the accounts that exist as far as is known."""
        return [account for account in self.accounts.values() if account.gone is None]

    def learn(self, call: Call) -> None:
        """Take in a call."""
        lesson = _LESSONS.get(call.operation)
        if lesson is not None:
            lesson(self, call)


class Worlds:
    """The worlds of all tokens of a stream."""

    def __init__(self) -> None:
        self._worlds: dict[str, World] = {}
        self.authorized = False
        self.links: dict[str, Link] = {}

    def __iter__(self) -> Iterator[World]:
        return iter(self._worlds.values())

    def of(self, call: Call) -> World:
        """Return the world a call belongs to: that of its token, or for a report the one its job is known in."""
        if call.operation == CALLBACK:
            return self.with_job(call.exchange.request.json) or self._world("")
        return self._world(call.token or "")

    def with_job(self, item: Any) -> World | None:
        """Return the world in which an item's job is known."""
        job_id = item.get("job_id") if isinstance(item, dict) else None
        return next((world for world in self if job_id in world.jobs), None)

    def learn(self, call: Call) -> None:
        """Take in a call."""
        self.authorized = self.authorized or bool(call.token)
        self.of(call).learn(call)
        if call.operation in _LINKS and call.status == 200:
            self.links.update(_LINKS[call.operation](call))

    def linked(self, call: Call) -> Call:
        """Return a call outside of the API as one of `FILE` if its address was handed out before."""
        if call.path is None and not call.operation and call.exchange.request.url in self.links:
            return replace(call, operation=FILE)
        return call

    def _world(self, token: str) -> World:
        if token not in self._worlds:
            self._worlds[token] = World(token, worlds=self)
        return self._worlds[token]


def items_of(call: Call) -> list[dict[str, Any]]:
    """Return the jobs' items in a call: its answer, the records of a page, or the body of a report."""
    if call.operation == CALLBACK:
        body = call.exchange.request.json
        return [body] if isinstance(body, dict) else []
    if call.status != 200:
        return []
    if call.operation == "get_music":
        return [call.item]
    return records_of(call) if call.operation == "list_music" else []


def records_of(call: Call) -> list[dict[str, Any]]:
    """Return the records of a page."""
    records = call.item.get("records")
    return [record for record in records if isinstance(record, dict)] if isinstance(records, list) else []


def running_rows(call: Call) -> list[dict[str, Any]]:
    """Return the rows of running jobs in an answer of the scheduler."""
    rows = call.answer if call.operation == "list_running_jobs" else call.item.get("executing")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts in a list, or nothing if it is no list."""
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def whole(value: Any) -> int | None:
    """Return a whole number given as one or, in a form, as text; else None."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _order(world: World, call: Call) -> None:
    if not call.accepted:
        if call.unclear:
            world.changed["unclear order"] = call
        return
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
    world.changed[account] = call


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
        if call.operation == CALLBACK:
            job.reports.append(sighting)
        elif job.latest is None or job.latest.call.before(call):
            # A report may arrive after a later poll, so it is no sighting to compare polls with.
            job.latest = job.by_operation[call.operation] = sighting
        if sighting.final and job.final is None:
            job.final = sighting
            world.unfinished.pop(job.id, None)
        if sighting.status == GENERATING and call.operation != CALLBACK:
            _ran(world, job, call)


def _ran(world: World, job: Job, call: Call) -> None:
    for order in orders_during(world, job, call):
        order.running.setdefault(job.id, call)


def orders_during(world: World, job: Job, call: Call) -> Iterator[Order]:
    """Yield the accepted orders that were sent while a job held a slot: it was there before, and runs still at `call`.

    A cancelled job holds no slot, whatever its item says.
    """
    for order in reversed(world.orders):
        if not job.first.before(order.call):
            # Orders stand in the order in which they were sent, so the ones before came before the job, too.
            return
        if (
            order.account == job.account
            and job.id not in order.jobs
            and order.call.before(call)
            and not (job.cancel_tried and not order.call.before(job.cancel_tried))
        ):
            yield order


def _page(world: World, call: Call) -> None:
    if call.operation == "list_music":
        _item(world, call)
    if call.status != 200:
        return
    key = walk_key(call)
    cursor = call.query.get("cursor", "")
    walk = world.walks.get(key)
    world.system_time = call if "sysTime" in call.item else world.system_time
    ids = dict.fromkeys(record_ids(call), call)
    following = call.item.get("cursor") if call.item.get("hasNext") else ""
    following = following if isinstance(following, str) else ""
    if not cursor:
        world.walks[key] = Walk([call], ids, following)
    elif walk and walk.cursor == cursor:
        world.walks[key] = Walk([*walk.calls, call], walk.ids | ids, following)


def walk_key(call: Call) -> tuple[str, ...]:
    """Return what tells the walks through lists apart: the list, the account, the kind."""
    return (call.operation, call.query.get("user_id", ""), call.query.get("type", "song"))


def record_ids(call: Call) -> list[str]:
    """Return the ids of a page's records, whatever they list."""
    names = ("job_id", "clonedVoiceItemId", "midiItemId", "itemId")
    found = (next((record[name] for name in names if record.get(name)), None) for record in records_of(call))
    return [text for text in found if isinstance(text, str)]


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
    for row in call.item.get("available") or () if call.operation == "get_available_capacity" else ():
        if isinstance(row, dict) and isinstance(row.get("user_id"), str):
            _account(world, row["user_id"], call, row.get("maxJobs"))


def _account(world: World, user_id: str, call: Call, limit: Any) -> Account:
    account = world.accounts.get(user_id)
    if account is None or (account.gone and account.gone.before(call)):
        account = world.accounts[user_id] = Account(user_id, call)
    account.limit = limit if isinstance(limit, int) else account.limit
    return account


def _account_shown(world: World, call: Call) -> None:
    if call.operation == "create_account" and call.unclear:
        world.changed["unclear account"] = call
    if call.status != 200:
        return
    shown = call.item.values() if call.operation == "list_accounts" else (call.item,)
    for each in shown:
        if isinstance(each, dict) and isinstance(each.get("user_id"), str):
            account = _account(world, each["user_id"], call, each.get("maxJobs"))
            account.shown = each
            account.stored = call


def _account_deleted(world: World, call: Call) -> None:
    account = world.accounts.get(call.arguments.get("user_id", ""))
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
    if job is None or call.refused:
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


def _upload(shelf: str, name: str) -> Callable[[World, Call], None]:
    def learn(world: World, call: Call) -> None:
        if call.accepted:
            inner = call.item.get("midiRenderVO")
            item = inner if isinstance(inner, dict) else call.item
            upload = _uploaded(getattr(world, shelf), item.get(name), call)
            if upload is not None:
                upload.uploaded = upload.uploaded or call
                upload.name = call.query.get("name", upload.name)
                upload.ready = call if call.status == 200 else upload.ready

    return learn


def _uploads(shelf: str, name: str) -> Callable[[World, Call], None]:
    def learn(world: World, call: Call) -> None:
        for record in records_of(call) if call.status == 200 else ():
            upload = _uploaded(getattr(world, shelf), record.get(name), call)
            if upload is not None:
                upload.status = record.get("status", upload.status)
                if upload.status in {None, COMPLETED}:
                    upload.ready = upload.ready or call
        _page(world, call)

    return learn


def _uploaded(shelf: dict[str, Upload], upload_id: Any, call: Call) -> Upload | None:
    parts = parse(upload_id)
    if parts is None:
        return None
    if upload_id not in shelf:
        shelf[upload_id] = Upload(upload_id, parts.account, call)
    return shelf[upload_id]


def _delete_upload(shelf: str, name: str) -> Callable[[World, Call], None]:
    def learn(world: World, call: Call) -> None:
        upload = getattr(world, shelf).get(call.arguments.get(name, ""))
        if upload is not None:
            _deleted(upload, call)

    return learn


_LESSONS: Final[dict[str, Callable[[World, Call], None]]] = {
    "create_account": _account_shown,
    "get_account": _account_shown,
    "list_accounts": _account_shown,
    "delete_account": _account_deleted,
    "create_song": _order,
    "create_instrumental": _order,
    "get_music": _item,
    CALLBACK: _item,
    "list_music": _page,
    "delete_music": _delete_job,
    "download_music": _download,
    "upload_midi": _upload("midi", "midiItemId"),
    "list_midi": _uploads("midi", "midiItemId"),
    "delete_midi": _delete_upload("midi", "midiItemId"),
    "clone_voice": _upload("voices", "clonedVoiceItemId"),
    "list_cloned_voices": _uploads("voices", "clonedVoiceItemId"),
    "delete_cloned_voice": _delete_upload("voices", "clonedVoiceItemId"),
    "list_artist_voices": _page,
    "list_running_jobs": _listing,
    "get_available_capacity": _listing,
    "cancel_job": _cancel,
}


def _download_link(call: Call) -> dict[str, Link]:
    url = call.item.get("url")
    kind = call.query.get("file_format") or "mp3"
    return {url: Link(call, kind, whole(call.item.get("remainSeconds")))} if isinstance(url, str) and url else {}


def _stems_link(call: Call) -> dict[str, Link]:
    url = call.item.get("stemsZipUrl")
    return {url: Link(call, "stems")} if isinstance(url, str) and url else {}


def _midi_link(call: Call) -> dict[str, Link]:
    inner = call.item.get("midiRenderVO")
    url = inner.get("midiUrl") if isinstance(inner, dict) else None
    return {url: Link(call, "midi")} if isinstance(url, str) and url else {}


def _item_links(call: Call) -> dict[str, Link]:
    material = call.item.get("musicMaterial")
    waveform = material.get("waveformUrl") if isinstance(material, dict) else None
    found = {"image": call.item.get("cover"), "waveform": waveform}
    return {url: Link(call, kind) for kind, url in found.items() if isinstance(url, str) and url.startswith("http")}


_LINKS: Final[dict[str, Callable[[Call], dict[str, Link]]]] = {
    "download_music": _download_link,
    "split_stems": _stems_link,
    "upload_midi": _midi_link,
    "get_music": _item_links,
}


def everything(world: World) -> Iterator[Job | Upload]:
    """Yield everything with an id that is known in a world."""
    return chain(world.jobs.values(), world.midi.values(), world.voices.values())
