"""Mutants that take what has to be refused, and refuse what is valid."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from tempolor_mock.domain import accounts, errors, music
from tempolor_mock.operations import music as music_operations
from tempolor_mock.steps import reading, validation

from ..mutant import Answer, Asked, Kind, Patch, Rewrite
from ..rewriting import LISTS, ORDERS, SUCCESS, answers, error, on, rewritten
from ..switching import Make, instead, swap, switched


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


def _other_names_of_keys(check: Any) -> Any:
    def checked(self: Any, value: Any) -> None:
        if isinstance(value, dict) and value.get("tonality") in {"Db:major", "Gb:major", "D#:minor"}:
            value["tonality"] = "C:major"
        check(self, value)

    return checked


def _stores_limits(refused: Callable[[object], bool]) -> Rewrite:
    """Store accounts with limits that are refused otherwise, cut to whole numbers."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        sent = asked.data
        limit = sent.get("maxJobs") if asked.operation == "create_account" and isinstance(sent, dict) else None
        if answer.status == 400 and refused(limit) and isinstance(sent["requestParams"], dict):
            stamps = {"updated": 1_747_731_600_125, "updatedUTC": "2025-05-20T09:00:00.125Z"}
            parameters = {name: each for name, each in sent["requestParams"].items() if name != "service_ticket"}
            user_id = str(parameters.get("user_id", "1"))
            answer.become(200, {"user_id": user_id, **stamps, "maxJobs": int(limit), "requestParams": parameters})

    return rewrite


def _quoted_boundary(asked: Asked, _answer: Answer) -> bool:
    return asked.operation in ORDERS and b'boundary="' in asked.headers.get(b"content-type", b"")


def _dashed(asked: Asked, _answer: Answer) -> bool:
    account = unquote(asked.path).rpartition("-midi:")[0].partition("-tempolor:")[2]
    return asked.operation == "delete_midi" and "-" in account


def _size(value: Any) -> int:
    """Return what a limit is about: how long a text is, how large a number."""
    return len(value) if isinstance(value, str) else int(value) if isinstance(value, int) else 0


def _too_early(name: str, limit: int) -> Rewrite:
    """Refuse what is exactly at a limit."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        sent = asked.data if asked.operation in ORDERS and answer.status in SUCCESS else None
        if isinstance(sent, dict) and _size(sent.get(name)) == limit:
            answer.become(400, error(400, f"{name} has incorrect format"))

    return rewrite


def _too_late(name: str, beyond: int) -> Make:
    """Take what is just beyond a limit."""

    def make(check: Any) -> Any:
        def checked(self: Any, value: Any) -> None:
            if isinstance(value, dict) and _size(value.get(name)) == beyond:
                value = {each: value[each] for each in value if each != name or name == "prompt"}
                value |= {"prompt": "x"} if name == "prompt" else {}
            check(self, value)

        return checked

    return make


def _with_a_voice(name: str) -> Rewrite:
    """Refuse a field in orders that choose an artist's voice."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        sent = asked.data if asked.operation == "create_song" and answer.status in SUCCESS else None
        if isinstance(sent, dict) and sent.get("artistVoiceItemId") and sent.get(name):
            answer.become(400, error(400, f"{name} has incorrect format"))

    return rewrite


def _midi_alone(request: Any) -> None:
    if request.midi_id and (request.artist_voice_id or request.cloned_voice_id):
        raise errors.excluded_by("midiItemId", "artistVoiceItemId", "clonedVoiceItemId")


def _one_voice(request: Any) -> None:
    if request.artist_voice_id and request.cloned_voice_id:
        raise errors.exclude_each_other("artistVoiceItemId", "clonedVoiceItemId")


def _no_midi_beside(request: Any) -> None:
    if request.midi_id and (request.artist_voice_id or request.cloned_voice_id):
        raise errors.excluded_by("midiItemId", "artistVoiceItemId", "clonedVoiceItemId")


def _lenient(read: Any) -> Any:
    def media_type(self: Any, headers: Any) -> Any:
        try:
            return read(self, headers)
        except errors.ServiceError:
            return next(iter(self._schemas))

    return media_type


def _with_a_list(asked: Asked, answer: Answer) -> bool:
    sent = asked.data if on("create_account", 400)(asked, answer) else None
    return isinstance(sent, dict) and isinstance(sent.get("requestParams"), list)


def _called_otherwise(asked: Asked, answer: Answer) -> None:
    if asked.operation in ORDERS and answer.status == 400:
        answer.body = answer.body.replace(b"replyRef", b"replyUrl")


def _without_chord(fields: dict[str, str]) -> dict[str, str]:
    return {name: each for name, each in fields.items() if name != "chord"}


def _first_account(_found: Any) -> Any:
    return lambda world, user_id: accounts.get(world, user_id) if user_id else accounts.all_of(world)[0]


def _unknown_is_first(the_one: Any) -> Any:
    def chosen(world: Any, user_id: str | None) -> Any:
        return the_one(world, user_id if user_id in world.accounts else None)

    return chosen


def _forms_taken(asked: Asked, answer: Answer) -> None:
    if asked.operation in ORDERS and answer.status == 400 and b"multipart/" in asked.headers.get(b"content-type", b""):
        answer.become(200, {"result": True, "itemIds": ["x"], "jobs": ["user:12345-tempolor:1-job:x"]})


def _of_type(media_type: bytes) -> Callable[[Asked, Answer], bool]:
    return lambda asked, _answer: asked.headers.get(b"content-type") == media_type


def _order_without_account(asked: Asked, answer: Answer) -> bool:
    return asked.operation in ORDERS and answer.status in SUCCESS and b"user_id" not in asked.body


def _is_wordy(asked: Asked, answer: Answer) -> bool:
    sent = asked.data if asked.operation == "create_song" and answer.status in SUCCESS else None
    return isinstance(sent, dict) and len(str(sent.get("lyrics", ""))) > _WORDY


_rewrite = partial(rewritten, Kind.VALIDATION)
_switch = partial(switched, Kind.VALIDATION)
_check = partial(swap, validation.ObjectCheck, "__call__")
_REFUSED: Final = "invalid-values-are-400 invalid-is-refused"
_TAKEN: Final = "valid-orders-are-taken valid-is-accepted refused-order-is-wrong"
_WORDY: Final = 2000
_LIMITS: Final = (
    ("prompt", 2000, 2001),
    ("lyrics", 3000, 3001),
    ("chords", 200, 201),
    ("replyUrl", 1024, 1025),
    ("replyRef", 1024, 1025),
    ("bpm", 190, 191),
    ("bpm", 50, 49),
)

_MUTANTS: Final = (
    _rewrite(
        "wordy-songs-are-refused",
        "A song with lyrics of more than 2000 characters is a 400 that does not say why.",
        _TAKEN,
        lambda: answers(_is_wordy, 400, error(400)),
    ),
    _rewrite(
        "empty-cursor-refused",
        "An empty `cursor` is a 400.",
        "empty-is-left-out valid-is-accepted",
        lambda: answers(
            lambda asked, _answer: b"cursor=&" in asked.query + b"&", 400, error(400, "cursor has incorrect format")
        ),
    ),
    _rewrite(
        "no-lyrics-with-a-voice",
        "An order with lyrics and an artist's voice is refused.",
        _TAKEN,
        partial(_with_a_voice, "lyrics"),
    ),
    _rewrite(
        "no-model-with-a-voice",
        "An order with a model and an artist's voice is refused.",
        _TAKEN,
        partial(_with_a_voice, "model_song"),
    ),
    _switch("long-prompts", "A prompt may be of any length.", _REFUSED, _check(forgiving("body.prompt"))),
    _switch("long-lyrics", "Lyrics may be of any length.", _REFUSED, _check(forgiving("body.lyrics"))),
    _switch("any-tonality", "Any key is taken.", _REFUSED, _check(forgiving("body.tonality"))),
    _switch("any-tempo", "Any tempo is taken.", _REFUSED, _check(forgiving("body.bpm"))),
    _switch("long-chords", "Chords may be of any length.", _REFUSED, _check(forgiving("body.chords"))),
    _switch("any-model", "Any model of songs is taken.", _REFUSED, _any_model),
    _switch("long-reply-url", "A `replyUrl` may be of any length.", _REFUSED, _check(forgiving("body.replyUrl"))),
    _switch("long-reply-ref", "A `replyRef` may be of any length.", _REFUSED, _check(forgiving("body.replyRef"))),
    _switch("any-type", "A list of any type is a list.", _REFUSED, _check(forgiving(".type"))),
    _switch("prompt-optional", "An order needs no prompt.", _REFUSED, _check(_prompt_optional)),
    _switch(
        "voices-together",
        "An artist's voice and a cloned one go together.",
        "voice-and-midi-exclude-each-other invalid-is-refused invalid-values-are-400",
        swap(music, "_check_combination", instead(_midi_alone)),
    ),
    _switch(
        "voice-with-midi",
        "A voice and a MIDI file go together.",
        "voice-and-midi-exclude-each-other invalid-is-refused invalid-values-are-400",
        swap(music, "_check_combination", instead(_one_voice)),
    ),
    _switch(
        "two-voices-sing",
        "Two voices that there are go together.",
        "voice-and-midi-exclude-each-other invalid-is-refused invalid-values-are-400",
        swap(music, "_check_combination", instead(_no_midi_beside)),
    ),
    _switch(
        "account-guessed",
        "With several accounts, a list without `user_id` is the first one's.",
        "several-accounts-need-a-name",
        swap(accounts, "the_one", _first_account),
    ),
    _switch(
        "unknown-account-ignored",
        "An unknown `user_id` counts as left out.",
        "unknown-account-is-404 valid-is-accepted",
        swap(accounts, "the_one", _unknown_is_first),
    ),
    _switch(
        "any-media-type",
        "Uploads are taken as whatever Content-Type.",
        "upload-refuses-what-it-cannot-be invalid-is-refused",
        swap(reading.BodyReader, "media_type", _lenient),
    ),
    _rewrite(
        "forms-unchecked",
        "Orders sent as forms are taken, however wrong.",
        "invalid-values-are-400 invalid-is-refused",
        lambda: _forms_taken,
    ),
    _rewrite(
        "no-x-midi",
        "MIDI files are taken as audio/midi only.",
        "listed-media-types-are-taken valid-is-accepted",
        lambda: answers(_of_type(b"audio/x-midi"), 400, error(400, "Content-Type must be audio/midi or audio/x-midi")),
    ),
    _rewrite(
        "no-flac",
        "FLAC files are refused.",
        "listed-media-types-are-taken valid-is-accepted",
        lambda: answers(_of_type(b"audio/flac"), 400, error(400, "Content-Type must be audio/mpeg")),
    ),
    _rewrite(
        "orders-need-an-account",
        "An order without `user_id` is refused.",
        f"one-account-needs-no-name {_TAKEN}",
        lambda: answers(_order_without_account, 400, error(400, "Parameter user_id is required")),
    ),
    _rewrite(
        "lists-need-an-account",
        "A list without `user_id` is refused, even where there is one account.",
        "one-account-needs-no-name",
        lambda: answers(
            lambda asked, answer: (
                asked.operation in LISTS and b"user_id=" not in asked.query and answer.status in SUCCESS
            ),
            400,
            error(400, "Parameter user_id is required"),
        ),
    ),
    _rewrite(
        "any-parameters",
        "`requestParams` may be a list.",
        "invalid-is-refused invalid-values-are-400 generated-invalid-is-refused",
        lambda: answers(_with_a_list, 200, {"user_id": "1", "maxJobs": 10, "requestParams": {}, "updated": 1}),
    ),
    _rewrite(
        "long-references-are-called-urls",
        "A `replyRef` that is too long is refused as a `replyUrl`.",
        "refusal-names-what-is-wrong",
        lambda: _called_otherwise,
    ),
    _rewrite(
        "voices-without-a-name",
        "A voice may have an empty name.",
        "upload-refuses-what-it-cannot-be invalid-is-refused",
        lambda: answers(
            lambda asked, answer: on("clone_voice", 400)(asked, answer) and b"name=&" in asked.query + b"&",
            200,
            {"result": True, "itemId": "v", "clonedVoiceItemId": "user:12345-tempolor:1-voice:v"},
        ),
    ),
    _switch(
        "older-name-is-ignored",
        "`chord`, the older name of `chords`, has no effect.",
        "order-comes-back",
        swap(music_operations, "_INSTRUMENTAL_FIELDS", _without_chord),
    ),
    _rewrite(
        "uploads-dislike-the-empty",
        "An upload with an empty `user_id` is a 404.",
        "empty-is-left-out",
        lambda: answers(
            lambda asked, _answer: asked.method == "POST" and b"user_id=&" in asked.query + b"&", 404, error(404)
        ),
    ),
    _rewrite(
        "clones-for-nobody",
        "A voice is cloned for an account that is not configured.",
        "unknown-account-is-404",
        lambda: answers(
            on("clone_voice", 404),
            200,
            {"result": True, "itemId": "v", "clonedVoiceItemId": "user:12345-tempolor:1-voice:v"},
        ),
    ),
    _rewrite(
        "instrumentals-for-nobody",
        "An instrumental for an account that is not configured is a 400.",
        "unknown-account-is-404 refused-order-is-wrong",
        lambda: answers(on("create_instrumental", 404), 400, error(400)),
    ),
    _rewrite(
        "forms-take-two-sources",
        "A form with a voice and a MIDI file is an order.",
        "invalid-values-are-400 voice-and-midi-exclude-each-other",
        lambda: answers(
            lambda asked, answer: (
                on("create_song", 400)(asked, answer)
                and all(each in asked.body for each in (b'"artistVoiceItemId"', b'"midiItemId"', b"form-data"))
            ),
            200,
            {"result": True, "itemIds": ["x"], "jobs": ["user:12345-tempolor:1-job:x"]},
        ),
    ),
    _rewrite(
        "any-artist",
        "An artist's voice that nobody has is ordered with.",
        "unknown-id-is-404",
        lambda: answers(
            lambda asked, answer: on("create_song", 404)(asked, answer) and b"artistVoiceItemId" in asked.body,
            200,
            {"result": True, "itemIds": ["x"], "jobs": ["user:12345-tempolor:1-job:x"]},
        ),
    ),
    _rewrite(
        "orders-as-text",
        "An order is taken as text/plain.",
        "orders-are-json-or-forms",
        lambda: answers(
            lambda asked, _answer: asked.operation == "create_song" and _of_type(b"text/plain")(asked, _answer),
            200,
            {"result": True, "itemIds": ["x"], "jobs": ["user:12345-tempolor:1-job:x"]},
        ),
    ),
    _rewrite(
        "types-by-the-letter",
        "A media type in another case is refused.",
        "media-types-may-be-spelt-freely valid-is-accepted",
        lambda: answers(_of_type(b"Audio/MIDI"), 400, error(400, "Content-Type must be audio/midi or audio/x-midi")),
    ),
    _rewrite(
        "types-without-parameters",
        "A media type with a parameter is refused.",
        "media-types-may-be-spelt-freely valid-is-accepted",
        lambda: answers(
            lambda asked, _answer: b"audio/" in (told := asked.headers.get(b"content-type", b"")) and b";" in told,
            400,
            error(400, "Content-Type must be audio/mpeg"),
        ),
    ),
)
MUTANTS: Final = (
    *_MUTANTS,
    _switch(
        "keys-by-other-names",
        "Keys are taken under names that the page does not list.",
        _REFUSED,
        _check(_other_names_of_keys),
    ),
    _rewrite(
        "limits-are-floored",
        "A `maxJobs` of 2.7 is stored as 2.",
        "account-keeps-its-limit",
        lambda: _stores_limits(lambda limit: isinstance(limit, float)),
    ),
    _rewrite(
        "quoted-boundary-refused",
        "A form whose boundary stands in quotes is refused.",
        _TAKEN,
        lambda: answers(_quoted_boundary, 400, error(400, "The form is broken")),
    ),
    _rewrite(
        "dashed-ids-refused",
        "A MIDI file of an account with a dash in its id cannot be deleted.",
        "valid-is-accepted what-was-made-can-be-found",
        lambda: answers(_dashed, 400, error(400, "midiItemId has incorrect format")),
    ),
    *(
        _rewrite(
            f"{name.lower()}-refused-at-{limit}",
            f"A `{name}` of {limit}, which is allowed, is refused.",
            _TAKEN,
            partial(_too_early, name, limit),
        )
        for name, limit, _ in _LIMITS
    ),
    *(
        _switch(
            f"{name.lower()}-taken-at-{beyond}",
            f"A `{name}` of {beyond}, one beyond what is allowed, is taken.",
            _REFUSED,
            _check(_too_late(name, beyond)),
        )
        for name, _, beyond in _LIMITS
    ),
    _rewrite(
        "empty-type-is-refused",
        "An empty `type` is a 400.",
        "empty-fields-are-left-out valid-is-accepted",
        lambda: answers(
            lambda asked, _answer: asked.operation == "list_music" and b"type=&" in asked.query + b"&",
            400,
            error(400, "Invalid type parameter. Must be 'song' or 'instrumental'"),
        ),
    ),
    _rewrite(
        "points-are-refused",
        "A whole number with a point, such as 80.0, is a 400.",
        "whole-numbers-may-have-a-point",
        lambda: answers(
            lambda asked, _answer: isinstance(asked.data, dict) and isinstance(asked.data.get("bpm"), float),
            400,
            error(400, "Invalid bpm"),
        ),
    ),
    _rewrite(
        "no-room-at-all",
        "An account may be stored with 0 for its `maxJobs`.",
        "answer-fits-reading",
        lambda: _stores_limits(lambda limit: limit == 0),
    ),
    _rewrite(
        "empty-numbers-are-refused",
        "An empty `maxJobs` is a 400.",
        "empty-fields-are-left-out",
        lambda: answers(
            lambda asked, _answer: isinstance(asked.data, dict) and asked.data.get("maxJobs") == "",
            400,
            error(400, "Invalid maxJobs"),
        ),
    ),
)
