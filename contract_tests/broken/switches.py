"""Deviations inside the service: names of the mock's modules replaced, where no rewriting of answers can reach."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from types import SimpleNamespace
from typing import Any, Final

from tempolor_mock import recent
from tempolor_mock.callbacks import parcels, post
from tempolor_mock.domain import accounts, callbacks, errors, midi, music, paging, scheduler, voices
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.jobs import Plan
from tempolor_mock.exchange import DEPTH_HEADER
from tempolor_mock.files import links
from tempolor_mock.middleware import reading, security, validation
from tempolor_mock.operations import music as music_operations
from tempolor_mock.operations import scheduler as scheduler_operations
from tempolor_mock.store import memory

from .kinds import Deviation, Kind, Patch
from .service import TOKEN

_entry = music._running_entry  # noqa: SLF001 - a 429 shows a job in one way only
Patches = Callable[[], tuple[Patch, ...]]
Make = Callable[[Any], Any]


def swap(owner: Any, name: str, make: Make) -> Patches:
    """Replace one name."""
    return lambda: (Patch(owner, name, make),)


def instead(function: Callable[..., Any]) -> Make:
    """Put a function in the place of another one, which it does not need."""
    return lambda _found: function


def forgiving(*said: str) -> Make:
    """Check as before, and let pass what breaks nothing but what was said."""

    def make(check: Any) -> Any:
        def checked(self: Any, value: Any) -> None:
            try:
                check(self, value)
            except validation.BrokenRequestError as refusal:
                if not all(any(each in told for each in said) for told in refusal.violations):
                    raise

        return checked

    return make


def _any_model() -> tuple[Patch, ...]:
    return (
        Patch(validation.ObjectCheck, "__call__", forgiving("body.model_song")),
        Patch(music_operations, "_model", instead(lambda call, name: call.defaults[name])),
    )


def _prompt_optional(check: Any) -> Any:
    def checked(self: Any, value: Any) -> None:
        if isinstance(value, dict) and "prompt" in self._properties:
            value.setdefault("prompt", "x")
        check(self, value)

    return checked


def _open_door(check: Any) -> Any:
    def checked(self: Any, headers: Any, worlds: Any) -> Any:
        try:
            return check(self, headers, worlds)
        except errors.ServiceError:
            return Token.parse(TOKEN)

    return checked


def _any_scheme(_read: Any) -> Any:
    def read(header: bytes) -> Token | None:
        value = header.decode("latin-1").rpartition(" ")[2]
        return (Token.parse(value) or Token.parse(f"user:12345-{value}")) if value else None

    return read


def _readable_by_all() -> tuple[Patch, ...]:
    """Let every user find every job."""
    known: dict[str, Any] = {}

    def remember(put: Any) -> Any:
        def kept(self: Any, item: Any) -> None:
            known[str(item.id)] = item
            put(self, item)

        return kept

    def lend(get: Any) -> Any:
        def found(world: Any, job_id: str) -> Any:
            try:
                return get(world, job_id)
            except errors.ServiceError:
                if job_id in known and known[job_id].id.number != world.token.number:
                    return known[job_id]
                raise

        return found

    return Patch(memory.MemoryJobs, "put", remember), Patch(music, "get", lend)


def _no_deletion(get: Any) -> Any:
    def pretend(world: Any, name: str) -> None:
        get(world, name)

    return pretend


def _plan_with(change: Callable[[Plan], Plan]) -> Make:
    return lambda make: lambda policy, draws: change(make(policy, draws))


def _zigzag(plan: Plan) -> Plan:
    steps = list(plan.steps)
    steps[2], steps[3] = replace(steps[2], progress=steps[3].progress), replace(steps[3], progress=steps[2].progress)
    return Plan(tuple(steps))


def _all_jobs(world: Any, user_id: str) -> int:
    return sum(job.id.user_id == user_id for job in world.jobs)


def _admission(count: Callable[[Any, Any, int], bool]) -> Make:
    """Admit by another decision: `count` tells whether an account is busy."""

    def make(_found: Any) -> Any:
        def admit(world: Any, account: Any, limit: int) -> None:
            if count(world, account, limit):
                running = world.jobs.active(account.user_id)
                raise errors.account_busy({account.user_id: [_entry(job) for job in running]})

        return admit

    return make


def _active(world: Any, account: Any) -> int:
    return int(world.jobs.count_active(account.user_id))


def _cancelled_keeps_slot() -> tuple[Patch, ...]:
    cancelled: dict[str, Any] = {}

    def cancel(original: Any) -> Any:
        def done(world: Any, job_id: str) -> None:
            original(world, job_id)
            cancelled[job_id] = world.jobs.get(job_id.rpartition(":")[2])

        return done

    def is_busy(world: Any, account: Any, limit: int) -> bool:
        held = [job for job in cancelled.values() if job.id.user_id == account.user_id and job.ends_ms > world.now_ms]
        return _active(world, account) + len(held) >= limit

    return Patch(scheduler, "cancel", cancel), Patch(music, "_admit", _admission(is_busy))


def _sticky_limit(admit: Any) -> Any:
    def admitted(world: Any, account: Any, limit: int) -> None:
        world.accounts[account.user_id] = replace(account, max_jobs=limit)
        admit(world, account, limit)

    return admitted


def _busy_with_ended(_found: Any) -> Any:
    def admit(world: Any, account: Any, limit: int) -> None:
        if _active(world, account) >= limit:
            mine = [job for job in world.jobs if job.id.user_id == account.user_id]
            raise errors.account_busy({account.user_id: [_entry(job) for job in mine]})

    return admit


def _settled(change: Callable[[Any, Any, int, Any], None]) -> Patches:
    """Announce steps in another way."""

    def make(announce: Any) -> Any:
        def announced(world: Any, job: Any, step: int) -> None:
            change(world, job, step, announce)

        return announced

    return swap(callbacks, "announce", make)


def _last(job: Any, step: int) -> bool:
    return step == len(job.plan.steps) - 1


def _twice(world: Any, job: Any, step: int, announce: Any) -> None:
    announce(world, job, step)
    if _last(job, step):
        announce(world, job, step)


def _not_the_last(world: Any, job: Any, step: int, announce: Any) -> None:
    if not _last(job, step):
        announce(world, job, step)


def _mixed_up(world: Any, job: Any, step: int, announce: Any) -> None:
    order = {2: 3, 3: 2}
    announce(world, job, order.get(step, step))


def _never(_world: Any, _job: Any, _step: int, _announce: Any) -> None:
    """Announce nothing."""


def _reports_after_cancel(cancel: Any) -> Any:
    def cancelled(world: Any, job_id: str) -> None:
        job = world.jobs.get(job_id.rpartition(":")[2])
        cancel(world, job_id)
        for step in range(job.settled_steps, len(job.plan.steps)):
            callbacks.announce(world, job, step)

    return cancelled


def _reported(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Patches:
    """Send another content."""

    def make(content: Any) -> Any:
        return lambda world, job, at_ms: change(content(world, job, at_ms))

    return swap(parcels, "_content", make)


def _less(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: {name: value for name, value in data.items() if name not in names}


def _sent(change: Callable[[Any, bytes], tuple[str, Any, bytes, dict[str, str]]]) -> Patches:
    """Send reports in another way: `change` returns method, address, body and headers."""

    def make(_try: Any) -> Any:
        async def tried(self: Any, target: Any, body: bytes, depth: int) -> Any:
            method, url, content, headers = change(target, body)
            headers = {DEPTH_HEADER: str(depth), **headers}
            async with self._session.request(
                method, url, data=content, headers=headers, allow_redirects=False
            ) as response:
                await response.read()
                return parcels.Receipt(response.status)

        return tried

    return swap(post.Post, "_try", make)


def _as_form(target: Any, body: bytes) -> tuple[str, Any, bytes, dict[str, str]]:
    return "POST", target, json.dumps({"payload": body.decode()}).encode(), {}


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


def _other_suffix(download: Any) -> Any:
    return lambda world, job, _format, base_url: download(world, job, "mp3", base_url)


def _expired_at_once(download: Any) -> Any:
    def linked(world: Any, job: Any, kind: Any, base_url: str) -> str:
        before = SimpleNamespace(
            token=world.token, now_ms=world.now_ms - 10_000_000, policy=SimpleNamespace(link_seconds=3600)
        )
        return str(download(before, job, kind, base_url))

    return linked


def _never_expires(valid: Any) -> Any:
    def is_valid(token: Any, path: str, auth_key: str, _now_ms: int) -> bool:
        return bool(valid(token, path, auth_key, 0))

    return is_valid


def _any_type(page: Any) -> Any:
    """List both kinds of music together."""

    def paged(world: Any, _kind: Any, *, user_id: str | None, cursor: str | None) -> Any:
        account = accounts.the_one(world, user_id)
        before = paging.read_cursor(cursor) if cursor else None
        both = chain.from_iterable(
            world.jobs.page(f"{account.user_id}/{kind}", before=before, limit=world.policy.page_size + 1)
            for kind in ("song", "instrumental")
        )
        return paging.cut(sorted(both, key=lambda job: -job.number), world.policy.page_size)

    del page
    return paged


def _any_account(page: Any) -> Any:
    """List the music of all accounts together."""

    def paged(world: Any, kind: Any, *, user_id: str | None, cursor: str | None) -> Any:
        accounts.the_one(world, user_id)
        before = paging.read_cursor(cursor) if cursor else 2**62
        found: Iterator[Any] = (job for job in world.jobs if job.kind == kind and job.number < before)
        return paging.cut(
            sorted(found, key=lambda job: -job.number)[: world.policy.page_size + 1], world.policy.page_size
        )

    del page
    return paged


def _skipping(cut: Any) -> Any:
    """Let the cursor skip an item."""

    def made(found: Any, size: int) -> Any:
        page = cut(found, size)
        return replace(page, cursor=paging.write_cursor(page.items[-1].number - 1)) if page.cursor else page

    return made


def _repeating(cut: Any) -> Any:
    """Let the cursor lead to a page that begins with the last item of the one before."""

    def made(found: Any, size: int) -> Any:
        page = cut(found, size)
        return replace(page, cursor=paging.write_cursor(page.items[-1].number + 1)) if page.cursor else page

    return made


def _elapsed_from(rows: Any) -> Any:
    def shown(job: Any, now_ms: int) -> Any:
        return {**rows(job, now_ms), "elapsed": "99:59"}

    return shown


def _missing(_world: Any, _account: Any, _name: str) -> None:
    raise errors.no_source_material()


def _midi_alone(request: Any) -> None:
    if request.midi_id and (request.artist_voice_id or request.cloned_voice_id):
        raise errors.excluded_by("midiItemId", "artistVoiceItemId", "clonedVoiceItemId")


def _one_voice(request: Any) -> None:
    if request.artist_voice_id and request.cloned_voice_id:
        raise errors.exclude_each_other("artistVoiceItemId", "clonedVoiceItemId")


def _lenient(read: Any) -> Any:
    def media_type(self: Any, headers: Any) -> Any:
        try:
            return read(self, headers)
        except errors.ServiceError:
            return next(iter(self._schemas))

    return media_type


def _json_only(read: Any) -> Any:
    def media_type(self: Any, headers: Any) -> Any:
        kind = read(self, headers)
        if "form" in kind:
            raise errors.wrong_media_type(["application/json"])
        return kind

    return media_type


def _unvoiced(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "ltmMaterialExtendDto": {**item["ltmMaterialExtendDto"], "ltmVocalModel": False}}


def _first_account(_found: Any) -> Any:
    return lambda world, user_id: accounts.get(world, user_id) if user_id else accounts.all_of(world)[0]


def _unknown_is_first(the_one: Any) -> Any:
    def chosen(world: Any, user_id: str | None) -> Any:
        return the_one(world, user_id if user_id in world.accounts else None)

    return chosen


def _table(
    kind: Kind, name: str, sentence: str, expects: str, patches: Patches | None = None, **more: Any
) -> Deviation:
    return Deviation(id=name, kind=kind, sentence=sentence, expects=tuple(expects.split()), patches=patches, **more)


_check = partial(swap, validation.ObjectCheck, "__call__")
_dropped = partial(_table, Kind.VALIDATION)
_auth = partial(_table, Kind.AUTH)
_identity = partial(_table, Kind.IDENTITY)
_life = partial(_table, Kind.LIFECYCLE)
_capacity = partial(_table, Kind.CAPACITY)
_callbacks = partial(_table, Kind.CALLBACKS)
_scheduler = partial(_table, Kind.SCHEDULER)
_files = partial(_table, Kind.FILES)
_pages = partial(_table, Kind.PAGES)
_time = partial(_table, Kind.TIME)

_REFUSED: Final = "invalid-values-are-400 invalid-is-refused"
_ADMIT: Final = partial(swap, music, "_admit")
_RULES: Final = "valid-orders-are-taken busy-only-when-full account-limit-is-exact own-limit-replaces-the-accounts"

SWITCHES: Final = (
    _dropped("long-prompts", "A prompt may be of any length.", _REFUSED, _check(forgiving("body.prompt"))),
    _dropped("long-lyrics", "Lyrics may be of any length.", _REFUSED, _check(forgiving("body.lyrics"))),
    _dropped("any-tonality", "Any key is taken.", _REFUSED, _check(forgiving("body.tonality"))),
    _dropped("any-tempo", "Any tempo is taken.", _REFUSED, _check(forgiving("body.bpm"))),
    _dropped("long-chords", "Chords may be of any length.", _REFUSED, _check(forgiving("body.chords"))),
    _dropped("any-model", "Any model of songs is taken.", _REFUSED, _any_model),
    _dropped("long-reply-url", "A `replyUrl` may be of any length.", _REFUSED, _check(forgiving("body.replyUrl"))),
    _dropped("long-reply-ref", "A `replyRef` may be of any length.", _REFUSED, _check(forgiving("body.replyRef"))),
    _dropped("any-type", "A list of any type is a list.", _REFUSED, _check(forgiving(".type"))),
    _dropped("prompt-optional", "An order needs no prompt.", _REFUSED, _check(_prompt_optional)),
    _dropped(
        "voices-together",
        "An artist's voice and a cloned one go together.",
        "voice-and-midi-exclude-each-other invalid-is-refused invalid-values-are-400",
        swap(music, "_check_combination", instead(_midi_alone)),
    ),
    _dropped(
        "voice-with-midi",
        "A voice and a MIDI file go together.",
        "voice-and-midi-exclude-each-other invalid-is-refused invalid-values-are-400",
        swap(music, "_check_combination", instead(_one_voice)),
    ),
    _dropped(
        "account-guessed",
        "With several accounts, a list without `user_id` is the first one's.",
        "several-accounts-need-a-name",
        swap(accounts, "the_one", _first_account),
    ),
    _dropped(
        "unknown-account-ignored",
        "An unknown `user_id` counts as left out.",
        "unknown-account-is-404",
        swap(accounts, "the_one", _unknown_is_first),
    ),
    _dropped(
        "any-media-type",
        "Uploads are taken as whatever Content-Type.",
        "upload-refuses-what-it-cannot-be",
        swap(reading.BodyReader, "media_type", _lenient),
    ),
    _auth(
        "no-token-needed",
        "Nothing needs a token.",
        "no-token-no-answer",
        swap(security.Security, "check", _open_door),
    ),
    _auth(
        "any-token",
        "Any text is a token.",
        "no-token-no-answer",
        swap(security, "bearer_token", _any_scheme),
    ),
    _identity(
        "foreign-jobs-readable",
        "Another user's job can be read.",
        "ids-belong-to-their-user",
        _readable_by_all,
    ),
    _identity(
        "order-to-another-account",
        "An order goes to the freest account, whatever it names.",
        "order-goes-to-its-account",
        swap(music, "_account_for", instead(lambda world, _request: accounts.freest(world))),
    ),
    _identity(
        "deleted-job-stays",
        "A deleted piece is still there.",
        "deleted-is-gone",
        swap(music, "delete", instead(_no_deletion(music.get))),
    ),
    _identity(
        "deleted-midi-stays",
        "A deleted MIDI file is still there.",
        "deleted-is-gone ready-material-can-be-used",
        swap(midi, "delete", instead(_no_deletion(midi.get))),
    ),
    _identity(
        "deleted-voice-stays",
        "A deleted voice is still there.",
        "deleted-is-gone ready-material-can-be-used",
        swap(voices, "delete", instead(_no_deletion(voices.get))),
    ),
    _identity(
        "deleted-account-stays",
        "A deleted account is still there.",
        "account-round-trips deleted-is-gone",
        swap(accounts, "delete", instead(_no_deletion(accounts.get))),
    ),
    _identity(
        "deleted-voice-usable",
        "A deleted voice can be ordered with.",
        "ready-material-can-be-used deleted-is-gone",
        swap(voices, "check_usable", instead(lambda _world, _account, _name: None)),
    ),
    _identity(
        "account-limit-forgotten",
        "An account is stored with 10 jobs, whatever was sent.",
        "account-keeps-its-limit",
        swap(accounts, "configure", lambda make: lambda world, params, _limit: make(world, params, None)),
    ),
    _life(
        "never-final",
        "Jobs stop at 80 and never end.",
        "model-jobs-end slot-is-freed-by-completion complete-can-be-downloaded callbacks-end-with-one-final",
        swap(music, "plan_for", _plan_with(lambda plan: plan.stalling(80))),
    ),
    _life(
        "progress-goes-back",
        "Progress goes 20, 60, 40, 80.",
        "progress-never-goes-back",
        swap(music, "plan_for", _plan_with(_zigzag)),
    ),
    _life(
        "refuses-all-forms",
        "Orders sent as forms are refused.",
        "valid-orders-are-taken valid-is-accepted",
        swap(reading.BodyReader, "media_type", _json_only),
    ),
    _life(
        "voice-is-not-marked",
        "An item does not tell that a voice was chosen.",
        "sources-come-back order-comes-back",
        swap(recent, "music_item", lambda show: lambda *a, **k: _unvoiced(show(*a, **k))),
        equivalent="A tolerated reading: the pages do not say what the two marks mean.",
    ),
    _capacity(
        "never-busy",
        "No account is ever busy.",
        "full-is-busy account-limit-is-exact own-limit-replaces-the-accounts",
        _ADMIT(_admission(lambda _world, _account, _limit: False)),
    ),
    _capacity(
        "busy-one-early",
        "An account is busy one job too early.",
        _RULES,
        _ADMIT(_admission(lambda world, account, limit: _active(world, account) + 1 >= limit)),
    ),
    _capacity(
        "busy-one-late",
        "An account is busy one job too late.",
        "full-is-busy account-limit-is-exact own-limit-replaces-the-accounts",
        _ADMIT(_admission(lambda world, account, limit: _active(world, account) > limit)),
    ),
    _capacity(
        "slot-kept-after-end",
        "A job that has ended keeps its slot.",
        f"slot-is-freed-by-completion {_RULES}",
        _ADMIT(_admission(lambda world, account, limit: _all_jobs(world, account.user_id) >= limit)),
    ),
    _capacity(
        "slot-kept-after-cancel",
        "A cancelled job keeps its slot until it ends.",
        f"slot-is-freed-by-cancel {_RULES}",
        _cancelled_keeps_slot,
    ),
    _capacity(
        "own-limit-ignored",
        "`maxJobs` of an order is ignored.",
        "own-limit-replaces-the-accounts full-is-busy busy-only-when-full",
        _ADMIT(_admission(lambda world, account, _limit: _active(world, account) >= account.max_jobs)),
    ),
    _capacity(
        "own-limit-stays",
        "`maxJobs` of an order becomes the account's.",
        "own-limit-replaces-the-accounts available-has-the-limits account-limit-is-exact account-round-trips",
        _ADMIT(_sticky_limit),
    ),
    _capacity(
        "slots-shared-by-accounts",
        "The jobs of all accounts count for each.",
        f"{_RULES} busy-body-is-one-of-two",
        _ADMIT(_admission(lambda world, _account, limit: len(world.jobs.active()) >= limit)),
    ),
    _capacity(
        "busy-lists-ended-jobs",
        "A 429 lists jobs that have ended.",
        "busy-lists-only-running busy-body-is-one-of-two",
        _ADMIT(_busy_with_ended),
    ),
    _callbacks("final-twice", "The final report comes twice.", "callbacks-end-with-one-final", _settled(_twice)),
    _callbacks(
        "no-final-report", "The final report does not come.", "callbacks-end-with-one-final", _settled(_not_the_last)
    ),
    _callbacks("no-reports", "No reports come.", "callbacks-end-with-one-final", _settled(_never)),
    _callbacks("reports-mixed-up", "Reports come out of order.", "callbacks-come-in-order", _settled(_mixed_up)),
    _callbacks(
        "reports-after-cancel",
        "Reports go on after a job was cancelled.",
        "no-callback-after-cancel",
        swap(scheduler, "cancel", _reports_after_cancel),
    ),
    _callbacks(
        "reports-by-put",
        "Reports are a PUT.",
        "callback-is-a-json-post",
        _sent(lambda target, body: ("PUT", target, body, {})),
    ),
    _callbacks(
        "reports-as-text",
        "Reports come as text/plain.",
        "callback-is-a-json-post",
        _sent(lambda target, body: ("POST", target, body, {"Content-Type": "text/plain"})),
    ),
    _callbacks(
        "reports-wrapped",
        "A report is wrapped in an object.",
        "callback-is-a-json-post callbacks-end-with-one-final",
        _sent(_as_form),
    ),
    _callbacks(
        "reports-lose-the-query",
        "The query of `replyUrl` is lost.",
        "callback-goes-to-its-address",
        _sent(lambda target, body: ("POST", target.with_query(None), body, {})),
    ),
    _callbacks(
        "reports-without-reference",
        "A report has no `replyRef`.",
        "callback-repeats-the-order",
        _reported(_less("replyRef")),
    ),
    _callbacks(
        "reports-with-another-title",
        "A report has another title than a poll.",
        "callback-is-what-a-poll-shows finished-item-is-stable",
        _reported(lambda data: {**data, "titleEn": "Untitled"}),
    ),
    _callbacks(
        "reports-without-job-id",
        "A report does not name its job.",
        "callback-is-a-json-post callbacks-end-with-one-final",
        _reported(_less("job_id")),
    ),
    _scheduler(
        "ended-jobs-listed",
        "The scheduler lists jobs that have ended.",
        "scheduler-lists-what-runs available-adds-up",
        _running_with(_all_of),
    ),
    _scheduler(
        "cancelled-jobs-listed",
        "The scheduler lists cancelled jobs until they end.",
        "scheduler-lists-what-runs",
        _cancelled_listed,
    ),
    _scheduler(
        "cancel-again-and-again",
        "A job can be cancelled twice, and after its end.",
        "cancel-works-once",
        swap(scheduler, "cancel", _always_cancelled),
    ),
    _scheduler(
        "cancel-deletes",
        "Cancelling deletes the job.",
        "cancelled-job-is-still-there what-was-made-can-be-found",
        swap(scheduler, "cancel", _cancel_deletes),
    ),
    _scheduler(
        "cancel-does-nothing",
        "Cancelling changes nothing.",
        "slot-is-freed-by-cancel cancel-works-once scheduler-lists-what-runs",
        swap(scheduler, "cancel", _cancel_does_nothing),
    ),
    _files(
        "download-too-early",
        "A job at work can be downloaded.",
        "download-only-when-complete",
        swap(music, "downloadable", instead(music.get)),
    ),
    _files(
        "always-mp3",
        "Whatever format is asked for, the link is to an MP3.",
        "link-serves-its-kind",
        swap(links, "download", _other_suffix),
    ),
    _files(
        "link-never-expires",
        "A link works for ever.",
        "link-lasts-and-expires",
        swap(links, "is_valid", _never_expires),
    ),
    _files(
        "link-expired-at-once",
        "A link has expired when it is handed out.",
        "link-lasts-and-expires link-serves-its-kind",
        swap(links, "download", _expired_at_once),
    ),
    _pages(
        "type-ignored",
        "A list of music holds both kinds.",
        "type-filters",
        swap(music, "page", _any_type),
    ),
    _pages(
        "accounts-mixed",
        "A list of music holds that of all accounts.",
        "list-keeps-to-its-account",
        swap(music, "page", _any_account),
    ),
    _pages("cursor-skips", "A page skips an item.", "pages-neither-lose-nor-repeat", swap(paging, "cut", _skipping)),
    _pages(
        "cursor-overlaps",
        "A page begins with the last item of the one before.",
        "pages-neither-lose-nor-repeat",
        swap(paging, "cut", _repeating),
    ),
    _time(
        "elapsed-made-up",
        "`elapsed` is not the time since `started`.",
        "elapsed-fits-started running-row-goes-on",
        swap(scheduler_operations, "_running_object", _elapsed_from),
    ),
    _time(
        "voice-never-ready",
        "A voice that was answered as ready is never ready.",
        "clone-status-fits-its-body ready-voice-stays-ready ready-material-can-be-used",
        swap(voices, "check_usable", instead(_missing)),
    ),
)
