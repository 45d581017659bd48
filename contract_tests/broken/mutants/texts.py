"""Mutants in texts that come back otherwise than they were sent."""

import html
import unicodedata
from collections.abc import Callable, Container
from functools import partial
from typing import Any, Final
from urllib.parse import unquote_plus

from tempolor_mock.steps import reading

from ..mutant import Answer, Asked, Kind, Rewrite
from ..rewriting import ITEM, ORDERS, Change, at, edit, error, rewritten, without
from ..switching import Patches, swap, switched

_ECHOES: Final = frozenset({"otherInfo", "prompt", "description", "lyricsPrompt", "chord", "replyRef", "name"})
_LONGEST_LYRICS: Final = 3000
_LONGEST_PROMPT: Final = 2000
_TYPED: Final = frozenset({"lyrics", "chords", "replyRef"})
_BMP: Final = 0xFFFF


def _echoes(change: Callable[[str], str], names: Container[str] = _ECHOES) -> Rewrite:
    """Change texts that a client sent and that an answer repeats."""

    def changed(data: Any) -> Any:
        if isinstance(data, list):
            return [changed(each) for each in data]
        if not isinstance(data, dict):
            return data
        return {
            name: change(value) if name in names and isinstance(value, str) else changed(value)
            for name, value in data.items()
        }

    return edit((), changed)


def _counted_in_bytes(asked: Asked, answer: Answer) -> None:
    """Refuse lyrics that have too many bytes of UTF-8, though not too many characters."""
    data = asked.data
    lyrics = data.get("lyrics") if isinstance(data, dict) else None
    if asked.operation in ORDERS and isinstance(lyrics, str) and len(lyrics.encode()) > _LONGEST_LYRICS:
        answer.become(400, error(400, "Invalid lyrics"))


def _counted_in_utf16(asked: Asked, answer: Answer) -> None:
    """Refuse a prompt that has too many UTF-16 units, though not too many characters."""
    data = asked.data
    prompt = data.get("prompt") if isinstance(data, dict) else None
    if asked.operation in ORDERS and isinstance(prompt, str) and len(prompt.encode("utf-16-le")) // 2 > _LONGEST_PROMPT:
        answer.become(400, error(400, "Invalid prompt"))


def _without_a_key(asked: Asked, answer: Answer) -> None:
    data = asked.data
    if asked.operation in ORDERS and isinstance(data, dict) and data.get("tonality") == "Ab:minor":
        answer.become(400, error(400, "Invalid tonality"))


def _form(change: Change) -> Patches:
    """Change the fields of orders that are sent as forms."""

    def make(read: Any) -> Any:
        return lambda *given: change(read(*given))

    return swap(reading.BodyReader, "_form", make)


def _as_latin_1(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _misread(value) if name in _TYPED else value for name, value in fields.items()}


def _misread(text: str) -> str:
    return text.encode().decode("latin-1")


_rewrite = partial(rewritten, Kind.TEXTS)
_switch = partial(switched, Kind.TEXTS)
_RULES: Final = "order-comes-back upload-comes-back-in-its-list scheduler-repeats-the-order"

MUTANTS: Final = (
    _rewrite(
        "emoji-are-dropped",
        "Characters beyond the first plane of Unicode are left out of texts.",
        _RULES,
        lambda: _echoes(lambda text: "".join(each for each in text if ord(each) <= _BMP)),
    ),
    _rewrite(
        "texts-are-composed",
        "Texts come back in Unicode's composed form.",
        _RULES,
        lambda: _echoes(partial(unicodedata.normalize, "NFC")),
    ),
    _rewrite(
        "texts-are-html",
        "Texts come back escaped as for HTML.",
        _RULES,
        lambda: _echoes(html.escape),
    ),
    _rewrite(
        "texts-are-trimmed",
        "Texts come back without the white space at their ends.",
        _RULES,
        lambda: _echoes(str.strip),
    ),
    _rewrite(
        "line-ends-are-joined",
        "A carriage return and a line feed come back as a line feed.",
        _RULES,
        lambda: _echoes(lambda text: text.replace("\r\n", "\n")),
    ),
    _rewrite(
        "line-feeds-get-a-return",
        "A line feed alone comes back as a carriage return and a line feed.",
        _RULES,
        lambda: _echoes(lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n")),
    ),
    _rewrite(
        "ascii-only",
        "Characters beyond ASCII come back as question marks.",
        _RULES,
        lambda: _echoes(lambda text: text.encode("ascii", "replace").decode()),
    ),
    _rewrite(
        "names-are-ascii",
        "The names of MIDI files and voices come back with question marks for what is not ASCII.",
        "upload-comes-back-in-its-list",
        lambda: _echoes(lambda text: text.encode("ascii", "replace").decode(), {"name"}),
    ),
    _rewrite(
        "names-are-decoded-twice",
        "The names of MIDI files and voices are decoded once more than they were encoded.",
        "upload-comes-back-in-its-list upload-answers-its-id",
        lambda: _echoes(unquote_plus, {"name"}),
    ),
    _rewrite(
        "names-are-cut",
        "The names of MIDI files and voices are cut after 128 characters.",
        "upload-comes-back-in-its-list upload-answers-its-id",
        lambda: _echoes(lambda text: text[:128], {"name"}),
    ),
    _rewrite(
        "limits-in-bytes",
        "The length of lyrics is counted in bytes.",
        "valid-is-accepted valid-orders-are-taken",
        lambda: _counted_in_bytes,
    ),
    _rewrite(
        "limits-in-utf16",
        "The length of a prompt is counted in UTF-16 units.",
        "valid-is-accepted valid-orders-are-taken",
        lambda: _counted_in_utf16,
    ),
    _rewrite(
        "one-key-is-unknown",
        "One of the listed keys is refused.",
        "valid-is-accepted valid-orders-are-taken",
        lambda: _without_a_key,
    ),
    _rewrite(
        "one-key-is-called-otherwise",
        "One of the listed keys comes back under another name.",
        "order-comes-back",
        lambda: edit(ITEM, at("musicMaterial.key", lambda key: key.replace("C#", "Db"))),
    ),
    _rewrite(
        "chords-are-erased",
        "Chords come back as an empty text.",
        "order-comes-back",
        lambda: _echoes(lambda _text: "", {"chord"}),
    ),
    _rewrite(
        "lyrics-are-erased",
        "Lyrics come back as an empty text.",
        "order-comes-back",
        lambda: _echoes(lambda _text: "", {"lyricsPrompt"}),
    ),
    _switch(
        "form-loses-the-reference",
        "The `replyRef` of an order that was sent as a form is lost.",
        "scheduler-repeats-the-order busy-repeats-the-order callback-repeats-the-order",
        _form(without("replyRef")),
    ),
    _switch(
        "form-loses-the-lyrics",
        "The lyrics of an order that was sent as a form are lost.",
        "order-comes-back",
        _form(without("lyrics")),
    ),
    _switch(
        "form-loses-the-chords",
        "The chords of an order that was sent as a form are lost.",
        "order-comes-back",
        _form(without("chords")),
    ),
    _switch(
        "form-loses-the-address",
        "The `replyUrl` of an order that was sent as a form is lost.",
        "scheduler-repeats-the-order busy-repeats-the-order callbacks-end-with-one-final",
        _form(without("replyUrl")),
    ),
    _switch(
        "forms-are-latin-1",
        "The texts of a form are read as Latin-1 instead of UTF-8.",
        _RULES,
        _form(_as_latin_1),
    ),
)
