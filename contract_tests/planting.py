"""A conforming recording of all that the document prints, and differences to plant in it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from stories import call, story
from tempolor_contract.document.call import CALLBACK
from tempolor_contract.document.reader import Reader
from tempolor_contract.document.router import default_router
from tempolor_contract.document.schemas import resolve
from tempolor_contract.document.service import ORDERS
from tempolor_contract.drift.findings import Kind, Where
from tempolor_contract.exchanges.exchange import Exchange
from tempolor_spec import load_document, operations

ARGUMENTS: Final = {
    "user_id": "204816357",
    "job_id": "user:12345-tempolor:204816357-job:8f3c1d5ab27e940",
    "midiItemId": "user:12345-tempolor:204816357-midi:5d0c93ae1f7b826",
    "clonedVoiceItemId": "user:12345-tempolor:204816357-voice:b41e7c90d2f6a35",
    "name": "Harbour Theme",
}
_OK: Final = 200
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
                sent = {} if status == "400" else sent  # nobody knows which request it answers
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


@dataclass(frozen=True)
class Plant:
    """A difference as `tempolor drift` should name it, and an exchange that shows it."""

    kind: Kind
    detail: str
    operation: str
    status: int
    where: Where
    place: str
    exchange: Exchange

    @property
    def sight(self) -> tuple[Any, ...]:
        """What the report should tell."""
        return self.kind, self.detail, self.operation, self.status, self.where, self.place


@dataclass(frozen=True)
class Site:
    """A JSON value inside of an answer or a callback where something can be planted."""

    operation: str
    status: int
    where: Where
    path: tuple[str | int, ...]
    value: Any
    exchange: Exchange

    @property
    def place(self) -> str:
        """The site as a JSON Pointer, `*` for items and for keys of maps."""
        shown = [
            "*" if isinstance(part, int) or self._is_map(self.path[:level]) else part
            for level, part in enumerate(self.path)
        ]
        return "".join(f"/{part}" for part in shown)

    def _is_map(self, path: tuple[str | int, ...]) -> bool:
        if self.operation in ORDERS:
            return path == ("runningJobs",)
        return self.operation == "list_accounts" and self.status == _OK and not path

    @property
    def is_declared_object(self) -> bool:
        """Whether it is an object with fields of its own, neither a map nor open."""
        return isinstance(self.value, dict) and not self._is_map(self.path)

    def planted(self, kind: Kind, detail: str, value: Any, member: str = "") -> Plant:
        """Return a difference: another value here, or with `member` one more field."""
        place = f"{self.place}/{member}" if member else self.place
        changed = {**self.value, member: value} if member else value
        return self._plant(kind, detail, place, changed)

    def lacking(self, member: str) -> Plant:
        """Return a difference: a field that is not there."""
        kept = {name: value for name, value in self.value.items() if name != member}
        return self._plant(Kind.MISSING, member, f"{self.place}/{member}", kept)

    def _plant(self, kind: Kind, detail: str, place: str, value: Any) -> Plant:
        exchange = self.exchange
        if self.where is Where.CALLBACK:
            changed = replace(exchange, request=_edited(exchange.request, self.path, value))
        else:
            changed = replace(exchange, response=_edited(exchange.response, self.path, value))
        return Plant(kind, detail, self.operation, self.status, self.where, place, changed)


def sites() -> list[Site]:
    """Return one site for each place of each operation and status, but for those inside of `requestParams`."""
    found: dict[tuple[Any, ...], Site] = {}
    reader = Reader(default_router())
    for exchange in recording():
        seen = reader.read(exchange)
        where = Where.CALLBACK if seen.operation == CALLBACK else Where.ANSWER
        message = exchange.request if where is Where.CALLBACK else exchange.response
        status = 0 if where is Where.CALLBACK else seen.status
        for path, value in _values(message.json if message.body else None, ()):
            site = Site(seen.operation, status, where, path, value, exchange)
            found.setdefault((site.operation, status, where, site.place), site)
    return list(found.values())


def _values(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if value is None or "requestParams" in path:
        return
    yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from _values(member, (*path, name))


def _edited(message: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Return a message with another value at a place of its JSON."""
    content = [json.loads(message.body)]
    node: Any = content
    *inner, last = (0, *path)
    for part in inner:
        node = node[part]
    node[last] = value
    return replace(message, body=json.dumps(content[0]).encode())


def asked(kind: Kind, detail: str, operation: str, place: str, exchange: Exchange) -> Plant:
    """Return a difference in a request that was accepted."""
    return Plant(kind, detail, operation, exchange.status, Where.REQUEST, place, exchange)
