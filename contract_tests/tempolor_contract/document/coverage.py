"""Which parts of the document a stream of calls has reached."""

import re
from collections import Counter
from typing import Any

from tempolor_spec import operations

from .call import Call

_METHODS_WITH_BODY = ("post", "put", "patch")


class Coverage:
    """Counts operations, statuses, parameters, values of closed lists and examples, reached or not.

    An example of an answer counts as reached by an answer of the same kind: the same error text but for ids and
    numbers, or for a success the same state (status, more pages or not, empty or not). An example of a request counts
    by a request that was accepted and has the same fields.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.counts: dict[str, Counter[tuple[str, ...]]] = {
            kind: Counter() for kind in ("operation", "status", "parameter", "value", "example")
        }
        self._examples: dict[tuple[str, str], dict[str, str]] = {}
        self._values: dict[tuple[str, str], frozenset[str]] = {}
        for operation in operations(document):
            self._declare(operation.operation_id, operation.definition)

    def add(self, call: Call) -> None:
        """Count what a call reaches."""
        if not call.operation or not call.status:
            return
        self._reach("operation", call.operation)
        self._reach("status", call.operation, str(call.status))
        given = {name: value for name, value in {**call.query, **call.arguments}.items() if value}
        for name, value in {**given, **call.sent}.items():
            self._reach("parameter", call.operation, name)
            self._reach("value", call.operation, name, str(value))
        kind = _kind(call.answer)
        for name, wanted in self._examples.get((call.operation, str(call.status)), {}).items():
            if wanted == kind:
                self._reach("example", call.operation, str(call.status), name)
        if call.accepted and call.sent:
            fields = _fields(call.sent)
            for name, wanted in self._examples.get((call.operation, "request"), {}).items():
                if wanted == fields:
                    self._reach("example", call.operation, "request", name)

    def to_json(self) -> dict[str, dict[str, int]]:
        """Return how often each thing was reached, by kind and by its path, such as `get_music 200`."""
        return {kind: {" ".join(path): count for path, count in found.items()} for kind, found in self.counts.items()}

    def _reach(self, kind: str, *path: str) -> None:
        if path in self.counts[kind]:
            self.counts[kind][path] += 1

    def _expect(self, kind: str, *path: str) -> None:
        self.counts[kind][path] = 0

    def _declare(self, name: str, definition: dict[str, Any]) -> None:
        self._expect("operation", name)
        for parameter in definition.get("parameters", ()):
            resolved = self._resolve(parameter)
            self._declare_field(name, resolved["name"], resolved["schema"])
        for content in definition.get("requestBody", {}).get("content", {}).values():
            for field, schema in self._resolve(content.get("schema", {})).get("properties", {}).items():
                self._declare_field(name, field, schema)
            self._declare_examples(name, "request", content, _fields)
        for status, response in definition["responses"].items():
            self._expect("status", name, status)
            content = self._resolve(response).get("content", {}).get("application/json", {})
            self._declare_examples(name, status, content, _kind)

    def _declare_field(self, name: str, field: str, schema: dict[str, Any]) -> None:
        self._expect("parameter", name, field)
        for value in self._resolve(schema).get("enum", ()):
            self._expect("value", name, field, str(value))

    def _declare_examples(self, name: str, status: str, content: dict[str, Any], kind: Any) -> None:
        for example, definition in content.get("examples", {}).items():
            self._expect("example", name, status, example)
            self._examples.setdefault((name, status), {})[example] = kind(definition.get("value"))

    def _resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            target: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node


_VARYING = re.compile(r"user:\S+|\d+")


def _kind(answer: Any) -> str:
    if isinstance(answer, list):
        return "list" if answer else "empty list"
    if not isinstance(answer, dict):
        return "nothing"
    if "error" in answer and "status" not in answer:
        return f"{_VARYING.sub('#', str(answer['error']))} {'runningJobs' in answer}"
    records = answer.get("records", answer.get("executing"))
    told = [answer.get(name) for name in ("status_name", "hasNext", "state")]
    first = records[0] if isinstance(records, list) and records and isinstance(records[0], dict) else {}
    return f"{told} {isinstance(records, list) and bool(records)} {first.get('status')} {'message' in answer}"


def _fields(sent: Any) -> str:
    return " ".join(sorted(sent)) if isinstance(sent, dict) else ""
