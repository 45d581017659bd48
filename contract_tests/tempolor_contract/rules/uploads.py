"""Rules about MIDI files, cloned voices and stems."""

from typing import Any, Final

from ..document.bodies import GENERATING, records_of, whole
from ..document.call import Call
from ..document.ids import parse
from ..document.service import SOUND_TYPES
from .history.records import Upload
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_MIDI: Final = "post-tempolor-music-midi"
_VOICES: Final = "post-tempolor-music-cloned-voices"
_STEMS: Final = "post-tempolor-music-stems-splitter"
_SHELVES: Final = {"list_midi": ("midi", "midiItemId"), "list_cloned_voices": ("voices", "clonedVoiceItemId")}

_BAD_REQUEST: Final = 400
_ANY: Final = frozenset({"application/octet-stream", "binary/octet-stream"})
_SKEW_MS: Final = 5000


def _midi(call: Call) -> dict[str, Any]:
    inner = call.item.get("midiRenderVO")
    return inner if isinstance(inner, dict) else {}


def _answer(call: Call) -> Judged:
    if not call.accepted:
        return None
    kind, thing = ("midi", _midi(call)) if call.operation == "upload_midi" else ("voice", call.item)
    name = "midiItemId" if kind == "midi" else "clonedVoiceItemId"
    parts = parse(thing.get(name))
    if parts is None:
        return [Problem(f"the upload was taken, but its answer has no {name}: {thing.get(name)!r}")]
    account = call.query.get("user_id") or parts.account
    if (parts.kind, parts.account, thing.get("itemId", parts.item)) != (kind, account, parts.item):
        return [
            Problem(
                f"an upload to account {account} was answered with the "
                f"id {thing[name]} and itemId {thing.get('itemId')!r}"
            )
        ]
    told = thing.get("name", call.query.get("name"))
    return (
        FINE
        if told == call.query.get("name")
        else [Problem(f"the upload was named {call.query.get('name')!r}, and the answer calls it {told!r}")]
    )


def _is_new(call: Call, world: World) -> Judged:
    upload_id = _midi(call).get("midiItemId") if call.operation == "upload_midi" else call.item.get("clonedVoiceItemId")
    known = world.midi.get(str(upload_id)) or world.voices.get(str(upload_id))
    if not call.accepted or known is None or not known.first.before(call):
        return None
    earlier = (known.first, known.deleted) if known.deleted else (known.first,)
    return [
        Problem(
            f"a new upload was answered with the id {upload_id}, which an earlier one had", earlier, key="used again"
        )
    ]


def _clone(call: Call) -> Judged:
    if not call.accepted or call.operation != "clone_voice":
        return None
    if call.status == 202 and call.item.get("result") is True:
        return [Problem("cloning was answered 202, which says that the voice is not ready, but its result is true")]
    if call.status == 200 and (call.item.get("result", True) is not True or call.item.get("message")):
        return [Problem(f"cloning was answered 200, which says that the voice is ready, but the body is {call.item}")]
    return FINE


def _sang_early(call: Call, world: World) -> Judged:
    judged: Judged = None
    for record in records_of(call) if call.status == 200 else ():
        voice = world.voices.get(str(record.get("clonedVoiceItemId")))
        if voice is not None and voice.sung is not None and voice.sung.before(call):
            told = f"{voice.id} is still being cloned, but an order with it was taken before"
            early = record.get("status") == GENERATING and voice.ready is None
            judged = [*(judged or ()), *([Problem(told, (voice.sung,))] if early else ())]
    return judged


def _round_trip(call: Call, world: World) -> Judged:
    shelf, name = _SHELVES[call.operation]
    judged: Judged = None
    for record in records_of(call) if call.status == 200 else ():
        upload: Upload | None = getattr(world, shelf).get(record.get(name, ""))
        if upload is None or upload.uploaded is None or not upload.uploaded.before(call):
            continue
        judged = judged or FINE
        if record.get("name", upload.name) != upload.name:
            told = f"{upload.id} was uploaded as {upload.name!r}, but is listed as {record['name']!r}"
            return [Problem(told, (upload.uploaded,), key="name")]
    return judged


def _voice_status(call: Call, world: World) -> Judged:
    judged: Judged = None
    for record in records_of(call) if call.status == 200 else ():
        voice = world.voices.get(record.get("clonedVoiceItemId", ""))
        if voice is None or voice.ready is None or not voice.ready.before(call) or "status" not in record:
            continue
        judged = judged or FINE
        if record["status"] != 30:
            told = f"{voice.id} was ready, but is listed with status {record['status']}"
            return [Problem(told, (voice.ready,))]
    return judged


def _ready_can_sing(call: Call, world: World) -> Judged:
    voice = world.voices.get(str(call.sent.get("clonedVoiceItemId")))
    midi = world.midi.get(str(call.sent.get("midiItemId")))
    if voice is None and midi is None:
        return _on_offer(call, world)
    ready = [each.ready for each in (voice, midi) if each and not each.gone and each.ready and each.ready.before(call)]
    gone = [each.deleted for each in (voice, midi) if each and each.deleted and each.deleted.before(call)]
    if gone and call.accepted:
        return [Problem("an order was taken on a voice or MIDI file that was deleted", tuple(gone), key="deleted")]
    if gone and call.status == 404:
        return FINE
    if not ready or _other_account(call, voice or midi):
        return None
    if call.status == 404:
        return [Problem(f"the voice or MIDI file is ready, but the order was refused: {call.error}", (ready[0],))]
    return FINE if call.accepted else None


def _on_offer(call: Call, world: World) -> Judged:
    artist = call.sent.get("artistVoiceItemId")
    shown = world.artists.get(artist) if isinstance(artist, str) else None
    if shown is None or not shown.before(call) or call.sent.get("user_id", shown.query.get("user_id")) is None:
        return None
    if (call.status == 404 and str(artist) in call.error) or call.error.startswith("The source material"):
        return [Problem(f"artist voice {artist} is on offer, but the order was refused: {call.error}", (shown,))]
    return FINE if call.accepted else None


def _other_account(call: Call, upload: Upload | None) -> bool:
    asked = call.sent.get("user_id")
    return bool(upload and asked and asked != upload.account)


def _is_first(call: Call, world: World) -> Judged:
    parts = parse(_midi(call).get("midiItemId"))
    if call.status != 200 or parts is None or not isinstance(call.item.get("isFirst"), bool):
        return None
    others = [each for each in world.midi.values() if each.account == parts.account and not each.gone]
    others = [each for each in others if each.first.before(call)]
    if others and call.item["isFirst"]:
        return [
            Problem(
                f"{others[0].id} was uploaded to the account before, but isFirst is true for this one",
                (others[0].first,),
            )
        ]
    return FINE if others else None


def _stems(call: Call) -> Judged:
    state, url = call.item.get("state"), call.item.get("stemsZipUrl")
    if call.status != 200 or not isinstance(state, int):
        return None
    if (state == 2) != bool(url):
        return [
            Problem(f"state is {state} and stemsZipUrl is {url!r}: 2 means done, with a link, and else there is none")
        ]
    fetchable = not url or (isinstance(url, str) and url.startswith(("http://", "https://")))
    return FINE if fetchable else [Problem(f"stemsZipUrl is no address to fetch: {url!r}")]


def _empty(call: Call) -> Judged:
    length = call.exchange.request.header("content-length")
    if call.exchange.request.whole or length not in {None, "0"} or not (call.accepted or call.status == _BAD_REQUEST):
        return None
    return [Problem(f"{call.operation} of no bytes at all was answered {call.status}")] if call.accepted else FINE


def _unlisted(call: Call) -> Judged:
    media_type = call.exchange.request.media_type
    # What is called a stream of bytes may be anything; so do tools that know no better.
    if not media_type or media_type in _ANY or not (call.accepted or call.status == _BAD_REQUEST):
        return None
    if media_type in SOUND_TYPES or call.refused:
        return FINE
    return [Problem(f"{call.operation} of {media_type}, which no page lists, was answered {call.status}")]


def _artists(call: Call) -> Judged:
    records = records_of(call)
    if call.status != 200 or not records:
        return None
    nameless = [record for record in records if not record.get("itemId")]
    return [Problem(f"an artist voice has no itemId to order with: {nameless[0]}")] if nameless else FINE


def _system_time(call: Call, world: World) -> Judged:
    told = whole(call.item.get("sysTime")) if call.status == 200 else None
    stored = [(stamp, each.stored) for each in world.accounts.values() if (stamp := whole(each.shown.get("updated")))]
    before = [each for each in stored if each[1].before(call)]
    if told is None or not before:
        return None
    stamp, latest = max(before, key=lambda each: each[0])
    message = f"sysTime is {told}, but an account was stamped {stamp} before: time went back {stamp - told} ms"
    return FINE if told + _SKEW_MS >= stamp else [Problem(message, (latest,))]


RULES = (
    Rule(
        "upload-answers-its-id",
        "An upload is answered with a new id of its kind and account, and the name it was given.",
        _MIDI,
        evidence=("D-20",),
        on=frozenset({"upload_midi", "clone_voice"}),
        single=_answer,
        history=_is_new,
    ),
    Rule(
        "clone-status-fits-its-body",
        "A voice is ready after a 200, and not yet after a 202: an order with it is a 404 then.",
        _VOICES,
        evidence=("D-74",),
        on=frozenset({"clone_voice", "list_cloned_voices"}),
        single=_clone,
        history=_sang_early,
    ),
    Rule(
        "upload-comes-back-in-its-list",
        "What was uploaded is listed, under the name it was given.",
        "get-tempolor-music-midi",
        on=frozenset(_SHELVES),
        history=_round_trip,
    ),
    Rule(
        "ready-voice-stays-ready",
        "A voice that was ready is listed with status 30.",
        "get-tempolor-music-cloned-voices",
        evidence=("D-74",),
        on=frozenset({"list_cloned_voices"}),
        history=_voice_status,
    ),
    Rule(
        "ready-material-can-be-used",
        "A voice or MIDI file that is ready or on offer can be ordered with, a deleted one is a 404.",
        "post-tempolor-music-song",
        evidence=("D-22", "D-74"),
        on=frozenset({"create_song"}),
        history=_ready_can_sing,
    ),
    Rule(
        "is-first-means-first",
        "`isFirst` is false where the account has a MIDI file already.",
        _MIDI,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=frozenset({"upload_midi"}),
        history=_is_first,
    ),
    Rule(
        "stems-are-done-or-not",
        "`state` 2 comes with a link to the stems, and only then.",
        _STEMS,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-75",),
        on=frozenset({"split_stems"}),
        single=_stems,
    ),
    Rule(
        "upload-refuses-what-it-cannot-be",
        "A wrong Content-Type, an empty file or a missing name is a 400.",
        _MIDI,
        evidence=("D-04", "D-73"),
    ),
    Rule(
        "empty-uploads-are-refused",
        "An upload without a byte is a 400, as that of a voice is.",
        _VOICES,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-73",),
        on=frozenset({"upload_midi", "split_stems"}),
        single=_empty,
    ),
    Rule(
        "unlisted-sounds-are-refused",
        "Voices and stems are made of what has a Content-Type that their page lists; any other is a 400.",
        _STEMS,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-04",),
        on=frozenset({"clone_voice", "split_stems"}),
        single=_unlisted,
    ),
    Rule(
        "listed-media-types-are-taken",
        "Files of each Content-Type that a page lists are taken.",
        _VOICES,
        evidence=("D-72",),
    ),
    Rule(
        "media-types-may-be-spelt-freely",
        "A media type counts the same in another case and with parameters.",
        _VOICES,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-72",),
    ),
    Rule(
        "artist-voices-can-be-listed",
        "The artist voices on offer have ids to order with.",
        "get-tempolor-music-artist-voices",
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=frozenset({"list_artist_voices"}),
        single=_artists,
    ),
    Rule(
        "system-time-goes-on",
        "`sysTime` is the service's time: it is not before what was stamped earlier.",
        "get-tempolor-music-artist-voices",
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=frozenset({"list_artist_voices"}),
        history=_system_time,
    ),
)
