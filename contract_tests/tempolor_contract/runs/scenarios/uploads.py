"""MIDI files, voices and stems: up, used, and gone again."""

from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import Any, Final
from urllib.parse import quote

from ...document.bodies import COMPLETED, GENERATING, records_of, status_of, texts
from ...document.call import Call
from ...document.service import SOUND_TYPES
from ...rules.catalogue import rule
from . import fixtures
from .combinations import forbidden
from .fetching import all_formats, fetch, fetch_nearby
from .lab import UPLOAD_SECONDS, Lab, UnclearError
from .samples import files_of, long_wav_file, midi_file, wav_file
from .scenario import Beside, Need, Scenario, ids
from .survey import pages, walk

_CLONE_STATUS_FITS_ITS_BODY: Final = rule("clone-status-fits-its-body")
_DELETED_IS_GONE: Final = rule("deleted-is-gone")
_ENCODED_ID_IS_THE_SAME_ID: Final = rule("encoded-id-is-the-same-id")
_ERRORS_SAY_SOMETHING: Final = rule("errors-say-something")
_LISTED_MEDIA_TYPES_ARE_TAKEN: Final = rule("listed-media-types-are-taken")
_MEDIA_TYPES_MAY_BE_SPELT_FREELY: Final = rule("media-types-may-be-spelt-freely")
_READY_MATERIAL_CAN_BE_USED: Final = rule("ready-material-can-be-used")
_SLASH_AT_THE_END_IS_NOTHING: Final = rule("slash-at-the-end-is-nothing")
_UNKNOWN_ACCOUNT_IS_404: Final = rule("unknown-account-is-404")
_UPLOAD_COMES_BACK_IN_ITS_LIST: Final = rule("upload-comes-back-in-its-list")
_UPLOAD_REFUSES_WHAT_IT_CANNOT_BE: Final = rule("upload-refuses-what-it-cannot-be")
_WHAT_WAS_MADE_CAN_BE_FOUND: Final = rule("what-was-made-can-be-found")

_MIDI_TYPE: Final = {"Content-Type": "audio/midi"}
_WAV_TYPE: Final = {"Content-Type": "audio/wav"}
_LONG: Final = 250
_TOO_LONG: Final = 413
_STILL_CLONING: Final = 202
_MOST_PAGES: Final = 8
_UNLISTED: Final = ("audio/ogg", "text/plain")
_LISTED: Final = {
    "upload_midi": ("audio/midi", "audio/x-midi"),
    "clone_voice": SOUND_TYPES,
    "split_stems": SOUND_TYPES,
}


def _midi(lab: Lab) -> None:
    account = fixtures.account(lab)
    query = {"user_id": account, "name": fixtures.hard_name(lab)}
    call = _uploaded(lab, lab.call("upload_midi", query=query, content=midi_file(), headers=_MIDI_TYPE))
    inner = call.item.get("midiRenderVO")
    midi = inner if isinstance(inner, dict) else {}
    midi_id = str(midi.get("midiItemId"))
    second = lab.send("POST", "/music/midi/", query=query, content=midi_file("another"), headers=_MIDI_TYPE)
    told = f"POST /music/midi was answered {call.status}, but POST /music/midi/ {second.status}"
    fine = second.status == call.status
    lab.check(_SLASH_AT_THE_END_IS_NOTHING, fine=fine, message=told, call=second, earlier=(call,))
    shown = _listed(lab, "list_midi", "midiItemId", midi_id, call)
    # Who streams a file does not tell its length in front, and may ask first whether it is welcome, as curl does.
    streamed: dict[str, Any] = {
        "content": iter([midi_file("streamed")]),
        "headers": {**_MIDI_TYPE, "Expect": "100-continue"},
    }
    _uploaded(lab, lab.call("upload_midi", query=query, **streamed))
    links = dict.fromkeys(texts([midi.get("midiUrl"), *(each.get("midiUrl") for each in shown)]))
    lab.side_by_side([*(partial(_fetched, lab, url) for url in links), partial(_sung, lab, midi_id, account)])
    # Its id is not given away again. A name may be too long, but not be cut in silence.
    long = {**query, "name": lab.name("Long").ljust(_LONG, "g")}
    third = lab.call("upload_midi", query=long, content=midi_file(), headers=_MIDI_TYPE).item.get("midiRenderVO")
    other = second.item.get("midiRenderVO")
    if isinstance(other, dict):
        encoded = lab.send("DELETE", f"/music/midi/{quote(str(other.get('midiItemId')), safe='')}")
        told = f"{other.get('midiItemId')} was there, but deleting its encoded id was answered {encoded.status}"
        fine = encoded.accepted
        lab.check(_ENCODED_ID_IS_THE_SAME_ID, fine=fine, message=told, call=encoded, earlier=(second,))
    _listed(lab, "list_midi", "midiItemId", "", call)
    if isinstance(third, dict):
        fixtures.once(lab, _DELETED_IS_GONE, "delete_midi", {"midiItemId": str(third.get("midiItemId"))})


def _fetched(lab: Lab, url: object) -> None:
    fetch(lab, url)


def _sung(lab: Lab, midi_id: str, account: str) -> None:
    """Order with a MIDI file, fetch what is made of it, and delete the file."""
    jobs = _order_with(lab, "midiItemId", midi_id, account)
    if jobs and status_of(fixtures.finished(lab, jobs[0]).item) == COMPLETED:
        all_formats(lab, jobs[0])
    _gone(lab, "delete_midi", "midiItemId", midi_id, account)
    _still_there(lab, jobs)


def _voice(lab: Lab) -> None:
    account = fixtures.account(lab)
    query = {"user_id": account, "name": fixtures.hard_name(lab)}
    call = _uploaded(
        lab, lab.call("clone_voice", query=query, content=wav_file(), headers=_WAV_TYPE, timeout=UPLOAD_SECONDS)
    )
    voice_id = str(call.item.get("clonedVoiceItemId"))
    _listed(lab, "list_cloned_voices", "clonedVoiceItemId", voice_id, call)
    becomes_ready(lab, account, call)
    jobs = _order_with(lab, "clonedVoiceItemId", voice_id, account)
    _beside_another(lab, account, voice_id)
    records = records_of(lab.call("list_cloned_voices", query={"user_id": account}))
    for record in [each for each in records if each.get("clonedVoiceItemId") == voice_id]:
        fetch_nearby(lab, record.get("vocalUrl"))
    _gone(lab, "delete_cloned_voice", "clonedVoiceItemId", voice_id, account)
    _still_there(lab, jobs)
    if lab.clock.virtual:
        # Its id is not given away again. Elsewhere a voice keeps its caller waiting for minutes.
        lab.call("clone_voice", query=query, content=wav_file(), headers=_WAV_TYPE, timeout=UPLOAD_SECONDS)


def becomes_ready(lab: Lab, account: str, cloned: Call) -> None:
    """Judge that a voice can be used once it is ready, and not before; UnclearError if that may yet come."""
    voice_id = str(cloned.item.get("clonedVoiceItemId"))
    if cloned.status == _STILL_CLONING:
        _too_early(lab, account, voice_id)
    polls: list[Call] = []
    fixtures.comes_to_an_end(lab, lambda: _ready(lab, account, voice_id, polls), voice_id, polls)


def _beside_another(lab: Lab, account: str, voice_id: str) -> None:
    """Order with a voice and something else to sing by or with, all of which can be used: they exclude each other."""
    query = {"user_id": account, "name": lab.name("beside")}
    midi = lab.call("upload_midi", query=query, content=midi_file(), headers=_MIDI_TYPE).item.get("midiRenderVO")
    artists = records_of(lab.call("list_artist_voices", query={"user_id": account}))
    others = {
        "artistVoiceItemId": artists[0].get("itemId") if artists else None,
        "midiItemId": midi.get("midiItemId") if isinstance(midi, dict) else None,
    }
    there = {name: other for name, other in others.items() if isinstance(other, str)}
    beside = [{name: other} for name, other in there.items()]
    # Who looks for pairs may overlook what is more.
    for more in [*beside, there] if len(beside) > 1 else beside:
        sources = {**more, "clonedVoiceItemId": voice_id}
        forbidden(lab, "create_song", {"user_id": account, "prompt": "A harbour ballad"}, sources)


def _ready(lab: Lab, account: str, voice_id: str, polls: list[Call]) -> bool | None:
    """Return True once a voice is listed as ready, and keep the call in `polls`."""
    found = pages(lab, "list_cloned_voices", {"user_id": account}, _MOST_PAGES)
    polls.append(found[0])
    records = [record for page in found for record in records_of(page)]
    status = [record.get("status", 30) for record in records if record.get("clonedVoiceItemId") == voice_id]
    if not status and not any(record.get("status") == GENERATING for record in records):
        raise UnclearError(f"{voice_id} is not listed, and nothing listed is being cloned")
    if status == [10]:
        raise UnclearError(f"cloning {voice_id} failed")
    return True if status == [30] else None


def _too_early(lab: Lab, account: str, voice_id: str) -> None:
    """Order with a voice that is being cloned, and look whether it still is: `clone-status-fits-its-body` judges it."""
    fields = {"user_id": account, "prompt": "A ballad", "clonedVoiceItemId": voice_id}
    for encoded in fixtures.ENCODINGS:
        order = lab.call("create_song", **encoded(fields))
        look = lab.call("list_cloned_voices", query={"user_id": account})
        status = [each.get("status") for each in records_of(look) if each.get("clonedVoiceItemId") == voice_id]
        if status == [GENERATING] and order.refused and not fixtures.busy(order):
            told = f"{voice_id} was still being cloned, but an order with it was answered {order.status}"
            lab.check(_CLONE_STATUS_FITS_ITS_BODY, fine=order.status == 404, message=told, call=order, earlier=(look,))
        fixtures.cancel_all(lab, texts(order.item.get("jobs")))


def _uploaded(lab: Lab, call: Call) -> Call:
    told = f"{call.operation} of a valid file with {call.query} was answered 400: {call.error}"
    lab.must(_LISTED_MEDIA_TYPES_ARE_TAKEN, fine=call.status != 400, message=told, call=call)
    if not call.accepted:
        raise UnclearError(f"{call.operation} was answered {call.status}: {call.error}")
    return call


def _listed(lab: Lab, operation: str, name: str, wanted: str, upload: Call) -> list[dict[str, Any]]:
    """Look for what was uploaded, and return what the first page of its list shows of it."""
    first = walk(lab, operation, {"user_id": upload.query["user_id"]})
    shown = [record for record in records_of(first) if str(record.get(name)) == wanted]
    if wanted and not first.item.get("hasNext"):
        told = f"{wanted} was uploaded, but is not listed"
        lab.check(_UPLOAD_COMES_BACK_IN_ITS_LIST, fine=bool(shown), message=told, call=first, earlier=(upload,))
    return shown


def _order_with(lab: Lab, name: str, thing: str, account: str) -> tuple[str, ...]:
    call = lab.call("create_song", json={"user_id": account, "prompt": "A harbour ballad", name: thing})
    fixtures.unless_busy(call)
    told = f"{thing} is ready, but an order with it was answered {call.status}: {call.error}"
    lab.check(_READY_MATERIAL_CAN_BE_USED, fine=call.accepted, message=told, call=call)
    jobs = texts(call.item.get("jobs"))
    lab.side_by_side(partial(fixtures.read, lab, job_id) for job_id in jobs)
    fixtures.cancel_all(lab, jobs)
    return jobs


def _still_there(lab: Lab, jobs: tuple[str, ...]) -> None:
    """Read music whose voice or MIDI file was deleted: `what-was-made-can-be-found` judges that."""
    lab.side_by_side(partial(fixtures.read, lab, job_id) for job_id in jobs)


def _gone(lab: Lab, operation: str, name: str, thing: str, account: str) -> None:
    deleted = lab.call(operation, arguments={name: thing})
    told = f"{thing} was there, but deleting it was answered {deleted.status}"
    lab.check(_WHAT_WAS_MADE_CAN_BE_FOUND, fine=deleted.accepted, message=told, call=deleted)
    again = lab.call(operation, arguments={name: thing})
    told = f"{thing} was deleted, but deleting it again was answered {again.status}"
    lab.check(_DELETED_IS_GONE, fine=again.status == 404, message=told, call=again, earlier=(deleted,))
    for encoded in fixtures.ENCODINGS:
        fields = {"user_id": account, "prompt": "A harbour ballad", name: thing}
        order = lab.call("create_song", **encoded(fields))
        if not fixtures.busy(order):
            told = f"{thing} was deleted, but an order with it was answered {order.status}"
            fine = order.status == 404
            lab.check(_READY_MATERIAL_CAN_BE_USED, fine=fine, message=told, call=order, earlier=(deleted,))
    lab.call("list_midi" if name == "midiItemId" else "list_cloned_voices", query={"user_id": account})


def _stems(lab: Lab) -> None:
    query = {"user_id": fixtures.account(lab)}
    split = partial(lab.call, "split_stems", query=query, headers=_WAV_TYPE, timeout=UPLOAD_SECONDS)
    short, long = lab.side_by_side(partial(split, content=each) for each in (wav_file(), long_wav_file()))
    fetch(lab, _uploaded(lab, short).item.get("stemsZipUrl"), "stems")
    if long.status == _TOO_LONG:
        told = "the 413 for a file that is too long has no error text"
        lab.check(_ERRORS_SAY_SOMETHING, fine=bool(long.error), message=told, call=long)
    else:
        _uploaded(lab, long)


def _refusals(lab: Lab) -> None:
    account = fixtures.account(lab)
    query = {"user_id": account, "name": "x"}
    nobody = str(lab.random.randrange(10**11, 10**12))
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("upload_midi", "a Content-Type of audio/mpeg", {"headers": {"Content-Type": "audio/mpeg"}, "query": query}),
        ("upload_midi", "no name", {"headers": _MIDI_TYPE, "query": {"user_id": account}}),
        ("clone_voice", "no name", {"headers": _WAV_TYPE, "query": {"user_id": account}, "content": wav_file()}),
        ("upload_midi", "an empty name", {"headers": _MIDI_TYPE, "query": {"user_id": account, "name": ""}}),
        (
            "clone_voice",
            "an empty name",
            {"headers": _WAV_TYPE, "query": {"user_id": account, "name": ""}, "content": wav_file()},
        ),
        ("clone_voice", "an empty file", {"headers": _WAV_TYPE, "query": query, "content": b""}),
    ]
    empty = (("upload_midi", _MIDI_TYPE, query), ("split_stems", _WAV_TYPE, {"user_id": account}))
    lab.side_by_side(
        [
            *(partial(_refused, lab, *each) for each in cases),
            *(partial(_without_a_byte, lab, *each) for each in empty),
            *(partial(_unlisted, lab, query, *each) for each in product(("clone_voice", "split_stems"), _UNLISTED)),
        ]
    )
    uploads = (
        ("upload_midi", _MIDI_TYPE, midi_file()),
        ("clone_voice", _WAV_TYPE, wav_file()),
        ("split_stems", _WAV_TYPE, wav_file()),
    )
    lab.side_by_side(partial(_for_nobody, lab, nobody, *each) for each in uploads)


def _refused(lab: Lab, operation: str, case: str, options: dict[str, Any]) -> None:
    call = lab.call(operation, **{"content": midi_file(), **options})
    told = f"{operation} with {case} is a 400, but was answered {call.status}"
    lab.check(_UPLOAD_REFUSES_WHAT_IT_CANNOT_BE, fine=call.status == 400, message=told, call=call)


def _without_a_byte(lab: Lab, operation: str, headers: dict[str, str], query: dict[str, str]) -> None:
    """Upload nothing: `empty-uploads-are-refused` judges it."""
    lab.call(operation, query=query, headers=headers, content=b"")


def _unlisted(lab: Lab, query: dict[str, str], operation: str, media_type: str) -> None:
    """Upload a sound as what no page lists: `unlisted-sounds-are-refused` judges it."""
    lab.call(operation, query=query, headers={"Content-Type": media_type}, content=wav_file(), timeout=UPLOAD_SECONDS)


def _for_nobody(lab: Lab, nobody: str, operation: str, media_type: dict[str, str], body: bytes) -> None:
    call = lab.call(operation, query={"user_id": nobody, "name": "x"}, content=body, headers=media_type)
    told = f"account {nobody} is not configured, but {operation} was answered {call.status}"
    lab.check(_UNKNOWN_ACCOUNT_IS_404, fine=call.status == 404, message=told, call=call)


def _media_types(lab: Lab) -> None:
    """Upload a file of each media type that the pages list."""
    account = fixtures.account(lab)
    lab.side_by_side(partial(_types_of, lab, account, *each) for each in _LISTED.items())


def _types_of(lab: Lab, account: str, operation: str, media_types: Sequence[str]) -> None:
    waits = {} if operation == "upload_midi" else {"timeout": UPLOAD_SECONDS}
    uploads: list[dict[str, Any]] = [
        {
            "query": {"user_id": account, **({} if operation == "split_stems" else {"name": lab.name("Type")})},
            "headers": {"Content-Type": media_type},
            "content": files_of(media_type)[0],
            **waits,
        }
        for media_type in media_types
    ]
    # Each may keep its caller waiting, so they wait side by side; what found no room then is sent alone.
    for options, first in zip(uploads, lab.at_once(operation, uploads), strict=True):
        crowded = first.unclear or fixtures.busy(first)
        call = fixtures.unless_busy(lab.call(operation, **options)) if crowded else first
        told = f"{operation} of {call.exchange.request.media_type} was answered {call.status}: {call.error}"
        lab.check(_LISTED_MEDIA_TYPES_ARE_TAKEN, fine=call.accepted, message=told, call=call)


def _spellings(lab: Lab) -> None:
    """Name the media types of an upload and an order as HTTP allows it too: in other cases, with parameters."""
    account = fixtures.account(lab)
    # All under one name, which is no key.
    query = {"user_id": account, "name": lab.name("Spelt")}
    lab.side_by_side(partial(_spelt_upload, lab, query, *each) for each in _SPELT)
    body = {"user_id": account, "prompt": "A harbour ballad"}
    named = {"user_id": str(lab.random.randrange(10**8, 10**9))}
    bodies: dict[str, dict[str, Any]] = dict.fromkeys(("create_song", "create_instrumental"), body)
    bodies["create_account"] = {"requestParams": named}
    lab.side_by_side(partial(_spelt_post, lab, *each) for each in product(bodies.items(), _JSON_SPELT))
    lab.call("delete_account", arguments=named)


def _spelt_post(lab: Lab, post: tuple[str, dict[str, Any]], media_type: str) -> None:
    operation, body = post
    call = lab.call(operation, json=body, headers={"Content-Type": media_type})
    _spelt(lab, call, media_type)
    fixtures.cancel_all(lab, texts(call.item.get("jobs")))


def _spelt_upload(lab: Lab, query: dict[str, str], operation: str, media_type: str, content: bytes) -> None:
    headers = {"Content-Type": media_type}
    timeout = UPLOAD_SECONDS if operation == "clone_voice" else None
    _spelt(lab, lab.call(operation, query=query, content=content, headers=headers, timeout=timeout), media_type)


def _spelt(lab: Lab, call: Call, media_type: str) -> None:
    fixtures.unless_busy(call)
    told = f"{call.operation} as {media_type} was answered {call.status}: {call.error}"
    lab.check(_MEDIA_TYPES_MAY_BE_SPELT_FREELY, fine=call.accepted, message=told, call=call)


_SPELT: Final = (
    ("upload_midi", "Audio/MIDI", midi_file()),
    ("upload_midi", "audio/midi; charset=binary", midi_file()),
    ("clone_voice", "Audio/WAV", wav_file()),
    ("clone_voice", "audio/wav; codecs=1", wav_file()),
    ("split_stems", "audio/wav; codecs=1", wav_file()),
)
_JSON_SPELT: Final = ("application/json; charset=utf-8", "Application/JSON")
_UPLOADS: Final = frozenset({Need.UPLOAD, Need.CREATE, Need.DESTROY})

MIDI = Scenario(
    "midi",
    _midi,
    _UPLOADS,
    cost=5,
    beside=Beside.ORDERS,
    provokes=ids(
        "deleted-is-gone file-is-whole midi-file-comes-back upload-answers-its-id upload-comes-back-in-its-list "
        "ready-material-can-be-used is-first-means-first"
    ),
)
VOICE = Scenario(
    "voice",
    _voice,
    _UPLOADS,
    cost=8,
    beside=Beside.UNHURRIED,
    provokes=ids(
        "deleted-is-gone upload-answers-its-id clone-status-fits-its-body jobs-come-to-an-end "
        "upload-comes-back-in-its-list ready-voice-stays-ready ready-material-can-be-used"
    ),
)
STEMS = Scenario(
    "stems",
    _stems,
    frozenset({Need.UPLOAD}),
    cost=2,
    beside=Beside.UNHURRIED,
    provokes=("file-is-whole", "stems-are-done-or-not"),
)
REFUSALS = Scenario(
    "refused-uploads",
    _refusals,
    frozenset({Need.UPLOAD}),
    beside=Beside.UNHURRIED,
    provokes=ids(
        "empty-uploads-are-refused unlisted-sounds-are-refused printed-error-texts upload-refuses-what-it-cannot-be"
    ),
)
SPELLINGS = Scenario(
    "media-type-spellings",
    _spellings,
    _UPLOADS | {Need.ACCOUNT},
    cost=11,
    beside=Beside.UNHURRIED,
    provokes=("media-types-may-be-spelt-freely",),
)
TYPES = Scenario(
    "media-types",
    _media_types,
    _UPLOADS | {Need.ACCOUNT},
    cost=16,
    beside=Beside.UNHURRIED,
    provokes=("listed-media-types-are-taken",),
)
