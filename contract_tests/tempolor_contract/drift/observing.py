"""A call beside the document: what of it the document does not say, part by part."""

from collections.abc import Iterator
from typing import Any, Final

from ..document.call import CALLBACK, Call
from ..document.schemas import JSON, Schema
from ..document.taken import POINTED, as_taken, coerced, read_text
from ..exchanges.exchange import MISSING, Response
from .broken import is_foreign_refusal
from .comparing import Comparison
from .facts import Facts
from .findings import Found, Key, Kind, Where, pointer
from .headers import is_of_this_api
from .outline import Answer, Described, Outline
from .refusing import Refusals
from .texts import blames, new_text
from .unknown import NewOperations, shown

FORM: Final = "multipart/form-data"

_IGNORED: Final = frozenset({Kind.FIELD, Kind.PARAMETER})
"""What the service ignores in a request where it does not know it (D-11)."""
# D-03, D-06, D-07: where the pages print no body, there may be none, or any.
_BODY_OPTIONAL: Final = frozenset({("list_accounts", 404), ("get_account", 404), ("delete_account", 404)})
_BODY_OPTIONAL_STATUS: Final = frozenset({405, 413})
# D-28: where nothing is configured, the scheduler may answer like the lists.
_OPEN: Final = frozenset({("list_running_jobs", 404), ("get_available_capacity", 404)})


class Observer:
    """Compares calls with a document, and notes what the document does not say.

    `sent` has the names that requests have and the document does not: that they were not refused is no fact.
    """

    def __init__(self, outline: Outline, facts: Facts) -> None:
        self.operations = NewOperations(facts.redactor, facts.budget)
        self.facts = facts
        self.sent = Facts(facts.redactor)
        self.refusals = Refusals()
        self._outline = outline
        self._comparison = Comparison(outline)
        self._schemas: dict[Any, Schema] = {}
        self._refusal_fields = frozenset({"error", "code"})

    def see(self, call: Call) -> None:
        """Note what a call shows. It is none of those that teach nothing."""
        moment = call.exchange.started
        if call.operation == CALLBACK:
            found = self._comparison.differences(self._outline.callback, call.exchange.request.json)
            self.facts.reach(CALLBACK, 0, Where.CALLBACK)
            self.facts.add(found, CALLBACK, 0, Where.CALLBACK, moment)
            return
        described = self._outline.operations.get(call.operation)
        if described is None:
            self._unknown(call)
            return
        if is_foreign_refusal(call, self._refusal_fields) and not _is_optional(call):
            return
        self.facts.reach(call.operation, call.status, Where.ANSWER)
        self.facts.add(self._answered(described, call), call.operation, call.status, Where.ANSWER, moment)
        if call.accepted:
            self._accepted(described, call)
        elif call.status == 400:
            self._refused(described, call)

    def _accepted(self, described: Described, call: Call) -> None:
        spot = call.operation, call.status, Where.REQUEST
        self.facts.reach(*spot)
        asked = list(self._asked(described, call))
        for facts, found in (
            (self.facts, [each for each in asked if each.key.kind not in _IGNORED]),
            (self.sent, [each for each in asked if each.key.kind in _IGNORED]),
        ):
            facts.add(found, *spot, call.exchange.started)
        if _is_object(call):
            self.refusals.take(call)

    def _refused(self, described: Described, call: Call) -> None:
        answer = described.answer(call.status)
        if answer is None or not _is_object(call) or not self._is_allowed(described, call):
            return
        text = call.error if blames(call.error) else new_text(self._outline, answer, call)
        if text:
            hide = self.facts.redactor.text
            self.refusals.refuse(call, hide(text), hide(call.error))

    def _is_allowed(self, described: Described, call: Call) -> bool:
        """Whether the document allows a request beyond doubt: with nothing that services read in different ways."""
        at = described.bodies.get(JSON)
        return (
            at is not None
            and not any(_is_doubtful(each) for each in call.fields.values())
            and not any(self._comparison.differences(at, call.fields))
            and not any(self._asked(described, call))
        )

    def _unknown(self, call: Call) -> None:
        seen = self.operations.see(call)
        if seen is None:
            return
        operation, gone = seen
        for each in gone:
            self.facts.rename(_key(shown(each)), _key(shown(operation)))
        found = Found(_key(shown(operation)), value=call.answer)
        self.facts.reach(shown(operation), call.status, Where.ANSWER)
        self.facts.add([found], shown(operation), call.status, Where.ANSWER, call.exchange.started)

    def _answered(self, described: Described, call: Call) -> Iterator[Found]:
        response = call.exchange.response
        if response is None or (call.operation, call.status) in _OPEN:
            return
        answer = described.answer(call.status)
        if answer is None:
            value = call.answer if not response.truncated else MISSING
            yield Found(Key((*described.at, "responses"), Kind.STATUS, str(call.status)), value=value)
            return
        yield from self._headers(answer, response)
        if not _is_optional(call) or self._is_ours(call):
            yield from self._body(answer, call, response)

    def _headers(self, answer: Answer, response: Response) -> Iterator[Found]:
        seen = {name.lower() for name, _ in response.headers}
        for name, at in answer.headers.items():
            if name not in seen and self._outline.resolve(at)[1].get("required"):
                yield Found(Key(at, Kind.MISSING, name), f"/header/{name}", MISSING)
        for name in sorted(seen - answer.headers.keys()):
            if is_of_this_api(name):
                at = (*answer.at, "headers")
                yield Found(Key(at, Kind.HEADER, name), pointer("/header", name), response.header(name))

    def _is_ours(self, call: Call) -> bool:
        """Whether a body that may be anything is the service's error: where the pages are silent, only as a whole."""
        needed = {"error"} if (call.operation, call.status) in _BODY_OPTIONAL else self._refusal_fields
        return isinstance(call.answer, dict) and needed <= call.answer.keys()

    def _body(self, answer: Answer, call: Call, response: Response) -> Iterator[Found]:
        if not response.body:
            return
        media_type = response.media_type
        value = call.answer
        if media_type not in answer.content and media_type:
            key = Key((*answer.at, "content"), Kind.MEDIA_TYPE, media_type)
            yield Found(key, value=value)
        schema = answer.content.get(media_type, answer.schema)
        if value is not MISSING and schema is not None:
            yield from self._comparison.differences(schema, value)
            if call.refused and (text := new_text(self._outline, answer, call)):
                at = (*answer.at, "content", JSON, "examples")
                yield Found(Key(at, Kind.TEXT, self.facts.redactor.text(text)), "/error", call.error)

    def _asked(self, described: Described, call: Call) -> Iterator[Found]:
        known = {(each.place, each.name) for each in described.parameters}
        for each in described.parameters:
            text = (call.arguments if each.place == "path" else call.query).get(each.name, "")
            if text:
                value = read_text(self._schema(each.schema), text)
                yield from self._comparison.differences(each.schema, value, f"/{each.place}/{each.name}")
        for name, value in call.query.items():
            if ("query", name) not in known and not _is_noise(name):
                yield Found(Key((*described.at, "parameters"), Kind.PARAMETER, name), pointer("/query", name), value)
        request = call.exchange.request
        if described.bodies and not request.truncated and request.body:
            yield from self._sent(described, call)

    def _sent(self, described: Described, call: Call) -> Iterator[Found]:
        request = call.exchange.request
        at = described.bodies.get(request.media_type)
        if at is None:
            if request.media_type:
                value = request.json if JSON in described.bodies else MISSING
                yield Found(Key((*described.body, "content"), Kind.MEDIA_TYPE, request.media_type), value=value)
            return
        schema = self._schema(at)
        if request.media_type == FORM:
            fields = coerced(schema, call.fields, POINTED)
        elif isinstance(request.json, dict) and request.media_type == JSON:
            fields = call.fields
        else:
            return
        taken = {name: value for name, value in as_taken(schema, fields).items() if value is not None}
        for found in self._comparison.differences(at, taken):
            if not (found.key.kind is Kind.FIELD and _is_noise(found.key.detail)):
                yield found

    def _schema(self, at: Any) -> Schema:
        if at not in self._schemas:
            self._schemas[at] = Schema(self._outline.resolve(at)[1], self._outline.document)
        return self._schemas[at]


def _is_noise(name: str) -> bool:
    """Whether a name is one that tools put on requests: to get past caches, to be told apart, to see it ignored."""
    return name == "_" or name.startswith(("utm_", "unheard_of"))


def _is_object(call: Call) -> bool:
    request = call.exchange.request
    return not request.truncated and request.media_type == JSON and isinstance(request.json, dict)


def _is_doubtful(value: Any) -> bool:
    """Whether a value may be taken or not (D-25, D-42, D-56): empty, null, 112.0, or with control characters."""
    return value in ("", None) or isinstance(value, float) or (isinstance(value, str) and not value.isprintable())


def _is_optional(call: Call) -> bool:
    return call.status in _BODY_OPTIONAL_STATUS or (call.operation, call.status) in _BODY_OPTIONAL


def _key(operation: str) -> Key:
    return Key(("paths",), Kind.OPERATION, operation)
