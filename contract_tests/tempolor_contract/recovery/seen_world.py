"""What the calls of one token have shown: accounts, jobs, uploads, what of them is gone, and what time it is there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from tempolor_spec.secrets import redact_json, redact_text

from ..document.bodies import COMPLETED, items_of, records_of, running_rows, texts, whole
from ..document.call import CALLBACK, Call
from ..document.ids import Composite, parse
from ..document.times import milliseconds, row_made_at
from ..exchanges.exchange import NotRecordedError
from .guesses import Guesses
from .service_clock import ServiceClock
from .sightings import Kind, Order, Report, SeenAccount, SeenJob, SeenUpload, is_id, moment, slots, state_of

_MOST_REPORTS: Final = 64
_KINDS: Final[dict[str, Kind]] = {"create_song": "song", "create_instrumental": "instrumental"}
T = TypeVar("T", SeenJob, SeenUpload)


@dataclass
class Room:
    """How many bytes of uploads may still be kept, of all worlds together."""

    left: int


@dataclass
class SeenWorld:
    """What one token may see, as far as its calls have shown it, secrets included.

    `tracked` has the jobs that no listing of running ones has missed so far. `quota` is what the last request for music
    told of the subscription. `room` is what is left for the bytes of uploads.
    """

    token: str
    room: Room
    clock: ServiceClock = field(default_factory=ServiceClock)
    guesses: Guesses = field(default_factory=Guesses)
    accounts: dict[str, SeenAccount] = field(default_factory=dict)
    jobs: dict[str, SeenJob] = field(default_factory=dict)
    midi: dict[str, SeenUpload] = field(default_factory=dict)
    voices: dict[str, SeenUpload] = field(default_factory=dict)
    quota: dict[str, int] = field(default_factory=dict)
    quota_spent: bool = False
    calls: int = 0
    accepted: int = 0
    deleted: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    tracked: dict[str, SeenJob] = field(default_factory=dict)

    def observe(self, call: Call) -> None:
        """Take in a call. NotRecordedError where a body is missing that would have to be read."""
        self.calls += 1
        self.accepted += call.accepted
        if call.exchange.started:
            self.clock.reach(round(call.exchange.finished * 1000))
        take = _BY_OPERATION.get(call.operation)
        if take is not None:
            take(self, call)

    @property
    def number(self) -> str | None:
        """The user's number in the ids that were seen; the most frequent one."""
        return max(self.numbers, key=self.numbers.__getitem__, default=None)

    def shown(self, value: Any) -> Any:
        """Return a JSON value that a call has shown without secrets: what is kept here may have some."""
        known = (self.token,) if self.token else ()
        return redact_json(value, text=lambda text: redact_text(text, known))

    def parse(self, text: object, kind: str) -> Composite | None:
        """Return an id of one kind, and count whose it is."""
        found = parse(text)
        if found is None or found.kind != kind or not (is_id(found.account) and is_id(found.item)):
            return None
        self.numbers[found.number] = self.numbers.get(found.number, 0) + 1
        return found

    def account(self, user_id: str) -> SeenAccount:
        """Return an account that a call has shown to exist."""
        if user_id not in self.accounts:
            self.accounts[user_id] = SeenAccount(user_id, self.clock.stamp)
        return self.accounts[user_id]

    def job(self, job_id: object, place: tuple[int, int]) -> SeenJob | None:
        """Return a job that a call has shown to exist, None for what is no id of one."""
        found = self.parse(job_id, "job")
        if found is None:
            return None
        self.account(found.account)
        if found.item not in self.jobs:
            self.jobs[found.item] = self.tracked[found.item] = SeenJob(found, place, self.clock.stamp)
        return self.jobs[found.item]

    def upload(
        self, shelf: dict[str, SeenUpload], found: Composite | None, place: tuple[int, int]
    ) -> SeenUpload | None:
        """Return an upload that a call has shown to exist."""
        if found is None:
            return None
        self.account(found.account)
        if found.item not in shelf:
            shelf[found.item] = SeenUpload(found, place, self.clock.stamp)
        return shelf[found.item]


def _ordered(world: SeenWorld, call: Call) -> None:
    if not call.accepted:
        _order_refused(world, call)
        return
    world.quota = {
        name: value for name in ("remainNum", "totalNum", "remainSeconds") if (value := _count(call, name)) is not None
    }
    world.quota_spent = False
    order = Order(
        _KINDS[call.operation],
        _sent(world, call),
        world.clock.stamp,
        call.exchange.request.header("origin"),
        slots(call.item.get("maxGenCountAtOnce")),
    )
    for index, job_id in enumerate(texts(call.item.get("jobs"))):
        job = world.job(job_id, (call.number, index))
        if job is not None:
            job.order, job.kind, job.ran = order, order.kind, world.clock.stamp


def _sent(world: SeenWorld, call: Call) -> dict[str, Any]:
    try:
        return call.sent
    except NotRecordedError:
        world.guesses.add("jobs.request", "the body of a request for music was not recorded")
        return {}


def _count(call: Call, name: str) -> int | None:
    value = whole(call.item.get(name))
    return value if value is not None and value >= 0 else None


def _order_refused(world: SeenWorld, call: Call) -> None:
    if call.unclear:
        world.guesses.add("jobs", "a request for music had no clear answer: its jobs, if it began any, are not there")
    world.quota_spent = world.quota_spent or call.status == 402
    busy = call.item.get("runningJobs")
    for rows in busy.values() if isinstance(busy, dict) else ():
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                _ran(world, row, row.get("started"), (call.number, index))


def _ran(world: SeenWorld, row: dict[str, Any], started_ms: Any, place: tuple[int, int]) -> SeenJob | None:
    job = world.job(row.get("job_id"), place)
    if job is not None:
        job.ran, job.unlisted = world.clock.stamp, None
        world.tracked[job.id.item] = job
        job.created_ms = job.created_ms or moment(started_ms)
        _reply(job, row)
    return job


def _reply(job: SeenJob, told: dict[str, Any]) -> None:
    job.reply |= {
        name: told[name] for name in ("replyUrl", "replyRef") if isinstance(told.get(name), str) and told[name]
    }


def _listed(world: SeenWorld, call: Call) -> None:
    if call.status != 200:
        return
    rows = running_rows(call)
    for row in rows:
        made = row_made_at(row)
        if made is not None and call.exchange.started:
            world.clock.compare(made[0], round(call.exchange.finished * 1000))
        elif made is not None:
            world.clock.tell(made[0])
    running = {
        job.id.item
        for index, row in enumerate(rows)
        if (job := _ran(world, row, milliseconds(row.get("started")), (call.number, index))) is not None
    }
    for item_id in world.tracked.keys() - running:
        world.tracked.pop(item_id).unlisted = world.clock.stamp
    available = call.item.get("available")
    for row in available if isinstance(available, list) else ():
        if isinstance(row, dict) and is_id(row.get("user_id")):
            account = world.account(row["user_id"])
            account.slots = slots(row.get("maxJobs")) or account.slots


def _items(world: SeenWorld, call: Call) -> None:
    if call.operation == "get_music" and call.status == 404:
        _gone(world, world.jobs, world.parse(call.arguments.get("job_id"), "job"))
    for index, item in enumerate(items_of(call)):
        job = world.job(item.get("job_id") or call.arguments.get("job_id"), (call.number, -index))
        if job is not None:
            _shown(world, job, item, call)


def _shown(world: SeenWorld, job: SeenJob, item: dict[str, Any], call: Call) -> None:
    created = moment(item.get("createTime"))
    if created is not None:
        if job.order is not None and job.created_ms is None:
            world.clock.compare(created, job.order.seen.wall_ms)
        job.created_ms = created
    world.clock.tell(item.get("updateTime"))
    world.clock.tell(created)
    callback = call.operation == CALLBACK
    if callback:
        _reply(job, item)
        item = {name: value for name, value in item.items() if name not in {"replyUrl", "replyRef"}}
        if len(job.reports) < _MOST_REPORTS:
            job.reports.append(Report(*state_of(item), world.clock.stamp, call.status or None))
    if call.operation == "list_music":
        job.kind = job.kind or ("instrumental" if call.query.get("type") == "instrumental" else "song")
    job.see(item, world.clock.stamp, polled=call.operation == "get_music", late=callback)
    if state_of(item)[0] == 0 and not callback:
        job.ran = world.clock.stamp


def _page_of_music(world: SeenWorld, call: Call) -> None:
    _items(world, call)
    if call.status == 200 and call.item.get("hasNext") is True:
        world.guesses.add(
            "jobs", "a list had further pages; what only they show is not there, unless they were read too"
        )


def _accounts_shown(world: SeenWorld, call: Call) -> None:
    if call.status == 404:
        gone = [call.arguments["user_id"]] if call.arguments else list(world.accounts)
        for user_id in gone:
            world.accounts.pop(user_id, None)
    if call.status != 200:
        return
    everyone = call.operation == "list_accounts"
    shown = [each for each in (call.item.values() if everyone else (call.item,)) if isinstance(each, dict)]
    for each in shown:
        if not is_id(each.get("user_id")):
            continue
        account = world.account(each["user_id"])
        account.slots, account.shown = slots(each.get("maxJobs")) or account.slots, each
        world.clock.tell(each.get("updated"))
        if call.operation == "create_account" and call.exchange.started:
            world.clock.compare(each.get("updated"), round(call.exchange.finished * 1000))
    if everyone and isinstance(call.answer, dict):
        known = {*call.item, *(str(each.get("user_id")) for each in shown)}
        world.accounts = {name: each for name, each in world.accounts.items() if name in known}


def _account_deleted(world: SeenWorld, call: Call) -> None:
    if call.accepted:
        world.deleted += world.accounts.pop(call.arguments["user_id"], None) is not None
        for job in world.jobs.values():
            job.cancelled = job.cancelled or job.id.account == call.arguments["user_id"]


def _cancelled(world: SeenWorld, call: Call) -> None:
    job = world.job(call.arguments.get("job_id"), (call.number, 0)) if call.accepted else None
    if job is not None:
        job.cancelled = True


def _gone(world: SeenWorld, shelf: dict[str, T], found: Composite | None) -> None:
    """Forget what is deleted; what its account took with it comes back with the account."""
    if found is not None and found.account in world.accounts and shelf.pop(found.item, None) is not None:
        world.deleted += 1


def _job_deleted(world: SeenWorld, call: Call) -> None:
    if call.accepted:
        _gone(world, world.jobs, world.parse(call.arguments.get("job_id"), "job"))


def _downloaded(world: SeenWorld, call: Call) -> None:
    job = world.job(call.arguments.get("job_id"), (call.number, 0)) if call.status == 200 else None
    known = world.parse(call.arguments.get("job_id"), "job")
    if job is not None:
        job.downloaded = job.downloaded or world.clock.stamp
    elif call.status == 404 and known is not None and known.item in world.jobs:
        world.jobs[known.item].download_refused = world.clock.stamp


def _midi_uploaded(world: SeenWorld, call: Call) -> None:
    inner = call.item.get("midiRenderVO")
    row = inner if isinstance(inner, dict) else {}
    if call.accepted:
        _uploaded(world, world.midi, world.parse(row.get("midiItemId"), "midi"), call, row)


def _voice_uploaded(world: SeenWorld, call: Call) -> None:
    if call.accepted:
        found = world.parse(call.item.get("clonedVoiceItemId"), "voice")
        _uploaded(world, world.voices, found, call, None)


def _uploaded(
    world: SeenWorld, shelf: dict[str, SeenUpload], found: Composite | None, call: Call, row: dict[str, Any] | None
) -> None:
    upload = world.upload(shelf, found, (call.number, 0))
    if upload is None:
        return
    request = call.exchange.request
    upload.name, upload.media_type = call.query.get("name", upload.name), request.media_type
    upload.ready = world.clock.stamp if call.status == 200 else upload.ready
    if row is not None:
        upload.item, upload.item_seen = row, world.clock.stamp
    if not request.truncated and len(request.body) <= world.room.left:
        upload.content = request.body
        world.room.left -= len(request.body)


def _midi_listed(world: SeenWorld, call: Call) -> None:
    _uploads_listed(world, world.midi, call, "midi", "midiItemId")


def _voices_listed(world: SeenWorld, call: Call) -> None:
    _uploads_listed(world, world.voices, call, "voice", "clonedVoiceItemId")


def _uploads_listed(world: SeenWorld, shelf: dict[str, SeenUpload], call: Call, kind: str, name: str) -> None:
    for index, row in enumerate(records_of(call) if call.status == 200 else ()):
        upload = world.upload(shelf, world.parse(row.get(name), kind), (call.number, -index))
        if upload is None:
            continue
        upload.item, upload.item_seen = row, world.clock.stamp
        upload.name = row["name"] if isinstance(row.get("name"), str) else upload.name
        world.clock.tell(row.get("updateTime"))
        if row.get("status", COMPLETED) == COMPLETED:
            upload.ready = upload.ready or world.clock.stamp


def _artists_listed(world: SeenWorld, call: Call) -> None:
    if call.status != 200:
        return
    world.guesses.add("artist voices", "the mock has a catalogue of its own, and refuses requests with other voices")
    if call.exchange.started:
        world.clock.compare(call.item.get("sysTime"), round(call.exchange.finished * 1000))


def _upload_deleted(shelf: str, kind: str, name: str) -> Callable[[SeenWorld, Call], None]:
    def observed(world: SeenWorld, call: Call) -> None:
        if call.accepted:
            _gone(world, getattr(world, shelf), world.parse(call.arguments.get(name), kind))

    return observed


_BY_OPERATION: Final[dict[str, Callable[[SeenWorld, Call], None]]] = {
    "create_account": _accounts_shown,
    "get_account": _accounts_shown,
    "list_accounts": _accounts_shown,
    "delete_account": _account_deleted,
    "create_song": _ordered,
    "create_instrumental": _ordered,
    "get_music": _items,
    CALLBACK: _items,
    "list_music": _page_of_music,
    "delete_music": _job_deleted,
    "download_music": _downloaded,
    "upload_midi": _midi_uploaded,
    "list_midi": _midi_listed,
    "delete_midi": _upload_deleted("midi", "midi", "midiItemId"),
    "clone_voice": _voice_uploaded,
    "list_cloned_voices": _voices_listed,
    "delete_cloned_voice": _upload_deleted("voices", "voice", "clonedVoiceItemId"),
    "list_artist_voices": _artists_listed,
    "list_running_jobs": _listed,
    "get_available_capacity": _listed,
    "cancel_job": _cancelled,
}


def in_order(things: Iterable[tuple[int, T]]) -> list[T]:
    """Return things by when they began; in the same millisecond, in the order that calls have shown."""
    return [thing for _, thing in sorted(things, key=lambda each: (each[0], each[1].place))]
