"""Judges one call against the document, with two validators."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from tempolor_spec import REVISIONS, load_document, operations

from ..document.call import CALLBACK, Call
from ..document.openapi_core import OpenapiCore
from ..document.router import Router
from ..document.schemas import FREE_PATTERNS, JSON, Breach, Schema, resolve
from ..document.service import ORDERS
from ..document.taken import POINTED, WITHOUT_POINT, as_taken, coerced, read_text
from ..exchanges.exchange import MISSING, NotRecordedError
from .catalogue import rule
from .complaints import groundless, misnamed, unjust
from .rule import FINE, Judged, Problem, Rule

_ANSWER_FITS_READING: Final = rule("answer-fits-reading")
_ANSWER_FITS_SCHEMA: Final = rule("answer-fits-schema")
_ANSWER_HAS_ITS_FIELDS: Final = rule("answer-has-its-fields")
_CALLBACK_FITS_SCHEMA: Final = rule("callback-fits-schema")
_DOCUMENTED_HEADERS: Final = rule("documented-headers")
_ERROR_ENVELOPE: Final = rule("error-envelope")
_INVALID_IS_REFUSED: Final = rule("invalid-is-refused")
_MEDIA_TYPE_DOCUMENTED: Final = rule("media-type-documented")
_ORDERS_ARE_JSON_OR_FORMS: Final = rule("orders-are-json-or-forms")
_REFUSAL_NAMES_WHAT_IS_WRONG: Final = rule("refusal-names-what-is-wrong")
_REFUSED_ORDER_IS_WRONG: Final = rule("refused-order-is-wrong")
_STATUS_DOCUMENTED: Final = rule("status-documented")
_UNDECLARED_PROPERTIES: Final = rule("undeclared-properties")
_UNKNOWN_PATH_IS_404: Final = rule("unknown-path-is-404")
_UNLIKELY_IS_REFUSED: Final = rule("unlikely-is-refused")
_VALID_IS_ACCEPTED: Final = rule("valid-is-accepted")
_VALIDATORS_AGREE: Final = rule("validators-agree")
_WRONG_METHOD_IS_405: Final = rule("wrong-method-is-405")

_FORM: Final = "multipart/form-data"

# Patterns and required fields of answers are readings that DECISIONS.md asserts (D-20, D-40, D-77).
_ASSERTED_READINGS: Final = frozenset({"pattern", "required"})
# D-03, D-06, D-07: where the pages print no body, there may be none, or any.
_BODY_OPTIONAL: Final = frozenset({("list_accounts", 404), ("get_account", 404), ("delete_account", 404)})
_BODY_OPTIONAL_STATUS: Final = frozenset({405, 413})
# D-49, D-54: no page bounds a number, and none tells the types inside of requestParams.
_FREE_BOUNDS: Final = tuple(str(2**bits - 1) for bits in (31, 63)) + tuple(str(-(2**bits)) for bits in (31, 63))
_INSIDE_PARAMETERS: Final = re.compile(r"requestParams\.")
# 112.0 is a whole number, though Draft 4 thinks otherwise.
_WHOLE: Final = re.compile(r'-?\d+\.0 is not of type "integer"')
# D-41: a number is printed; that it is a whole one is read into it.
_NUMBER: Final = re.compile(r'-?\d+(\.\d+)?([eE][+-]?\d+)? is not of type "integer"')
# A server may refuse a method that it has never heard of before the application sees it.
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
# D-28: where nothing is configured, the scheduler may answer like the lists.
_OPEN: Final = frozenset({("list_running_jobs", 404), ("get_available_capacity", 404)})
_USUAL_REFUSALS: Final = frozenset({400, 401, 402, 404, 405, 413, 429})
_ALWAYS: Final = 25
_EACH: Final = 50


class Effort(StrEnum):
    """How often the second validator is asked: each time, on a sample, never."""

    ALL = "all"
    SAMPLE = "sample"
    NONE = "none"


@dataclass
class _Answers:
    """What an operation may answer with one status: schemas by media type, none where it is not JSON, and headers."""

    schemas: dict[str, Schema | None]
    headers: tuple[str, ...]


@dataclass
class _Asked:
    """What an operation may be asked: parameters by place and name, bodies by media type."""

    parameters: list[tuple[str, str, bool, Schema]] = field(default_factory=list)
    bodies: dict[str, Schema] = field(default_factory=dict)

    @cached_property
    def names(self) -> set[str]:
        """The names of parameters and fields."""
        fields = (name for schema in self.bodies.values() for name in schema.plain.get("properties", ()))
        return {*fields, *(name for _, name, _, _ in self.parameters)}


class DocumentJudge:
    """Judges calls by a revision of the document, with overlays or without; build it once.

    jsonschema-rs reads every answer. openapi-core gives a second opinion: on all answers, or on a `SAMPLE`, which is
    each answer that jsonschema-rs objects to, the first 25 of each operation and status, then each 50th. Where the
    two disagree, that is a finding of its own.
    """

    def __init__(
        self, revision: str = REVISIONS[0], effort: Effort = Effort.ALL, overlays: Iterable[Path] = ()
    ) -> None:
        """Read the document; OverlayError where an overlay does not fit it."""
        self.revision = revision
        self.document = _document(revision, tuple(overlays))
        self.router = Router(self.document)
        self._second = None if effort is Effort.NONE else OpenapiCore(self.document)
        self._sampled = effort is Effort.SAMPLE
        self._asked: dict[str, _Asked] = {}
        self._answers: dict[str, dict[str, _Answers]] = {}
        self._count: Counter[tuple[str, int]] = Counter()
        for operation in operations(self.document):
            self._asked[operation.operation_id] = self._read_request(operation.definition)
            self._answers[operation.operation_id] = self._read_answers(operation.definition)
        callback = self.document["components"]["schemas"]["ProgressReport"]
        self._callback = Schema(callback, self.document)
        self._later = _later_models(revision)

    def judge(self, call: Call) -> Iterator[tuple[Rule, Judged]]:
        """Yield each rule of `rules.document` that can be judged on a call, with what was found."""
        for part in (self._judge_callback, self._judge_unknown, self._judge_request, self._judge_answer):
            with suppress(NotRecordedError):
                yield from part(call)

    def request_breaches(self, call: Call) -> list[Breach]:
        """Return where a request leaves the document, nothing if it is valid; its token is not looked at.

        An optional field that is empty, or a whole number with a point, is no breach where the service took it for
        left out or for that number (D-25, D-56, D-57), and one where the service refused it, which is its right.
        """
        asked = self._asked[call.operation]
        breaches = [*_parameter_breaches(asked, call), *self._body_breaches(asked, call)]
        # Of null in a request the pages say nothing; in an answer there is none (D-42).
        return [replace(each, inferred=each.inferred or _is_free(each) or _is_null(each)) for each in breaches]

    def is_usual_refusal(self, call: Call) -> bool:
        """Whether an operation that an overlay has added answers as all others may: it lists what somebody has seen."""
        return call.operation not in _known_operations(self.revision) and call.status in _USUAL_REFUSALS

    def _judge_callback(self, call: Call) -> Iterator[tuple[Rule, Judged]]:
        request = call.exchange.request
        if call.operation == CALLBACK and request.json is not MISSING:
            breaches = [each for each in self._callback.breaches(request.json) if not _is_free_to_answer(each)]
            yield _CALLBACK_FITS_SCHEMA, _problems(call, breaches)

    def _judge_unknown(self, call: Call) -> Iterator[tuple[Rule, Judged]]:
        if not call.operation and not call.allowed and call.path is not None and call.token and call.status == 404:
            fine = bool(call.error) and call.item.get("code") == call.status
            told = f"{call.path} is no path of the API, and its 404 is not like others: it has no error and code"
            yield _UNKNOWN_PATH_IS_404, FINE if fine else [Problem(told)]
        if not call.operation and call.allowed and call.refused and call.method in _METHODS:
            # What stands in for an id may be looked for before the method is.
            wrong = call.status not in {401, 405} and not (call.status == 404 and "{" in call.template)
            message = (
                f"{call.method} {call.path} is no operation of the API; it was answered {call.status} in place of 405"
            )
            yield _WRONG_METHOD_IS_405, [Problem(message)] if wrong else FINE
            if call.status == 405 and call.exchange.response is not None:
                told = call.exchange.response.header("allow") or ""
                named = {name.strip().upper() for name in told.split(",")}
                missing = sorted(call.allowed - named)
                problem = Problem(
                    f"the 405 of {call.method} {call.template} has Allow: "
                    f"{told!r}, which leaves out {', '.join(missing)}",
                    key=call.template,
                )
                yield _DOCUMENTED_HEADERS, [problem] if missing else FINE

    def _judge_answer(self, call: Call) -> Iterator[tuple[Rule, Judged]]:
        if call.operation not in self._answers or call.unclear or 300 <= call.status < 400:
            return
        answers = _documented(self._answers[call.operation], call.status)
        if answers is None and ((call.operation, call.status) in _OPEN or self.is_usual_refusal(call)):
            return
        if answers is None:
            known = ", ".join(str(status) for status in self._answers[call.operation])
            message = f"{call.operation} was answered {call.status}; the statuses of its page are {known}"
            yield _STATUS_DOCUMENTED, [Problem(message, key=f"{call.operation} {call.status}")]
            return
        yield _STATUS_DOCUMENTED, FINE
        yield from self._judge_fit(call, answers)

    def _judge_fit(self, call: Call, answers: _Answers) -> Iterator[tuple[Rule, Judged]]:
        response = call.exchange.response
        if response is None:
            return
        rule = _ERROR_ENVELOPE if call.refused else _ANSWER_FITS_SCHEMA
        where = f"{call.operation} {call.status}"
        missing = [name for name in answers.headers if response.header(name) is None]
        if answers.headers:
            yield _DOCUMENTED_HEADERS, [Problem(f"{where} lacks the header {name}", key=name) for name in missing]
        schema = answers.schemas.get(response.media_type, answers.schemas.get(JSON))
        if schema is None or (call.answer is MISSING and _is_optional(call)):
            return
        if response.media_type not in answers.schemas:
            told = response.media_type or "no Content-Type"
            yield _MEDIA_TYPE_DOCUMENTED, [Problem(f"{where} came with {told} in place of {JSON}", key=where)]
        else:
            yield _MEDIA_TYPE_DOCUMENTED, FINE
        if call.answer is MISSING:
            problem = "no body" if not response.body else f"no JSON: {response.body[:60]!r}"
            yield rule, [Problem(f"{where} has {problem}", key=where)]
            return
        yield from self._judge_body(call, rule, schema)

    def _judge_body(self, call: Call, rule: Rule, schema: Schema) -> Iterator[tuple[Rule, Judged]]:
        tolerant = _is_optional(call)
        breaches = [] if tolerant or schema.fits(call.answer) else schema.breaches(call.answer)
        free = [each for each in breaches if _is_free_to_answer(each)]
        strict = [each for each in breaches if each not in free and _is_strict(each)]
        yield rule, _problems(call, strict)
        if rule == _ANSWER_FITS_SCHEMA:
            yield _ANSWER_FITS_READING, _problems(call, [each for each in breaches if each not in strict + free])
            yield _ANSWER_HAS_ITS_FIELDS, _strangeness(call) if schema.is_strange(call.answer) else FINE
            undeclared = schema.undeclared(call.answer)
            yield (
                _UNDECLARED_PROPERTIES,
                [
                    Problem(
                        f"{call.operation} answers with the field {name}, which no page prints",
                        key=f"{call.operation} {name}",
                    )
                    for name in undeclared
                ],
            )
        # openapi-core reads no other media type as JSON.
        if not tolerant and call.exchange.response and call.exchange.response.media_type == JSON:
            yield from self._ask_again(call, [each for each in breaches if not _is_repeated(each)])

    def _ask_again(self, call: Call, breaches: list[Breach]) -> Iterator[tuple[Rule, Judged]]:
        if self._second is None:
            return
        if self._sampled and not breaches:
            key = (call.operation, call.status)
            self._count[key] += 1
            if self._count[key] > _ALWAYS and self._count[key] % _EACH:
                return
        objections = self._second.objections(call)
        if bool(objections) == bool(breaches):
            yield _VALIDATORS_AGREE, FINE
            return
        told = f"openapi-core: {'; '.join(objections) or 'fine'}; jsonschema-rs: {_told(breaches) or 'fine'}"
        yield _VALIDATORS_AGREE, [Problem(f"{call.operation} {call.status}: {told}", key=call.operation)]

    def _judge_request(self, call: Call) -> Iterator[tuple[Rule, Judged]]:
        """A request is only blamed on the service: for taking what it must refuse, or refusing what is valid."""
        if call.operation not in self._asked or call.repeats or not (call.accepted or call.status == 400):
            return
        breaches = self.request_breaches(call)
        if call.accepted and call.operation in ORDERS and call.exchange.request.media_type not in {JSON, _FORM}:
            told = f"{call.operation} as {call.exchange.request.media_type or 'nothing'} was answered {call.status}"
            yield _ORDERS_ARE_JSON_OR_FORMS, [Problem(told, key=call.operation)]
        if call.accepted:
            breaches = [each for each in breaches if not self._is_later(call, each)]
            printed = [each for each in breaches if not each.inferred]
            yield _INVALID_IS_REFUSED, _problems(call, printed, "although ")
            inferred = [each for each in breaches if each.inferred]
            yield _UNLIKELY_IS_REFUSED, _problems(call, inferred, "although ")
            if not breaches:
                yield _VALID_IS_ACCEPTED, FINE
        elif breaches:
            yield _REFUSAL_NAMES_WHAT_IS_WRONG, misnamed(call, self._asked[call.operation].names, breaches)
            if call.operation in ORDERS:
                yield _REFUSED_ORDER_IS_WRONG, FINE
        else:
            judged = unjust(call, {name for _, name, _, _ in self._asked[call.operation].parameters})
            yield _VALID_IS_ACCEPTED, judged
            if call.operation in ORDERS and judged is None:
                yield _REFUSED_ORDER_IS_WRONG, groundless(call)

    def _is_later(self, call: Call, breach: Breach) -> bool:
        return breach.keyword == "enum" and call.sent.get(breach.field) in self._later

    def _body_breaches(self, asked: _Asked, call: Call) -> list[Breach]:
        if not asked.bodies:
            return []
        request = call.exchange.request
        schema = asked.bodies.get(request.media_type)
        if schema is None:
            # D-04: one page prints the refusal, for MIDI files; elsewhere it is a reading.
            told = f"Content-Type is {request.media_type or 'missing'}"
            return [Breach("headers", "content-type", told, inferred=call.operation != "upload_midi")]
        if request.media_type == _FORM or (request.media_type == JSON and isinstance(request.json, dict)):
            fields = call.fields
            if request.media_type == _FORM:
                fields = coerced(schema, fields, POINTED if call.accepted else WITHOUT_POINT)
            return schema.breaches(as_taken(schema, fields) if call.accepted else fields)
        if request.media_type != JSON:
            empty = Breach("body", "empty", "the file is empty", inferred=call.operation != "clone_voice")
            return [] if request.whole else [empty]
        if request.json is MISSING:
            return [Breach("body", "json", "the body is not JSON", inferred=True)]
        return schema.breaches(request.json)

    def _read_request(self, definition: dict[str, Any]) -> _Asked:
        asked = _Asked()
        for reference in definition.get("parameters", ()):
            parameter = resolve(reference["$ref"], self.document) if "$ref" in reference else reference
            schema = Schema(parameter["schema"], self.document)
            asked.parameters.append((parameter["in"], parameter["name"], parameter.get("required", False), schema))
        for media_type, content in definition.get("requestBody", {}).get("content", {}).items():
            asked.bodies[media_type] = Schema(content.get("schema", {}), self.document)
        return asked

    def _read_answers(self, definition: dict[str, Any]) -> dict[str, _Answers]:
        answers = {}
        for status, reference in definition["responses"].items():
            response = resolve(reference["$ref"], self.document) if "$ref" in reference else reference
            schemas = {
                name.lower(): self._read_schema(each.get("schema", {}))
                for name, each in response.get("content", {}).items()
            }
            required = tuple(name for name, header in response.get("headers", {}).items() if header.get("required"))
            answers[str(status).upper()] = _Answers(schemas, required)
        return answers

    def _read_schema(self, schema: dict[str, Any]) -> Schema | None:
        """Return the schema of an answer; None for text and bytes, which JSON Schema cannot judge."""
        if schema.get("format") == "binary":
            return None
        return Schema(schema, self.document)


def _documented(answers: Mapping[str, _Answers], status: int) -> _Answers | None:
    """Return what an operation may answer with a status, by itself, in its range such as `4XX`, or by default."""
    found = (answers.get(each) for each in (str(status), f"{status // 100}XX", "DEFAULT"))
    return next((each for each in found if each is not None), None)


def _is_strict(breach: Breach) -> bool:
    return not breach.inferred or breach.keyword in _ASSERTED_READINGS


def _is_free(breach: Breach) -> bool:
    """Whether a value breaks only what the document adds of its own accord."""
    return (
        _INSIDE_PARAMETERS.search(breach.path) is not None
        or (breach.keyword == "pattern" and any(f'"{each}"' in breach.message for each in FREE_PATTERNS))
        or (breach.keyword == "type" and _WHOLE.match(breach.message) is not None)
        or (breach.keyword in {"minimum", "maximum"} and breach.message.endswith(_FREE_BOUNDS))
    )


def _is_free_to_answer(breach: Breach) -> bool:
    number = breach.inferred and breach.keyword == "type" and bool(_NUMBER.match(breach.message))
    return _is_free(breach) or number or _is_repeated(breach)


def _is_repeated(breach: Breach) -> bool:
    """Whether an answer repeats what the order may not have had: who takes it has to (D-50)."""
    return breach.keyword in {"format", "maxLength"} and breach.path.endswith(("replyUrl", "replyRef"))


def _is_null(breach: Breach) -> bool:
    return breach.message.startswith("null is not ")


def _is_optional(call: Call) -> bool:
    return call.status in _BODY_OPTIONAL_STATUS or (call.operation, call.status) in _BODY_OPTIONAL


def _parameter_breaches(asked: _Asked, call: Call) -> Iterator[Breach]:
    for place, name, required, schema in asked.parameters:
        text = (call.arguments if place == "path" else call.query).get(name, "")
        if not text:
            if required:
                yield Breach(f"{place}.{name}", "required", f"{name} is missing", field=name)
        elif not schema.fits(value := read_text(schema, text)):
            # Only the shape of an account's id is a mere reading; that of other ids is asserted (D-20, D-21).
            for breach in schema.breaches(value):
                inferred = breach.inferred and name == "user_id"
                yield Breach(f"{place}.{name}", breach.keyword, breach.message, inferred, name)


def _problems(call: Call, breaches: list[Breach], front: str = "but ") -> list[Problem]:
    return [
        Problem(f"{_answered(call)}, {front}{each.path}: {each.message}", key=_key(call, each)) for each in breaches
    ]


def _answered(call: Call) -> str:
    return "a callback came" if call.operation == CALLBACK else f"{call.operation} was answered {call.status}"


def _strangeness(call: Call) -> list[Problem]:
    fields = ", ".join(sorted(call.item)[:5])
    return [Problem(f"{call.operation} {call.status} has none of its page's fields, but {fields}", key=call.operation)]


def _key(call: Call, breach: Breach) -> str:
    path = re.sub(r"\[\d+\]", "[]", breach.path)
    return f"{call.operation} {call.status} {path} {breach.keyword}"


def _told(breaches: list[Breach]) -> str:
    return "; ".join(f"{each.path}: {each.message}" for each in breaches)


@cache
def _document(revision: str, overlays: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Return the document of a revision, read once. Nobody changes it."""
    return load_document(revision, overlays)


@cache
def _known_operations(revision: str) -> frozenset[str]:
    return frozenset(each.operation_id for each in operations(load_document(revision)))


@cache
def _later_models(revision: str) -> frozenset[str]:
    """Return the models of later revisions: a service that knows them is newer, not wrong."""
    found: set[str] = set()
    for later in REVISIONS[REVISIONS.index(revision) + 1 :]:
        schemas = load_document(later)["components"]["schemas"]
        found |= {*schemas["SongModel"]["enum"], *schemas["InstrumentalModel"]["enum"]}
    return frozenset(found)
