"""Deviations in the answers: a rewrite for each, on the way out."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from .kinds import NOTHING, Answer, Asked, Deviation, Kind, Rewrite

Change = Callable[[Any], Any]
ORDERS: Final = ("create_song", "create_instrumental")
LISTS: Final = ("list_music", "list_midi", "list_cloned_voices")
ITEM: Final = ("get_music",)
_SUCCESS: Final = range(200, 300)
_COMPLETED: Final = 30


def edit(names: Iterable[str], change: Change, status: int | None = None) -> Rewrite:
    """Change the JSON of some operations' answers: those with a status, or all successes; no names means all."""
    wanted = frozenset(names)

    def rewrite(asked: Asked, answer: Answer) -> None:
        fits = answer.status == status if status else answer.status in _SUCCESS
        if fits and asked.operation and (not wanted or asked.operation in wanted) and answer.data is not NOTHING:
            answer.put(change(answer.data))

    return rewrite


def at(path: str, change: Change) -> Change:
    """Change what stands at a path such as `records.*.name`; where nothing stands, nothing happens."""
    head, _, rest = path.partition(".")

    def changed(data: Any) -> Any:
        if head == "*":
            inner = at(rest, change) if rest else change
            if isinstance(data, dict):
                return {name: inner(value) for name, value in data.items()}
            return [inner(value) for value in data] if isinstance(data, list) else data
        if isinstance(data, dict) and head in data:
            return {**data, head: (at(rest, change) if rest else change)(data[head])}
        return data

    return changed


def put(value: Any) -> Change:
    """Replace by a value."""
    return lambda _old: value


def without(*names: str) -> Change:
    """Leave fields out of an object."""
    return lambda data: {name: value for name, value in data.items() if name not in names}


def with_fields(**fields: Any) -> Change:
    """Add or replace fields of an object."""
    return lambda data: {**data, **fields}


def when(condition: Callable[[Any], bool], change: Change) -> Change:
    """Change what satisfies a condition."""
    return lambda data: change(data) if condition(data) else data


def done(item: Any) -> bool:
    """Tell whether an item is COMPLETED."""
    return isinstance(item, dict) and item.get("status") == _COMPLETED


def answers(condition: Callable[[Asked, Answer], bool], status: int, data: Any = NOTHING) -> Rewrite:
    """Answer otherwise where a condition holds."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        if condition(asked, answer):
            answer.become(status, data)

    return rewrite


def error(code: int, text: str = "Something is wrong") -> dict[str, Any]:
    """Return an error as the service words it."""
    return {"error": text, "code": code}


def on(name: str, status: int | None = None) -> Callable[[Asked, Answer], bool]:
    """Tell whether an answer is an operation's, with a status or any success."""
    return lambda asked, answer: (
        asked.operation == name and (answer.status == status if status else answer.status in _SUCCESS)
    )


def header(condition: Callable[[Asked, Answer], bool], name: bytes, value: bytes | None) -> Rewrite:
    """Replace a header where a condition holds; None takes it away."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        if condition(asked, answer):
            for each in [each for each in answer.headers if each.lower() == name]:
                del answer.headers[each]
            if value is not None:
                answer.headers[name] = value

    return rewrite


def recode(wanted: int, status: int) -> Rewrite:
    """Answer one status as another, in body and head."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        if answer.status == wanted and asked.operation:
            data = answer.data
            answer.become(status, {**data, "code": status} if isinstance(data, dict) else NOTHING)

    return rewrite


def previous(name: str) -> Rewrite:
    """Answer with what was answered to the call before, of the same user."""
    kept: dict[str, tuple[bytes, bytes]] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == name and answer.status in _SUCCESS:
            mine = (asked.raw_path, answer.body)
            path, body = kept.get(asked.token, mine)
            kept[asked.token] = mine
            if path != asked.raw_path:
                answer.body = body

    return rewrite


def counting(names: Iterable[str], change: Callable[[Any, int], Any], path: str = "") -> Rewrite:
    """Change answers by how often the same was asked before."""
    seen: dict[bytes, int] = {}
    wanted = frozenset(names)

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in wanted and answer.status in _SUCCESS:
            seen[asked.raw_path] = number = seen.get(asked.raw_path, -1) + 1
            one: Change = partial(_with_number, change, number)
            answer.put((at(path, one) if path else one)(answer.data))

    return rewrite


def _with_number(change: Callable[[Any, int], Any], number: int, data: Any) -> Any:
    return change(data, number)


def ended(change: Change) -> Rewrite:
    """Change an item in all polls after the one that first showed it COMPLETED."""
    known: set[bytes] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "get_music" and answer.status == 200 and done(answer.data):
            if asked.raw_path in known:
                answer.put(change(answer.data))
            known.add(asked.raw_path)

    return rewrite


def _redirected(asked: Asked, answer: Answer) -> None:
    if asked.raw_path.endswith(b"/") and asked.operation:
        answer.become(307)
        answer.headers[b"location"] = asked.raw_path.rstrip(b"/")


def _swap_first(names: list[str]) -> list[str]:
    return [*names[1:], *names[:1]] if len(names) > 1 else ["000000000000000"]


def _shifted(text: str, **by: float) -> str:
    moment = datetime.fromisoformat(text) + timedelta(**by)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _forgotten(owner: str, path: str) -> Rewrite:
    """Answer 404 for an item once it was seen complete."""
    gone: set[str] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation != owner:
            return
        if asked.path in gone:
            answer.become(404, error(404, f"No record found for {asked.path.rpartition('/')[2]}"))
        elif done(answer.data) and path:
            gone.add(asked.path)

    return rewrite


def _same_jobs() -> Rewrite:
    first: dict[str, Any] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in ORDERS and answer.status == 200:
            data = answer.data
            kept = first.setdefault(asked.token, data)
            answer.put({**data, "jobs": kept["jobs"], "itemIds": kept["itemIds"]})

    return rewrite


def _halved(data: Any) -> Any:
    return {**data, "records": data["records"][1:]} if len(data.get("records", ())) > 1 else data


def _always_first_page() -> Rewrite:
    first: dict[tuple[str, str], bytes] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in LISTS and answer.status == 200:
            if b"cursor=" in asked.query and b"cursor=&" not in asked.query and not asked.query.endswith(b"cursor="):
                answer.body = first.get((asked.token, asked.operation), answer.body)
            elif answer.data.get("hasNext"):
                first[asked.token, asked.operation] = answer.body

    return rewrite


def answers_with(names: Iterable[str], status: int) -> Rewrite:
    """Answer the successes of some operations with another status."""
    wanted = frozenset(names)

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in wanted and answer.status in _SUCCESS:
            answer.status = status

    return rewrite


def wrong_method(status: int) -> Rewrite:
    """Answer methods that a path does not know with another status than 405."""

    def rewrite(_asked: Asked, answer: Answer) -> None:
        if answer.status == 405:
            answer.become(status, error(status))

    return rewrite


def _still(data: Any) -> Any:
    return at("executing.*.elapsed", put("00:00"))(at("*.elapsed", put("00:00"))(data))


def _rule(
    kind: Kind, name: str, sentence: str, expects: str, make: Callable[[], Rewrite] | None = None, **more: Any
) -> Deviation:
    return Deviation(id=name, kind=kind, sentence=sentence, expects=tuple(expects.split()), rewrite=make, **more)


_FITS: Final = "answer-fits-schema"
_schema = partial(_rule, Kind.SCHEMA)
_status = partial(_rule, Kind.STATUS)
_auth = partial(_rule, Kind.AUTH)
_identity = partial(_rule, Kind.IDENTITY)
_life = partial(_rule, Kind.LIFECYCLE)
_capacity = partial(_rule, Kind.CAPACITY)
_scheduler = partial(_rule, Kind.SCHEDULER)
_files = partial(_rule, Kind.FILES)
_pages = partial(_rule, Kind.PAGES)
_time = partial(_rule, Kind.TIME)
_dropped = partial(_rule, Kind.VALIDATION)

REWRITES: Final = (
    _schema(
        "account-without-limit",
        "An account has no `maxJobs`.",
        f"{_FITS} account-keeps-its-limit",
        lambda: edit(["get_account"], without("maxJobs")),
    ),
    _schema(
        "accounts-as-a-list",
        "The accounts come as a list.",
        _FITS,
        lambda: edit(["list_accounts"], lambda data: list(data.values())),
    ),
    _schema(
        "progress-as-text",
        "`progress` is a text.",
        _FITS,
        lambda: edit(ITEM, at("progress", str)),
    ),
    _schema(
        "unknown-status",
        "A job at work has status 20.",
        f"{_FITS} status-triple-agrees",
        lambda: edit(ITEM, at("status", when(lambda status: status == 0, put(20)))),
    ),
    _schema("title-null", "A title is null.", _FITS, lambda: edit(ITEM, at("titleEn", put(None)))),
    _schema(
        "midi-name-as-number",
        "The name of a MIDI file is a number.",
        _FITS,
        lambda: edit(["list_midi"], at("records.*.name", put(7))),
    ),
    _schema(
        "error-without-code",
        "A 404 has no `code`.",
        "error-envelope",
        lambda: edit([], without("code"), 404),
    ),
    _schema(
        "error-code-as-text",
        "The `code` of a 400 is a text.",
        "error-envelope",
        lambda: edit([], at("code", str), 400),
    ),
    _schema(
        "jobs-as-text",
        "`jobs` of an order is one text.",
        f"{_FITS} jobs-match-item-ids",
        lambda: edit(["create_song"], at("jobs", ",".join)),
    ),
    _schema(
        "elapsed-in-seconds",
        "`elapsed` is a number of seconds.",
        _FITS,
        lambda: edit(["list_running_jobs"], at("*.elapsed", put("12"))),
    ),
    _schema(
        "available-as-text",
        "`available` of an account is a text.",
        _FITS,
        lambda: edit(["get_available_capacity"], at("available.*.available", str)),
    ),
    _schema(
        "busy-without-started",
        "A running job in a 429 has no `started`.",
        "busy-body-is-one-of-two error-envelope",
        lambda: edit([], at("runningJobs.*.*", without("started")), 429),
    ),
    _schema(
        "has-next-as-text",
        "`hasNext` is a text.",
        _FITS,
        lambda: edit(["list_music"], at("hasNext", str)),
    ),
    _schema(
        "scheduler-wrapped",
        "The running jobs come inside an object.",
        _FITS,
        lambda: edit(["list_running_jobs"], lambda data: {"executing": data}),
    ),
    _schema(
        "tempo-with-fraction",
        "`bpm` of an item is no whole number.",
        f"{_FITS} order-comes-back",
        lambda: edit(ITEM, at("musicMaterial.bpm", lambda bpm: bpm + 0.5)),
    ),
    _status("order-201", "An order is a 201.", "status-documented", lambda: answers_with(ORDERS, 201)),
    _status(
        "account-deleted-200",
        "Deleting an account is a 200.",
        "status-documented",
        lambda: answers(on("delete_account"), 200, {}),
    ),
    _status("cancel-200", "Cancelling is a 200.", "status-documented", lambda: answers(on("cancel_job"), 200, {})),
    _status("wrong-method-404", "An unknown method is a 404.", "wrong-method-is-405", lambda: wrong_method(404)),
    _status(
        "no-allow-header",
        "A 405 does not name the methods that are allowed.",
        "documented-headers",
        lambda: header(lambda _asked, answer: answer.status == 405, b"allow", None),
    ),
    _status(
        "item-as-html",
        "An item comes as text/html.",
        "media-type-documented",
        lambda: header(on("get_music"), b"content-type", b"text/html"),
    ),
    _status(
        "errors-as-text",
        "Errors come as text/plain.",
        "media-type-documented error-envelope",
        lambda: header(
            lambda asked, answer: bool(asked.operation) and answer.status in {400, 404}, b"content-type", b"text/plain"
        ),
    ),
    _status(
        "slash-redirects",
        "A trailing slash is redirected.",
        "no-redirects slash-at-the-end-is-nothing",
        lambda: _redirected,
    ),
    _status(
        "slash-unknown",
        "A trailing slash is a 404.",
        "slash-at-the-end-is-nothing",
        lambda: answers(lambda asked, _answer: asked.raw_path.endswith(b"/"), 404, error(404)),
    ),
    _status(
        "colons-must-be-plain",
        "An id with encoded colons is a 404.",
        "encoded-id-is-the-same-id",
        lambda: answers(lambda asked, _answer: b"%3a" in asked.raw_path.lower(), 404, error(404)),
    ),
    _status(
        "invalid-422",
        "Invalid values are a 422.",
        "status-documented invalid-values-are-400",
        lambda: recode(400, 422),
    ),
    _status(
        "code-is-not-the-status",
        "`code` of an error is 1.",
        "code-is-the-status error-envelope",
        lambda: edit([], with_fields(code=1), 404),
    ),
    _status(
        "busy-409",
        "A busy account is a 409.",
        "status-documented busy-body-is-one-of-two full-is-busy account-limit-is-exact",
        lambda: recode(429, 409),
    ),
    _status(
        "other-error-text",
        "The 400 of a download that is too early says something else.",
        "printed-error-texts download-only-when-complete",
        lambda: edit(["download_music"], with_fields(error="Please be patient"), 400),
    ),
    _dropped(
        "empty-cursor-refused",
        "An empty `cursor` is a 400.",
        "empty-is-left-out",
        lambda: answers(
            lambda asked, _answer: b"cursor=&" in asked.query + b"&", 400, error(400, "cursor has incorrect format")
        ),
    ),
    _auth(
        "no-token-403", "A missing token is a 403.", "no-token-no-answer status-documented", lambda: recode(401, 403)
    ),
    _auth(
        "scheduler-is-open",
        "The scheduler answers without a token.",
        "no-token-no-answer",
        lambda: answers(on("list_running_jobs", 401), 200, []),
    ),
    _auth(
        "accounts-are-open",
        "The accounts are listed without a token.",
        "no-token-no-answer",
        lambda: answers(on("list_accounts", 401), 200, {}),
    ),
    _auth(
        "anybody-may-cancel",
        "A job is cancelled without a token.",
        "no-token-no-answer",
        lambda: answers(on("cancel_job", 401), 204),
    ),
    _auth(
        "anybody-may-delete",
        "A piece is deleted without a token.",
        "no-token-no-answer",
        lambda: answers(on("delete_music", 401), 200, {"result": True}),
    ),
    _auth(
        "silent-401",
        "A 401 has no body.",
        "error-envelope",
        lambda: answers(lambda asked, answer: bool(asked.operation) and answer.status == 401, 401),
    ),
    _identity(
        "item-of-another-account",
        "`userId` of an item is not the account of its id.",
        "item-ids-agree",
        lambda: edit(ITEM, with_fields(userId="424242")),
    ),
    _identity(
        "item-id-differs",
        "`itemId` is not the last part of `job_id`.",
        "item-ids-agree item-keeps-its-identity",
        lambda: edit(ITEM, with_fields(itemId="000000000000000")),
    ),
    _identity(
        "another-job-is-shown",
        "A poll shows the job that was polled before.",
        "asked-is-answered",
        lambda: previous("get_music"),
    ),
    _identity(
        "another-account-is-shown",
        "The account that is shown is not the one that was asked for.",
        "account-that-was-asked-for",
        lambda: edit(["get_account"], with_fields(user_id="424242")),
    ),
    _identity(
        "accounts-under-wrong-keys",
        "The accounts stand under other keys than their ids.",
        "accounts-stand-under-their-ids",
        lambda: edit(["list_accounts"], lambda data: {f"x{name}": value for name, value in data.items()}),
    ),
    _identity(
        "foreign-number-in-ids",
        "The ids of an order begin with another user's number.",
        "ids-carry-the-token-number",
        lambda: edit(ORDERS, at("jobs.*", lambda name: name.replace("user:12345-", "user:99999-"))),
    ),
    _identity(
        "malformed-id-404",
        "A malformed id is a 404.",
        "malformed-id-is-400",
        lambda: answers(on("get_music", 400), 404, error(404)),
    ),
    _identity(
        "unknown-id-400",
        "An unknown id is a 400.",
        "unknown-id-is-404",
        lambda: answers(on("get_music", 404), 400, error(400)),
    ),
    _identity(
        "unknown-midi-is-deleted",
        "Deleting an unknown MIDI file succeeds.",
        "unknown-id-is-404 deleted-is-gone ids-belong-to-their-user",
        lambda: answers(on("delete_midi", 404), 200, {"result": True}),
    ),
    _identity(
        "job-ids-not-composite",
        "`job_id` of an item is its bare id.",
        "answer-fits-schema answer-fits-reading asked-is-answered item-ids-agree",
        lambda: edit(ITEM, lambda item: {**item, "job_id": item["itemId"]}),
    ),
    _life(
        "final-is-not-final",
        "`status_final` of a COMPLETED item is false.",
        "status-triple-agrees",
        lambda: edit(ITEM, when(done, with_fields(status_final=False))),
    ),
    _life(
        "name-of-another-status",
        "A COMPLETED item is called GENERATING.",
        "status-triple-agrees",
        lambda: edit(ITEM, when(done, with_fields(status_name="GENERATING"))),
    ),
    _life(
        "ends-at-99",
        "A COMPLETED item has progress 99.",
        "completed-is-100-percent",
        lambda: edit(ITEM, when(done, with_fields(progress=99))),
    ),
    _life(
        "works-again",
        "A job that has ended is at work again.",
        "status-never-goes-back final-stays-final",
        lambda: ended(with_fields(status=0, status_name="GENERATING", status_final=False, progress=100)),
    ),
    _life(
        "fails-after-completion",
        "A job that was COMPLETED is FAILED later.",
        "final-stays-final",
        lambda: ended(with_fields(status=10, status_name="FAILED", status_final=True)),
    ),
    _life(
        "title-changes",
        "A finished item has another title each time.",
        "finished-item-is-stable",
        lambda: counting(ITEM, lambda item, number: {**item, "titleEn": f"Take {number}"}),
    ),
    _life(
        "seed-changes",
        "An item has another seed each time.",
        "item-keeps-its-identity finished-item-is-stable",
        lambda: counting(ITEM, lambda item, number: at("musicMaterial.seed", put(number))(item)),
    ),
    _life(
        "prompt-is-lost",
        "The prompt does not come back.",
        "order-comes-back",
        lambda: edit(ITEM, at("ltmMaterialExtendDto.prompt", put("Something else"))),
    ),
    _life(
        "key-is-lost",
        "The key that was ordered does not come back.",
        "order-comes-back",
        lambda: edit(ITEM, at("musicMaterial.key", put("Q:major"))),
    ),
    _life(
        "tempo-is-lost",
        "The tempo that was ordered does not come back.",
        "order-comes-back",
        lambda: edit(ITEM, at("musicMaterial.bpm", put(61))),
    ),
    _life(
        "chords-are-lost",
        "The chords that were ordered do not come back.",
        "order-comes-back",
        lambda: edit(ITEM, at("musicMaterial.chord", put("Zsus"))),
    ),
    _life(
        "same-jobs-again",
        "Each order answers with the first one's jobs.",
        "jobs-are-new order-goes-to-its-account",
        _same_jobs,
    ),
    _life(
        "item-ids-out-of-order",
        "`itemIds` have another order than `jobs`.",
        "jobs-match-item-ids",
        lambda: edit(ORDERS, at("itemIds", _swap_first)),
    ),
    _life(
        "taken-but-false",
        "`result` of an order is false.",
        "result-means-success",
        lambda: edit(ORDERS, with_fields(result=False)),
    ),
    _life("no-jobs", "An order names no jobs.", "jobs-match-item-ids", lambda: edit(ORDERS, without("jobs"))),
    _life(
        "vanishes-when-done",
        "A job is gone once it was seen COMPLETED.",
        "what-was-made-can-be-found",
        lambda: _forgotten("get_music", "job_id"),
    ),
    _life(
        "plan-runs-over",
        "More generations are left than the plan has.",
        "plan-adds-up",
        lambda: edit(ORDERS, lambda data: {**data, "remainNum": data["totalNum"] + 1}),
    ),
    _life(
        "upload-under-another-name",
        "A MIDI file is listed under another name.",
        "upload-comes-back-in-its-list",
        lambda: edit(["list_midi"], at("records.*.name", put("Untitled"))),
    ),
    _life(
        "never-the-first",
        "`isFirst` is true for each MIDI file.",
        "is-first-means-first",
        lambda: edit(["upload_midi"], with_fields(isFirst=True)),
    ),
    _life(
        "voice-listed-unready",
        "A voice that is ready is listed as in work.",
        "ready-voice-stays-ready clone-status-fits-its-body",
        lambda: edit(["list_cloned_voices"], at("records.*.status", put(0))),
    ),
    _capacity(
        "busy-lists-one-less",
        "A 429 counts more running jobs than it lists.",
        "busy-body-is-one-of-two",
        lambda: edit([], at("runningJobs.*", lambda jobs: jobs[1:]), 429),
    ),
    _capacity(
        "busy-hides-the-reference",
        "A running job in a 429 has no `replyRef`.",
        "busy-repeats-the-order",
        lambda: edit([], at("runningJobs.*.*", without("replyRef")), 429),
    ),
    _capacity(
        "busy-under-no-key",
        "The jobs in a 429 stand in a list, not under their account.",
        "busy-body-is-one-of-two error-envelope",
        lambda: edit([], at("runningJobs", lambda jobs: [row for rows in jobs.values() for row in rows]), 429),
    ),
    _scheduler(
        "one-job-left-out",
        "The scheduler leaves out the oldest running job.",
        "scheduler-lists-what-runs",
        lambda: edit(["list_running_jobs"], lambda rows: rows[1:]),
    ),
    _scheduler(
        "available-counts-wrong",
        "`available` is one too many.",
        "available-adds-up",
        lambda: edit(["get_available_capacity"], at("available.*.available", lambda free: free + 1)),
    ),
    _scheduler(
        "executing-counts-wrong",
        "`executing` of an account is one less than its jobs.",
        "available-adds-up",
        lambda: edit(["get_available_capacity"], at("available.*.executing", lambda busy: max(0, busy - 1))),
    ),
    _scheduler(
        "full-accounts-first",
        "The account with fewest free slots stands first.",
        "available-is-sorted",
        lambda: edit(["get_available_capacity"], at("available", lambda rows: rows[::-1])),
    ),
    _scheduler(
        "limit-of-another",
        "`maxJobs` in the scheduler is not the account's.",
        "available-has-the-limits",
        lambda: edit(
            ["get_available_capacity"],
            at("available.*", lambda row: {**row, "maxJobs": row["maxJobs"] + 3, "available": row["available"] + 3}),
        ),
    ),
    _scheduler(
        "running-without-reference",
        "A running job does not show its `replyRef`.",
        "scheduler-repeats-the-order",
        lambda: edit(["list_running_jobs"], at("*", without("replyRef"))),
    ),
    _scheduler(
        "two-lists-differ",
        "The two listings of the scheduler do not show the same jobs.",
        "scheduler-lists-what-runs available-adds-up",
        lambda: edit(["get_available_capacity"], at("executing", lambda rows: rows[:-1])),
    ),
    _files(
        "link-without-host",
        "The link of a download has no host.",
        "download-has-a-link answer-fits-schema answer-fits-reading",
        lambda: edit(["download_music"], at("url", lambda url: "/" + url.split("/", 3)[3])),
    ),
    _files(
        "link-serves-html",
        "A link serves a web page.",
        "link-serves-its-kind",
        lambda: answers(
            lambda asked, answer: (
                "/music/" in asked.path and asked.path.startswith("/files/") and answer.status in _SUCCESS
            ),
            200,
            "<html>",
        ),
    ),
    _files(
        "download-never",
        "A COMPLETED job's files are never there.",
        "complete-can-be-downloaded",
        lambda: answers(on("download_music"), 404, error(404)),
    ),
    _files(
        "wav-is-mp3",
        "The link to a WAV leads to the MP3.",
        "link-serves-its-kind link-lasts-and-expires",
        lambda: header(
            lambda asked, answer: asked.path.endswith(".wav") and "/music/" in asked.path and answer.status in _SUCCESS,
            b"content-type",
            b"audio/mpeg",
        ),
    ),
    _files(
        "link-needs-a-token",
        "A link answers 401 without a token.",
        "link-lasts-and-expires link-serves-its-kind",
        lambda: answers(lambda asked, _answer: asked.path.startswith("/files/") and not asked.token, 401, error(401)),
    ),
    _files(
        "stems-without-link",
        "Stems that are done have no link.",
        "stems-are-done-or-not",
        lambda: edit(["split_stems"], without("stemsZipUrl")),
    ),
    _pages(
        "first-page-again",
        "A cursor leads to the first page again.",
        "pages-neither-lose-nor-repeat",
        _always_first_page,
    ),
    _pages(
        "page-loses-one",
        "Pages lose their first item.",
        "pages-neither-lose-nor-repeat",
        lambda: edit(["list_music", "list_midi"], _halved),
    ),
    _pages(
        "more-without-cursor",
        "`hasNext` is true where there is no `cursor`.",
        "more-pages-have-a-cursor",
        lambda: edit(LISTS, when(lambda data: not data["hasNext"], with_fields(hasNext=True))),
    ),
    _pages(
        "never-a-next-page",
        "`hasNext` is false on the first of several pages.",
        "pages-neither-lose-nor-repeat last-page-has-no-cursor",
        lambda: edit(LISTS, with_fields(hasNext=False, cursor="")),
    ),
    _pages(
        "item-twice",
        "A page holds an item twice.",
        "pages-neither-lose-nor-repeat",
        lambda: edit(LISTS, at("records", lambda rows: [*rows, *rows[:1]])),
    ),
    _pages(
        "oldest-first",
        "Music is listed oldest first.",
        "newest-comes-first",
        lambda: edit(["list_music"], at("records", lambda rows: rows[::-1])),
    ),
    _pages(
        "upload-not-listed",
        "The list of MIDI files is empty.",
        "upload-comes-back-in-its-list pages-neither-lose-nor-repeat",
        lambda: edit(["list_midi"], with_fields(records=[], hasNext=False, cursor="")),
    ),
    _time(
        "stamps-a-year-apart",
        "`updated` and `updatedUTC` are a year apart.",
        "account-stamps-agree",
        lambda: edit(["get_account", "create_account"], at("updatedUTC", lambda text: _shifted(text, days=365))),
    ),
    _time(
        "creation-moves",
        "`createTime` is another one each time.",
        "item-keeps-its-identity",
        lambda: counting(ITEM, lambda item, number: {**item, "createTime": item["createTime"] - number}),
    ),
    _time(
        "update-before-creation",
        "`updateTime` is before `createTime`.",
        "item-stamps-run-forward",
        lambda: edit(ITEM, lambda item: {**item, "updateTime": item["createTime"] - 1000}),
    ),
    _time(
        "started-in-another-zone",
        "`started` is an hour off.",
        "start-is-creation elapsed-fits-started",
        lambda: edit(["list_running_jobs"], at("*.started", lambda text: _shifted(text, hours=1))),
    ),
    _time(
        "elapsed-stands-still",
        "`elapsed` is always 00:00.",
        "running-row-goes-on elapsed-fits-started",
        lambda: edit(["list_running_jobs", "get_available_capacity"], _still),
    ),
    _time(
        "started-moves",
        "`started` is later each time it is listed.",
        "running-row-goes-on start-is-creation elapsed-fits-started",
        lambda: counting(["list_running_jobs"], lambda text, number: _shifted(text, seconds=7 * number), "*.started"),
    ),
    _time(
        "stamps-in-seconds",
        "`createTime` of an item is in seconds.",
        "start-is-creation item-stamps-run-forward answer-fits-reading item-keeps-its-identity",
        lambda: edit(ITEM, at("createTime", lambda stamp: stamp // 1000)),
    ),
)
