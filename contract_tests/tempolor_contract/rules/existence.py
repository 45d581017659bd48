"""Rules about what is there: what was made can be found, what was deleted cannot, and others' things never."""

from typing import Final

from ..document.bodies import FILE_FORMATS, record_ids
from ..document.call import Call
from ..document.ids import parse, token_number
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
_FIXED_NAMES: Final = frozenset({"song", "instrumental", "midi", "cloned-voices", "artist-voices", "stems-splitter"})
_LISTS: Final = frozenset({"list_music", "list_midi", "list_cloned_voices"})
_PAGE: Final = "delete-tempolor-music-job_id"


def _named(call: Call, world: World) -> Job | Upload | None:
    name, kind = _KINDS[call.operation]
    shelf: dict[str, Job] | dict[str, Upload] = {"job": world.jobs, "midi": world.midi, "voice": world.voices}[kind]  # type: ignore[assignment]
    return shelf.get(call.arguments.get(name, ""))


def _malformed(call: Call) -> Judged:
    name, kind = _KINDS[call.operation]
    given = call.arguments.get(name, "")
    parts = parse(given)
    if (parts is not None and parts.kind == kind) or given in _FIXED_NAMES or not given:
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


def _account_gone(world: World, thing: Job | Upload) -> bool:
    account = world.accounts.get(thing.account)
    return account is not None and (account.gone is not None or thing.first.before(account.stored))


def _deleted(call: Call, world: World) -> Judged:
    if call.operation in _LISTS:
        return _deleted_is_listed(call, world) if call.status == 200 else None
    thing = _named(call, world)
    if thing is None or thing.deleted is None or not thing.deleted.before(call):
        return None
    if call.unclear or call.status in {401, 402, 429}:
        return None
    # Which of two mistakes is told first is not said anywhere.
    if call.status == 400 and call.query.get("file_format", "") not in FILE_FORMATS:
        return None
    # Whether the scheduler still follows a deleted job is not said anywhere.
    if call.status == 404 or call.operation == "cancel_job":
        return FINE
    return [
        Problem(f"{thing.id} was deleted, but {call.operation} was answered {call.status}, not 404", (thing.deleted,))
    ]


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
    name, _ = _KINDS[call.operation]
    given = parse(call.arguments.get(name))
    mine = token_number(call.token)
    if given is None or mine is None or given.number == mine or call.unclear:
        return None
    return (
        [
            Problem(
                f"with a token of user {mine}, {call.operation} worked "
                f"on {call.arguments[name]}, which is another user's"
            )
        ]
        if call.accepted
        else FINE
    )


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
        on=frozenset(_KINDS),
        single=_owned,
    ),
)
