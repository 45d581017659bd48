"""Mutants in what only some clients do, and some users have: other spellings, no account yet, one that has two."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from ..mutant import Answer, Asked, Kind, Rewrite
from ..rewriting import LISTS, ORDERS, SUCCESS, answers, at, edit, error, rewritten, without


def _nobody_crashes(asked: Asked, answer: Answer) -> bool:
    """Tell whether somebody orders who has no account at all."""
    return asked.operation in ORDERS and answer.status == 404 and b"user_id" not in asked.body


def _nameless(asked: Asked, answer: Answer) -> bool:
    """Tell whether a list or an upload was refused because it does not say for which account it is."""
    return answer.status == 400 and asked.operation in {*LISTS, "upload_midi"} and b"user_id=" not in asked.query


def _looked_up(asked: Asked, _answer: Answer) -> bool:
    sent = asked.data
    return asked.operation in ORDERS and isinstance(sent, dict) and sent.get("user_id") == ""


def _is_form(asked: Asked) -> bool:
    return asked.operation in ORDERS and b"form-data" in asked.headers.get(b"content-type", b"")


_SOURCES: Final = ("artistVoiceItemId", "clonedVoiceItemId", "midiItemId")
_INSIDE: Final = 100
_TAKEN: Final = {"result": True, "itemIds": ["x"], "jobs": ["user:12345-tempolor:1-job:x"]}


def _with_a_charset(asked: Asked, _answer: Answer) -> bool:
    told = asked.headers.get(b"content-type", b"")
    return asked.operation in {"create_account", "create_instrumental"} and b"charset" in told


def _with_a_path(url: str) -> str:
    parts = urlsplit(url)
    return url if parts.path else parts._replace(path="/").geturl()


def _numbers_for_booleans(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: int(each) if isinstance(each, bool) else each for name, each in parameters.items()}


def _siblings_lose_their_files() -> Rewrite:
    """Answer downloads of an order's jobs 404 once one of them was deleted."""
    orders: dict[str, list[str]] = {}
    lost: set[str] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        job_id = asked.path.rpartition("/")[2]
        if asked.operation in ORDERS and answer.status == 200:
            orders.update(dict.fromkeys(answer.data["jobs"], answer.data["jobs"]))
        elif asked.operation == "delete_music" and answer.status in SUCCESS:
            lost.update(orders.get(job_id, ()))
        elif asked.operation == "download_music" and answer.status == 200 and job_id in lost:
            answer.become(404, error(404, f"No record found for {job_id}"))

    return rewrite


def _shows_less_of(ordered: Callable[[Asked], bool]) -> Rewrite:
    """Leave lyrics and chords out of the items of some orders."""
    jobs: set[str] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in ORDERS and answer.status == 200 and ordered(asked):
            jobs.update(answer.data["jobs"])
        elif asked.operation == "get_music" and answer.status == 200 and answer.data["job_id"] in jobs:
            for part, field in (("musicMaterial", "chord"), ("ltmMaterialExtendDto", "lyricsPrompt")):
                answer.put(at(part, without(field))(answer.data))

    return rewrite


def _with_three_sources(asked: Asked, _answer: Answer) -> bool:
    sent = asked.data if asked.operation == "create_song" else None
    return isinstance(sent, dict) and all(map(sent.get, _SOURCES))


def _spoils_zips(asked: Asked, answer: Answer) -> None:
    if asked.path.startswith("/files/") and answer.status == 200 and answer.body.startswith(b"PK"):
        at = answer.body.index(b"data") + _INSIDE
        answer.body = answer.body[:at] + bytes([answer.body[at] ^ 1]) + answer.body[at + 1 :]


def _by_the_older_name(asked: Asked) -> bool:
    return isinstance(asked.data, dict) and "chord" in asked.data


_identity = partial(rewritten, Kind.IDENTITY)
_capacity = partial(rewritten, Kind.CAPACITY)
_validation = partial(rewritten, Kind.VALIDATION)

MUTANTS: Final = (
    _identity(
        "nobody-crashes",
        "An order of who has no account yet is a 500.",
        "no-lasting-crash unknown-account-is-404",
        lambda: answers(_nobody_crashes, 500),
    ),
    _validation(
        "nobody-in-particular-is-not-found",
        "A list or an upload that names none of several accounts is a 404.",
        "several-accounts-need-a-name",
        lambda: answers(_nameless, 404, error(404, "No record found for ")),
    ),
    _validation(
        "empty-account-is-looked-up",
        "An empty `user_id` in an order is a 404.",
        "empty-fields-are-left-out empty-is-left-out",
        lambda: answers(_looked_up, 404, error(404, "No record found for ")),
    ),
    _validation(
        "charsets-are-refused",
        "JSON whose media type names a charset is refused for accounts and instrumentals.",
        "media-types-may-be-spelt-freely valid-is-accepted",
        lambda: answers(_with_a_charset, 400, error(400, "Content-Type must be application/json")),
    ),
    _identity(
        "addresses-get-a-path",
        "A `replyUrl` without a path comes back with one.",
        "busy-repeats-the-order scheduler-repeats-the-order",
        lambda: edit(["list_running_jobs"], at("*.replyUrl", _with_a_path)),
    ),
    _identity(
        "booleans-become-numbers",
        "Booleans in the parameters of an account come back as 1 and 0.",
        "account-keeps-its-parameters",
        lambda: edit(["create_account", "get_account"], at("requestParams", _numbers_for_booleans)),
    ),
    _identity(
        "siblings-lose-their-files",
        "Who deletes one job of an order takes the files of the others along.",
        "complete-can-be-downloaded",
        _siblings_lose_their_files,
    ),
    _identity(
        "items-of-forms-show-less",
        "Items of orders by form have no lyrics and no chords.",
        "order-comes-back",
        lambda: _shows_less_of(_is_form),
    ),
    _identity(
        "older-name-is-lost",
        "Chords that an order gave as `chord` are not in its items.",
        "order-comes-back",
        lambda: _shows_less_of(_by_the_older_name),
    ),
    _capacity(
        "forms-order-where-there-is-no-room",
        "An order by form is taken, however many jobs run.",
        "own-limit-replaces-the-accounts valid-orders-are-taken full-is-busy",
        lambda: answers(lambda asked, answer: answer.status == 429 and _is_form(asked), 200, _TAKEN),
    ),
    _identity(
        "forms-order-with-what-is-gone",
        "An order by form is taken that names a voice which was deleted.",
        "ready-material-can-be-used unknown-id-is-404",
        lambda: answers(lambda asked, answer: answer.status == 404 and _is_form(asked), 200, _TAKEN),
    ),
    _validation(
        "stems-of-nothing",
        "Stems are made of an upload without a byte.",
        "empty-uploads-are-refused",
        lambda: answers(
            lambda asked, answer: asked.operation == "split_stems" and answer.status == 400 and not asked.body,
            200,
            {"state": 2, "stemsZipUrl": "http://127.0.0.1:9/a.zip"},
        ),
    ),
    _validation(
        "stems-of-any-sound",
        "Stems are made of a sound of a type that no page lists.",
        "unlisted-sounds-are-refused",
        lambda: answers(
            lambda asked, _answer: asked.operation == "split_stems" and asked.headers[b"content-type"] == b"audio/ogg",
            200,
            {"state": 2, "stemsZipUrl": "http://127.0.0.1:9/a.zip"},
        ),
    ),
    _validation(
        "three-sources-are-taken",
        "An order with both kinds of voices and a MIDI file is taken.",
        "voice-and-midi-exclude-each-other invalid-is-refused invalid-values-are-400",
        lambda: answers(_with_three_sources, 200, _TAKEN),
    ),
    _identity(
        "lower-hex-is-no-id",
        "An id whose colons are sent as %3a cannot be downloaded.",
        "encoded-id-is-the-same-id valid-is-accepted",
        lambda: answers(
            lambda asked, _answer: asked.operation == "download_music" and b"%3a" in asked.raw_path,
            400,
            error(400, "job_id has incorrect format"),
        ),
    ),
    rewritten(
        Kind.FILES,
        "stems-that-cannot-be-unpacked",
        "A byte of the first file in a ZIP of stems is another one.",
        "file-is-whole",
        lambda: _spoils_zips,
    ),
)
