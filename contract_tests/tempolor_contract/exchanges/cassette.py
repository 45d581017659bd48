"""What Schemathesis records: VCR cassettes (YAML) and its events (ndjson)."""

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from .errors import BrokenRecordingError, Skipped, end_reading
from .exchange import Exchange, Headers, Request, Response, readable_url
from .nesting import MOST_LEVELS

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# YAML is read whole, and takes some thirty times its size; HAR and ndjson are read as they come.
_MOST_BYTES = 64 << 20
_STEPS = {
    yaml.SequenceStartEvent: 1,
    yaml.MappingStartEvent: 1,
    yaml.SequenceEndEvent: -1,
    yaml.MappingEndEvent: -1,
}
_BROKEN = (AttributeError, KeyError, TypeError, ValueError, binascii.Error)


def read_cassette(file: Path, skipped: Skipped = end_reading) -> Iterator[Exchange]:
    """Yield the exchanges of a VCR cassette; BrokenRecordingError where that fails.

    `skipped` is told of interactions that are not as Schemathesis writes them.
    """
    if file.stat().st_size > _MOST_BYTES:
        told = f"more than {_MOST_BYTES >> 20} MB of YAML, which takes too much memory; record HAR or ndjson instead"
        raise BrokenRecordingError(file, "", told)
    try:
        text = file.read_bytes()
        if _depth(text) > MOST_LEVELS:
            raise BrokenRecordingError(file, "", f"nested deeper than {MOST_LEVELS} levels")
        interactions = yaml.load(text, Loader=_Loader)["http_interactions"]  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        told = str(getattr(error, "problem", error)).splitlines()[0]
        raise BrokenRecordingError(file, place, f"neither JSON nor YAML: {told}") from None
    except (KeyError, TypeError):
        raise BrokenRecordingError(file, "", "not a cassette: it has no http_interactions") from None
    for number, interaction in enumerate(interactions or (), 1):
        label = f"interaction {number}"
        try:
            yield _from_vcr(interaction, label)
        except _BROKEN as error:
            skipped(BrokenRecordingError(file, label, f"not as Schemathesis writes it ({error})"))


def _depth(text: bytes) -> int:
    """Return how deep a text is nested, at most one more than may be: the loader recurses, and would crash."""
    steps = (_STEPS.get(type(event), 0) for event in yaml.parse(text, Loader=_Loader))
    return next((depth for depth in accumulate(steps) if depth > MOST_LEVELS), 0)


def read_event(event: dict[str, Any], place: str) -> Iterator[Exchange]:
    """Yield the exchanges of one of Schemathesis' events, most have none; LookupError or ValueError if broken."""
    finished = event.get("ScenarioFinished")
    if finished is None:
        return
    interactions = sorted(finished["recorder"]["interactions"].items(), key=lambda each: each[1]["timestamp"])
    for name, interaction in interactions:
        yield _from_event(interaction, f"{place}, {name}")


def _from_vcr(interaction: dict[str, Any], label: str) -> Exchange:
    moment = datetime.fromisoformat(str(interaction["recorded_at"])).timestamp()
    request, response = interaction["request"], interaction.get("response")
    answer = response and (response["status"]["code"], _vcr_body(response.get("body")))
    return _exchange(interaction, moment, _vcr_body(request.get("body")), answer, label)


def _from_event(interaction: dict[str, Any], label: str) -> Exchange:
    request, response = interaction["request"], interaction.get("response")
    answer = response and (response["status_code"], _event_body(response.get("content")))
    return _exchange(interaction, float(interaction["timestamp"]), _event_body(request.get("body")), answer, label)


def _exchange(
    interaction: dict[str, Any], moment: float, sent: bytes, answer: tuple[Any, bytes] | None, label: str
) -> Exchange:
    """Return an exchange; both formats agree on all but the moment, the status and how bodies are written."""
    request, response = interaction["request"], interaction.get("response") or {}
    return Exchange(
        Request(
            method=str(request["method"]).upper(),
            url=readable_url(request["uri"]),
            headers=_headers(request),
            body=sent,
        ),
        Response(status=int(answer[0]), headers=_headers(response), body=answer[1]) if answer else None,
        moment,
        float(response.get("elapsed") or 0),
        "schemathesis",
        "" if answer else "no response was recorded",
        label,
    )


def _headers(message: dict[str, Any]) -> Headers:
    return tuple((str(name), str(value)) for name, values in (message.get("headers") or {}).items() for value in values)


def _vcr_body(body: Any) -> bytes:
    if not body:
        return b""
    if "base64_string" in body:
        return base64.b64decode(body["base64_string"])
    return str(body.get("string") or "").encode()


def _event_body(body: Any) -> bytes:
    if isinstance(body, dict):
        return base64.b64decode(body["$base64"])
    return str(body).encode() if body else b""
