"""A conforming recording of all that the document prints, and differences to plant in it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from stories import call, story
from tempolor_contract.document.schemas import resolve
from tempolor_contract.exchanges.exchange import Exchange, Message
from tempolor_spec import load_document, operations

ARGUMENTS: Final = {
    "user_id": "204816357",
    "job_id": "user:12345-tempolor:204816357-job:8f3c1d5ab27e940",
    "midiItemId": "user:12345-tempolor:204816357-midi:5d0c93ae1f7b826",
    "clonedVoiceItemId": "user:12345-tempolor:204816357-voice:b41e7c90d2f6a35",
    "name": "Harbour Theme",
}
_ALLOW: Final = {"Allow": "GET, POST"}
_FILES: Final = {"audio/midi": b"MThd\x00\x00\x00\x06", "audio/wav": b"RIFF\x00\x00\x00\x00WAVE"}


def recording(revision: str = "2025-05") -> list[Exchange]:
    """Return an exchange for each example of an answer, of a request and of a callback."""
    document = load_document(revision)
    return story(*_exchanges(document))


def _exchanges(document: dict[str, Any]) -> Iterator[Exchange]:
    for operation in operations(document):
        definition = operation.definition
        asked = list(_requests(document, operation.path, definition))
        for status, reference in definition["responses"].items():
            response = _resolved(reference, document)
            values = [
                each["value"]
                for each in response.get("content", {}).get("application/json", {}).get("examples", {}).values()
            ]
            for value in values or [None]:
                path, query, sent = asked[0]
                yield call(
                    operation.method.upper(), path, int(status), value, query=query, **sent,
                    answer_headers=_ALLOW if status == "405" else None,
                )  # fmt: skip
        success = next(iter(definition["responses"].items()))
        examples = _resolved(success[1], document).get("content", {}).get("application/json", {}).get("examples", {})
        answer = next((each["value"] for each in examples.values()), None)
        for path, query, sent in asked[1:]:
            yield call(operation.method.upper(), path, int(success[0]), answer, query=query, **sent)
        for callback in definition.get("callbacks", {}).values():
            for item in callback.values():
                for each in item["post"]["requestBody"]["content"]["application/json"]["examples"].values():
                    sent = call("POST", "http://me.example/hook", 204, sent=each["value"], token=None)
                    yield replace(sent, source="callback")


def _requests(
    document: dict[str, Any], path: str, definition: dict[str, Any]
) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    parameters = [_resolved(each, document) for each in definition.get("parameters", ())]
    for each in parameters:
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", quote(ARGUMENTS[each["name"]]))
    query = {each["name"]: ARGUMENTS[each["name"]] for each in parameters if each["in"] == "query" and each["required"]}
    content = definition.get("requestBody", {}).get("content", {})
    examples = content.get("application/json", {}).get("examples", {}).values()
    bodies: list[dict[str, Any]] = [{"sent": each["value"]} for each in examples]
    bodies += [{"sent": body, "headers": {"Content-Type": kind}} for kind, body in _FILES.items() if kind in content]
    for body in bodies or [{}]:
        yield path, query, body


def _resolved(node: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    return resolve(node["$ref"], document) if "$ref" in node else node


def edited(message: Message, change: Callable[[Any], Any]) -> Message:
    """Return a message whose JSON is changed."""
    return replace(message, body=json.dumps(change(json.loads(message.body))).encode())
