"""Rules about what is there: what was made can be found, what was deleted cannot, and others' things never."""

from typing import Final

from ..document.bodies import FILE_FORMATS, record_ids
from ..document.call import Call
from ..document.ids import parse, token_number
from ..document.service import FIXED_NAMES
from .history.records import Job, Upload
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Strength

_KINDS: Final = {
    "get_music": ("job_id", "job"),
    "delete_music": ("job_id", "job"),
    "download_music": ("job_id", "job"),
    "cancel_job": ("job_id", "job"),
    "delete_midi": ("midiItemId", "midi"),
    "delete_cloned_voice": ("clonedVoiceItemId", "voice"),
}
_LISTS: Final = frozenset({"list_music", "list_midi", "list_cloned_voices"})
_SOURCES: Final = ("clonedVoiceItemId", "midiItemId")
_ACCOUNTS: Final = frozenset({"get_account", "list_accounts"})
_PAGE: Final = "delete-tempolor-music-job_id"


def _named(call: Call, world: World) -> Job | Upload | None:
    name, kind = _KINDS[call.operation]
    shelf: dict[str, Job] | dict[str, Upload] = {"job": world.jobs, "midi": world.midi, "voice": world.voices}[kind]  # type: ignore[assignment]
    return shelf.get(call.arguments.get(name, ""))


def _malformed(call: Call) -> Judged:
    name, kind = _KINDS[call.operation]
    given = call.arguments.get(name, "")
    parts = parse(given)
    if (parts is not None and parts.kind == kind) or given in FIXED_NAMES or not given:
        return None
    if call.unclear or call.status in {401, 402, 405, 429} or not call.token:
        return None
    return (
        FINE
        if call.status == 400
        else [Problem(f"{given!r} has not the form of a {name}, and was answered {call.status}, not 400")]
    )


def _found(call: Call, world: World) -> Judged:
    thing = _named(call, world)
    if thing is None or thing.gone is not None or not thing.first.before(call) or _account_gone(world, thing):
        return None
    if call.unclear or call.status in {401, 402, 429} or call.operation in {"cancel_job", "download_music"}:
        return None
    if call.status == 404:
        return [
            Problem(
                f"{thing.id} was there and nobody has deleted it, but now it is answered {call.status}", (thing.first,)
            )
        ]
    return FINE


def _encoded(call: Call, world: World) -> Judged:
    thing = _named(call, world)
    if "%3a" not in call.exchange.request.url.lower() or thing is None or not thing.first.before(call):
        return None
    if thing.gone is not None or _account_gone(world, thing) or call.unclear:
        return None
    unread = call.status == 400 and _KINDS[call.operation][0] in call.error
    told = f"{thing.id} is there, but with %3A for its colons {call.operation} was answered 400: {call.error}"
    return [Problem(told, (thing.first,), key=call.operation)] if unread else (FINE if call.accepted else None)


def _account_gone(world: World, thing: Job | Upload) -> bool:
    """Whether a thing's account is gone, or may have been: one that was stored later may be another of its name."""
    account = world.accounts.get(thing.account)
    if account is None:
        return False
    made = account.first.operation == "create_account"
    return account.gone is not None or (made and thing.first.before(account.first))


def _deleted(call: Call, world: World) -> Judged:
    if call.operation in _LISTS:
        return _deleted_is_listed(call, world) if call.status == 200 else None
    thing = _named(call, world)
    if thing is None or thing.deleted is None or call.unclear or call.status in {401, 402, 429}:
        return None
    if not thing.deleted.before(call):
        return _twice_at_once(call, thing, thing.deleted)
    # Which of two mistakes is told first is not said anywhere.
    if call.status == 400 and call.query.get("file_format", "") not in FILE_FORMATS:
        return None
    # Whether the scheduler still follows a deleted job is not said anywhere.
    if call.status == 404 or call.operation == "cancel_job":
        return FINE
    return [
        Problem(f"{thing.id} was deleted, but {call.operation} was answered {call.status}, not 404", (thing.deleted,))
    ]


def _twice_at_once(call: Call, thing: Job | Upload, other: Call) -> Judged:
    """Judge two deletions that overlap: one of them comes first, and then there is nothing left for the other."""
    if call.operation != other.operation or not call.accepted:
        return None
    told = f"{thing.id} was deleted by two calls at once, and both were answered {call.status}"
    return [Problem(told, (other,), key="at once")]


def _deleted_is_listed(call: Call, world: World) -> Judged:
    for each in record_ids(call):
        thing = world.jobs.get(each) or world.midi.get(each) or world.voices.get(each)
        if thing is not None and thing.deleted is not None and thing.deleted.before(call):
            return [Problem(f"{each} was deleted, but is still listed", (thing.deleted,), key="listed")]
    return FINE if any(thing.deleted for thing in _things(world, call.operation)) else None


def _things(world: World, operation: str) -> list[Job | Upload]:
    shelves = {"list_music": world.jobs, "list_midi": world.midi, "list_cloned_voices": world.voices}
    return list(shelves[operation].values())  # type: ignore[attr-defined]


def _owned(call: Call) -> Judged:
    mine = token_number(call.token)
    if call.operation in _KINDS:
        given = [call.arguments.get(_KINDS[call.operation][0])]
    else:
        given = [call.sent.get(name) for name in _SOURCES]
    others = [each for each in given if (parts := parse(each)) and parts.number != mine]
    if mine is None or not others or call.unclear:
        return None
    told = f"with a token of user {mine}, {call.operation} worked on {others[0]}, which is another user's"
    return [Problem(told)] if call.accepted else FINE


def _others_account(call: Call, world: World) -> Judged:
    """Judge accounts by the moment they were stored at: two users may have one name, but not one moment."""
    if call.operation not in _ACCOUNTS or call.status != 200:
        return None
    shown = call.item.values() if call.operation == "list_accounts" else (call.item,)
    for account in shown:
        if not isinstance(account, dict):
            continue
        user_id, stamp = account.get("user_id"), account.get("updated")
        known = isinstance(user_id, str) and isinstance(stamp, int)
        owner = world.shared.stamps.get((str(user_id), int(stamp or 0))) if known else None
        if owner is not None and _is_another(owner.token, call.token):
            told = f"account {user_id}, stored at {stamp}, was another user's, and {call.operation} shows it"
            return [Problem(told, (owner,), key=call.operation)]
    return None


def _is_another(one: str | None, other: str | None) -> bool:
    numbers = token_number(one), token_number(other)
    return one != other and (None in numbers or numbers[0] != numbers[1])


RULES = (
    Rule(
        "malformed-id-is-400",
        "An id of the wrong shape or kind is a 400.",
        "get-tempolor-music-job_id",
        evidence=("D-20", "D-21"),
        on=frozenset(_KINDS),
        single=_malformed,
    ),
    Rule(
        "encoded-id-is-the-same-id",
        "An id with `%3A` for each colon is the same id.",
        "get-tempolor-music-job_id",
        strength=Strength.INFERRED,
        evidence=("D-23",),
        on=frozenset(_KINDS),
        history=_encoded,
    ),
    Rule(
        "unknown-id-is-404",
        "A well-formed id that nobody has is a 404.",
        "get-tempolor-music-job_id",
        evidence=("D-22",),
    ),
    Rule(
        "what-was-made-can-be-found",
        "A job, voice or MIDI file is there until it is deleted.",
        "get-tempolor-music-job_id",
        on=frozenset(_KINDS),
        history=_found,
    ),
    Rule(
        "deleted-is-gone",
        "What was deleted is a 404 from then on, and in no list.",
        _PAGE,
        evidence=("D-22",),
        on=frozenset(_KINDS) | _LISTS,
        history=_deleted,
    ),
    Rule(
        "ids-belong-to-their-user",
        "Another user's ids are a 404, like unknown ones.",
        "get-tempolor-music-job_id",
        strength=Strength.INFERRED,
        evidence=("D-22",),
        on=frozenset(_KINDS) | _ACCOUNTS | {"create_song"},
        single=_owned,
        history=_others_account,
    ),
)
