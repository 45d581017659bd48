"""The header `Prefer` (RFC 7240) on one request: `Prefer: code=429, example=upstream_busy`."""

import re

from ..documented import DocumentedAnswer, DocumentedAnswers, NotDocumentedError
from ..domain.errors import ServiceError
from ..domain.faults import PLATFORM_TEXTS
from ..domain.records import replace
from ..exchange import Answer, Call

CODE, EXAMPLE, RETRY_AFTER = "code", "example", "retry-after"

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - RFC 9110's token, no secret
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_ELEMENT = re.compile(rf'(?:[^,"]|{_QUOTED}|")+')
_PREFERENCE = re.compile(rf"\s*({_TOKEN})\s*(?:=\s*({_QUOTED}|{_TOKEN})?)?\s*(?:;|$)")


def parse_prefer(header: str) -> dict[str, str]:
    """Return the preferences by their names in lower case, without their parameters.

    As the RFC has it, the first of several with one name counts, and no value is the same as an empty one. What cannot
    be read is ignored.
    """
    found: dict[str, str] = {}
    for element in _ELEMENT.findall(header):
        if (match := _PREFERENCE.match(element)) is not None:
            found.setdefault(match[1].lower(), _unquoted(match[2] or ""))
    return found


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def preferred(call: Call, documented: DocumentedAnswers | None) -> Answer | None:
    """Return the answer that the headers ask for, noting what asked for it; None where nothing does.

    Raises PreferenceError for one that cannot be had. Nothing else than documented answers can be preferred.
    """
    if documented is None:
        return None
    headers = call.request.headers
    preferences = parse_prefer(", ".join(value.decode("latin-1") for name, value in headers if name == b"prefer"))
    asked = {name: value for name in (CODE, EXAMPLE, RETRY_AFTER) if (value := preferences.get(name))}
    if CODE not in asked and EXAMPLE not in asked:
        return None
    words = ", ".join(f"{name}={value}" for name, value in asked.items())
    answer = _answer(_number(asked, CODE), asked.get(EXAMPLE), _number(asked, RETRY_AFTER), documented)
    call.notes.forced = f"Prefer: {words}"
    return replace(answer, headers=(*answer.headers, ("Preference-Applied", words)))


class PreferenceError(ServiceError):
    """An answer was asked for that there is not."""


def _number(asked: dict[str, str], name: str) -> int | None:
    value = asked.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise PreferenceError(400, f"Prefer: {name} must be a number, such as {name}=429, not {value}")
    return int(value)


def _answer(status: int | None, example: str | None, retry_after: int | None, documented: DocumentedAnswers) -> Answer:
    try:
        return of_document(documented.find(status, example), retry_after)
    except NotDocumentedError as error:
        if status in PLATFORM_TEXTS and example is None:
            return of_platform(status, None, retry_after)
        platform = ", ".join(map(str, PLATFORM_TEXTS))
        raise PreferenceError(400, f"Prefer: {error}. Undocumented faults of the platform: {platform}") from None


def of_document(found: DocumentedAnswer, retry_after: int | None = None) -> Answer:
    """Return a documented answer."""
    return Answer(found.status, found.content, (*found.headers, *_retry_after(retry_after)))


def of_platform(status: int, text: str | None, retry_after: int | None = None) -> Answer:
    """Return an answer in the envelope that the document need not have."""
    body = ServiceError(status, PLATFORM_TEXTS.get(status, "") if text is None else text).body()
    return Answer(status, body, _retry_after(retry_after), deliberate=True)


def _retry_after(seconds: int | None) -> tuple[tuple[str, str], ...]:
    return () if seconds is None else (("Retry-After", str(seconds)),)
