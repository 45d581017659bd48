"""Holds the document against the register of printed facts, and counts.

    python spec/tools/count_facts.py [--revision 2025-05]

Prints how many facts of each kind the document states, each fact it does not state, and ends with 1 if there is one.

A coarser count of the same pages, by the rule of `coarse_count`, gives 814.
"""

# ruff: noqa: INP001, T201 - a script, and it prints

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from extract_facts import REGISTER, Fact
from tempolor_spec import REVISIONS, load_document

_SETUP_OPERATION = "POST /accounts"
_ID = re.compile(r"user:\d+-tempolor:[^:]+-(job|voice|midi):\S+")
_BUSY = re.compile(r"executing (?:X|\d+) jobs")

_COARSE_KINDS: Final = {
    "operation",
    "status",
    "example field",
    "model field",
    "tonality",
    "media type",
    "parameter",
    "request field",
    "enum value",
    "status value",
    "limit",
    "default",
    "error text",
}

Json = Any


def load_register() -> list[Fact]:
    """Return the committed register."""
    return [Fact(**row) for row in json.loads(REGISTER.read_text(encoding="utf-8"))]


def coarse_count(facts: Iterable[Fact]) -> int:
    """Count facts by a coarser rule than one by one.

    Each error text counts once, however many pages print it; media types count where a page leaves a choice; samples of
    requests, the authorization header, conditions and exclusions do not count.
    """
    counted = {
        (fact.kind, fact.value) if fact.kind == "error text" else fact
        for fact in facts
        if fact.kind in _COARSE_KINDS and (fact.kind, fact.operation) != ("media type", _SETUP_OPERATION)
    }
    return len(counted)


class Reader:
    """Answers whether a document states a fact."""

    def __init__(self, document: dict[str, Json]) -> None:
        """Read facts from this document."""
        self._document = document
        self._checks: dict[str, Callable[[Fact, Json], bool]] = {
            "operation": self._has_evidence,
            "status": self._has_status,
            "authorization": self._is_protected,
            "media type": self._takes_media_type,
            "parameter": self._has_parameter,
            "request field": self._has_request_field,
            "condition": self._states_condition,
            "exclusion": self._refuses_pair,
            "tonality": self._has_choice,
            "enum value": self._has_choice,
            "limit": self._has_limit,
            "default": self._has_default,
            "status value": self._has_status_value,
            "error text": self._has_text,
            "example field": self._has_answer_field,
            "model field": self._has_model_field,
            "request example field": self._has_sent_field,
            "prose": self._says,
        }

    def states(self, fact: Fact) -> bool:
        """Tell whether the document states the fact as a fact, not as a reading."""
        method, path = (fact.operation or _SETUP_OPERATION).split(" ")
        operation = self._document["paths"].get(path, {}).get(method.lower())
        return operation is not None and self._checks[fact.kind](fact, operation)

    def _resolved(self, node: Json) -> Json:
        """Follow a reference within the document."""
        while "$ref" in node:
            target = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def _has_evidence(self, fact: Fact, operation: Json) -> bool:
        return fact.page in operation["x-evidence"]

    def _has_status(self, fact: Fact, operation: Json) -> bool:
        response = operation["responses"].get(fact.value)
        return response is not None and self._resolved(response).get("x-inferred") is not True

    def _is_protected(self, _: Fact, operation: Json) -> bool:
        schemes = [name for need in operation.get("security", self._document["security"]) for name in need]
        definitions = self._document["components"]["securitySchemes"]
        return bool(schemes) and all(definitions[name]["scheme"] == "bearer" for name in schemes)

    def _takes_media_type(self, fact: Fact, operation: Json) -> bool:
        return fact.value in self._resolved(operation["requestBody"])["content"]

    def _parameter(self, fact: Fact, operation: Json) -> Json:
        place, name = fact.where.split(" ")
        for parameter in map(self._resolved, operation.get("parameters", [])):
            if (parameter["in"], parameter["name"]) == (place, name):
                return parameter
        return None

    def _has_parameter(self, fact: Fact, operation: Json) -> bool:
        parameter = self._parameter(fact, operation)
        return parameter is not None and parameter["required"] == (fact.value == "required")

    def _states_condition(self, fact: Fact, operation: Json) -> bool:
        parameter = self._parameter(fact, operation)
        return parameter is not None and "required with several" in _stated(parameter["description"])

    def _says(self, fact: Fact, operation: Json) -> bool:
        texts = list(self._texts(fact.where, operation))
        return bool(texts) and all(fact.value in _stated(text) for text in texts)

    def _texts(self, where: str, operation: Json) -> Iterator[str]:
        """Yield the descriptions of a place; a field of the body has one for each way to send it."""
        place, _, name = where.partition(" ")
        if place == "info":
            yield self._document["info"]["description"]
        elif place == "operation":
            yield operation["description"]
        elif place == "query":
            yield self._parameter(Fact("", "", "", where, ""), operation)["description"]
        elif place == "body" and name:
            yield from (self._field(body, name)["description"] for body in self._bodies(operation))
        elif place == "body":
            yield self._resolved(operation["requestBody"])["description"]
        elif name:
            yield from (
                self._field(answer["schema"], name)["description"] for answer in self._answers(operation, place)
            )
        else:
            yield self._resolved(operation["responses"][place])["description"]

    def _field(self, schema: Json, path: str) -> Json:
        for name in path.split("."):
            schema = self._container(schema)["properties"][name]
        return self._resolved(schema)

    def _bodies(self, operation: Json) -> Iterator[Json]:
        """Yield the schema of each way to send the body."""
        for media_type in self._resolved(operation["requestBody"])["content"].values():
            yield self._resolved(media_type["schema"])

    def _has_request_field(self, fact: Fact, operation: Json) -> bool:
        name = fact.where.removeprefix("body ")
        return all(
            name in body["properties"] and (name in body["required"]) == (fact.value == "required")
            for body in self._bodies(operation)
        )

    def _refuses_pair(self, fact: Fact, operation: Json) -> bool:
        pair = set(fact.value.split(" "))
        return all(
            any(set(refused["required"]) == pair for refused in body["not"]["anyOf"])
            for body in self._bodies(operation)
        )

    def _declarations(self, fact: Fact, operation: Json) -> Iterator[Json]:
        """Yield the schema or schemas of the parameter or body field a fact is about."""
        place, name = fact.where.split(" ")
        if place == "body":
            for body in self._bodies(operation):
                yield self._resolved(body["properties"][name])
        else:
            yield self._resolved(self._parameter(fact, operation)["schema"])

    def _has_choice(self, fact: Fact, operation: Json) -> bool:
        return all(fact.value in schema["enum"] for schema in self._declarations(fact, operation))

    def _has_limit(self, fact: Fact, operation: Json) -> bool:
        keyword, number = fact.value.split(" ")
        return all(schema.get(keyword) == int(number) for schema in self._declarations(fact, operation))

    def _has_default(self, fact: Fact, operation: Json) -> bool:
        return all(str(schema.get("default")) == fact.value for schema in self._declarations(fact, operation))

    def _answers(self, operation: Json, status: str) -> Iterator[Json]:
        """Yield the JSON content an operation declares for a status."""
        content = self._resolved(operation["responses"][status]).get("content", {})
        if "application/json" in content:
            yield content["application/json"]

    def _has_status_value(self, fact: Fact, operation: Json) -> bool:
        number, name, final = fact.value.split(" ")
        [answer] = self._answers(operation, "200")
        fields = self._resolved(answer["schema"])["properties"]
        return (
            int(number) in self._resolved(fields["status"])["enum"]
            and name in self._resolved(fields["status_name"])["enum"]
            and f"| {number} | {name} | {final} |" in operation["description"]
        )

    def _has_text(self, fact: Fact, operation: Json) -> bool:
        status, key = fact.where.split(" ")
        return any(
            _template(example["value"].get(key)) == _template(fact.value)
            for answer in self._answers(operation, status)
            for example in answer["examples"].values()
            if "x-inferred" not in example
        )

    def _has_answer_field(self, fact: Fact, operation: Json) -> bool:
        status, path = fact.where.split(" ")
        answers = self._answers(operation, status.split("/")[0])
        return any(self._has_field(answer["schema"], path, fact.value) for answer in answers)

    def _has_model_field(self, fact: Fact, operation: Json) -> bool:
        # A page prints one model for all of an operation's answers, good and bad.
        return any(
            self._has_field(answer["schema"], fact.where, fact.value)
            for status in operation["responses"]
            for answer in self._answers(operation, status)
        )

    def _has_sent_field(self, fact: Fact, operation: Json) -> bool:
        return all(self._has_field(body, fact.where, fact.value) for body in self._bodies(operation))

    def _has_field(self, schema: Json, path: str, kind: str) -> bool:
        for name in path.split("."):
            schema = self._container(schema).get("properties", {}).get(name)
            if schema is None or schema.get("x-inferred") is True:
                return False
        return self._is_of_kind(self._resolved(schema), kind)

    def _container(self, schema: Json) -> Json:
        """Step into arrays and maps, as paths of fields leave these out."""
        schema = self._resolved(schema)
        while "items" in schema or isinstance(schema.get("additionalProperties"), dict):
            schema = self._resolved(schema["items"] if "items" in schema else schema["additionalProperties"])
        return schema

    def _is_of_kind(self, schema: Json, kind: str) -> bool:
        if "type" not in schema:  # takes any
            return True
        if kind == "string[]":
            return bool(schema["type"] == "array" and self._resolved(schema["items"])["type"] == "string")
        if kind == "number":
            return schema["type"] in ("number", "integer")
        return bool(schema["type"] == kind)


def _stated(text: str) -> str:
    """Return what a description states as a fact: each paragraph up to where its reading begins, on one line."""
    return " ".join(" ".join(paragraph.partition("Inferred:")[0].split()) for paragraph in text.split("\n\n"))


def _template(text: str | None) -> str | None:
    """Blank out what differs between one sample and another: ids and counts."""
    return None if text is None else _BUSY.sub("executing X jobs", _ID.sub(r"<\1>", text))


def _main() -> int:
    parser = argparse.ArgumentParser(description="Hold the document against the facts that the vendor's pages print.")
    parser.add_argument("--revision", choices=REVISIONS, default=REVISIONS[0])
    reader = Reader(load_document(parser.parse_args().revision))
    facts = load_register()
    missing = [fact for fact in facts if not reader.states(fact)]
    total, lost = Counter(fact.kind for fact in facts), Counter(fact.kind for fact in missing)
    for kind, count in sorted(total.items()):
        print(f"{kind:<22}{count - lost[kind]:>5} of {count}")
    print(f"{'total':<22}{len(facts) - len(missing):>5} of {len(facts)}")
    prose = total["prose"]
    print(f"{'without prose':<22}{len(facts) - prose - len(missing) + lost['prose']:>5} of {len(facts) - prose}")
    print(f"{'counted coarsely':<22}{coarse_count(set(facts) - set(missing)):>5} of {coarse_count(facts)}")
    for fact in missing:
        print("missing:", *fact)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(_main())
