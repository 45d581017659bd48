"""Multipart forms (RFC 7578), read by python-multipart's parser."""

import codecs
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MAX_BOUNDARY_LENGTH, MultipartParser, parse_options_header

from ..domain import errors
from ..domain.errors import ServiceError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FIELDS = 1000
_PLAIN_ENCODINGS = frozenset((b"", b"7bit", b"8bit", b"binary"))
_PYTHON_ONLY = frozenset(("idna", "punycode", "unicode-escape", "raw-unicode-escape"))
"""Python's own names for what no client writes a form in; of these, `punycode` takes quadratic time."""


def parse_form(content_type: bytes, raw: bytes) -> dict[str, str]:
    """Return the text fields of a form; empty ones count as absent, of two with one name the last counts.

    Raises a 400 for files, for a form that is none or does not come to its end, and for a text that is not written in
    the encoding its part names (UTF-8 where it names none).
    """
    _, options = parse_options_header(content_type)
    if not 0 < len(boundary := options.get(b"boundary", b"")) <= MAX_BOUNDARY_LENGTH:
        raise ServiceError(400, f"Content-Type names no boundary of 1 to {MAX_BOUNDARY_LENGTH} bytes for the form")
    form = _Form()
    try:
        parser = MultipartParser(boundary, form.callbacks())
        parser.write(_without_preamble(raw, boundary))
    except (FormParserError, KeyError, UnicodeDecodeError):
        raise _invalid() from None
    if not form.has_ended:
        raise ServiceError(400, "Request body ends before the closing delimiter of the form")
    return {name: text for name, text in form.fields if text}


def _without_preamble(raw: bytes, boundary: bytes) -> bytes:
    """Return a form from its first delimiter on: what stands before counts for nothing (RFC 2046, 5.1.1)."""
    delimiter = b"--" + boundary
    if raw.startswith(delimiter):
        return raw
    found = raw.find(b"\r\n" + delimiter)
    return raw if found < 0 else raw[found + 2 :]


def _invalid() -> ServiceError:
    return ServiceError(400, "Request body is not a valid multipart form")


class _Form:
    """What the parser finds."""

    def __init__(self) -> None:
        self.fields: list[tuple[str, str]] = []
        self.has_ended = False
        self._headers: dict[bytes, bytes] = {}
        self._header, self._value, self._text = b"", b"", bytearray()

    def callbacks(self) -> "MultipartCallbacks":
        """Return this form's methods by the names that the parser has for them."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add_to_header,
            "on_header_value": self._add_to_value,
            "on_header_end": self._end_header,
            "on_part_data": self._add_to_text,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._headers = {}
        self._text = bytearray()

    def _add_to_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def _add_to_text(self, data: bytes, start: int, end: int) -> None:
        self._text += data[start:end]

    def _end_part(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        name = options[b"name"].decode()
        if b"filename" in options:
            raise errors.incorrect_format(name)
        encoding = self._headers.get(b"content-transfer-encoding", b"").strip().lower()
        if encoding not in _PLAIN_ENCODINGS:
            shown = encoding.decode("latin-1")
            raise ServiceError(400, f"Part {name} has the Content-Transfer-Encoding {shown}: send it as it is")
        if len(self.fields) >= MOST_FIELDS:
            raise ServiceError(400, f"Request body has more than {MOST_FIELDS} fields")
        self.fields.append((name, self._decoded(name)))

    def _decoded(self, name: str) -> str:
        _, options = parse_options_header(self._headers.get(b"content-type"))
        charset = options.get(b"charset", b"utf-8").decode("latin-1")
        try:
            is_known = codecs.lookup(charset).name not in _PYTHON_ONLY
            # A codec's own `decode` would take `zlib` for a charset.
            text = self._text.decode(charset) if is_known else None
        except LookupError:
            text = None
        except ValueError:
            raise ServiceError(400, f"Part {name} is not valid {charset}") from None
        if text is None:
            raise ServiceError(400, f"Part {name} has the charset {charset}, which is not known here")
        return text

    def _end(self) -> None:
        self.has_ended = True
