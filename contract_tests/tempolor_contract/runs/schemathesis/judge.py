"""Judges what the checks of Schemathesis found by the decisions."""

from collections import Counter
from typing import Any, Final

from schemathesis.engine import events

from ...document.call import Call
from ...document.service import FIXED_NAMES, ORDERS
from ...rules.rule import Problem
from ..scenarios.lab import Lab
from .checks import CHECKS, CLEAN, REACHED, TAKEN
from .gateway import CASE_ID, NOT_SENT, Gateway
from .hooks import DELETES, RequestHooks, operation_of

_STRICT: Final = frozenset({"answer-fits-schema", "error-envelope", "media-type-documented"})
_OF_IDS: Final = frozenset({"GET", "DELETE", "HEAD", "OPTIONS"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})


class Judge:
    """Takes what Schemathesis' checks found, leaves out what the decisions allow, and gives the rest to the ledger."""

    def __init__(self, lab: Lab, gateway: Gateway, hooks: RequestHooks) -> None:
        self._lab = lab
        self._inspector = lab.inspector
        self._gateway = gateway
        self._hooks = hooks
        self.succeeded: Counter[str] = Counter()
        self.asked: dict[str, Call] = {}
        self.accepted: Counter[str] = Counter()

    def after_call(self, context: Any, case: Any, response: Any) -> None:
        """Judge an answer by what was prepared; Schemathesis calls this in all phases."""
        del context
        call = self._gateway.calls.get(case.id)
        if call is None or NOT_SENT in response.headers or call.method != case.operation.method.upper():
            return
        operation = operation_of(case)
        self.asked[operation] = call
        self.succeeded[operation] += call.accepted
        if case.id not in self._hooks.filled or call.unclear or self._uses_deleted(call):
            return
        allowed = {402, 429} if operation in ORDERS or operation == "create_account" else set()
        allowed |= {404} if operation in DELETES | {"download_music", "create_song"} else set()
        if call.accepted or call.status not in allowed:
            told = f"a request that fits the document was refused with {call.status}: {call.error}"
            self._inspector.judge(
                TAKEN, None if call.accepted else Problem(told, key=f"{operation} {call.error[:40]}"), call
            )

    def _uses_deleted(self, call: Call) -> bool:
        """Whether a request names what another one has deleted: Schemathesis also deletes what it has read in lists."""
        named = (*call.arguments.values(), call.query.get("user_id"), *call.sent.values())
        return any(isinstance(each, str) and each in self._gateway.deleted for each in named)

    def scenario(self, event: events.ScenarioFinished) -> None:
        """Take in the checks of an operation in a phase."""
        for case_id, nodes in event.recorder.checks.items():
            call = self._gateway.calls.get(case_id)
            if call is None or case_id not in event.recorder.cases:
                continue
            case = event.recorder.cases[case_id].value
            for node in nodes:
                if node.name in CHECKS:
                    self._check(node, case, call)

    def warning(self, text: str) -> None:
        """Report that something could not be generated or run: a pass without it would mean nothing."""
        if self._gateway.last is not None:
            self._inspector.judge(CLEAN, Problem(text, key=text[:60]), self._gateway.last)

    def finish(self) -> None:
        """Judge what only shows at the end: whether each operation has ever succeeded."""
        for operation, call in self.asked.items():
            told = f"{operation} was not once answered 2xx, whatever was generated for it"
            reason = "" if self.succeeded[operation] else self._hindered(operation)
            if reason:
                self._inspector.unjudged(REACHED, reason)
                continue
            self._inspector.judge(REACHED, None if self.succeeded[operation] else Problem(told, key=operation), call)
        if self._gateway.last is not None:
            self._inspector.judge(CLEAN, None, self._gateway.last)

    def _check(self, node: Any, case: Any, call: Call) -> None:
        rule = CHECKS[node.name]
        if call.unclear and call.exchange.request.header(CASE_ID) not in self._gateway.crashes:
            self._inspector.unjudged(rule, f"{call.method} {call.path}: {call.status}")
            return
        if node.failure_info is None:
            self._inspector.judge(rule, None, call)
            return
        reason = excuse(node.name, case, call) or self._reading(node.name, call)
        if reason:
            self.accepted[reason] += 1
            return
        failure = node.failure_info.failure
        told = " ".join(f"{failure.title}: {failure.message}".split())[:400]
        self._inspector.judge(rule, Problem(told, key=f"{operation_of(case)} {call.method} {call.status}"), call)

    def _hindered(self, operation: str) -> str:
        """Return why an operation could not succeed though nothing is wrong, empty if it should have."""
        if self._gateway.spent:
            return "the generated tests had no time left for it"
        if operation == "cancel_job" and not self._lab.clock.virtual:
            return "the job to cancel may have ended before"
        if operation == "download_music" and not self._hooks.prepared.complete:
            return "no job has been completed"
        return ""

    def _reading(self, check: str, call: Call) -> str:
        """Return an excuse for what breaks nothing but what the pages leave open, by the judge of all other rules."""
        document = self._inspector.document
        if check == "status_code_conformance" and document.is_usual_refusal(call):
            return "an operation that an overlay has added may refuse as all others do"
        if check == "negative_data_rejection":
            breaches = document.request_breaches(call)
            return "the request breaks only a reading" if breaches and all(each.inferred for each in breaches) else ""
        if check in {"response_schema_conformance", "content_type_conformance"}:
            wrong = {rule.id for rule, judged in document.judge(call) if judged}
            return "" if wrong & _STRICT else "the answer breaks only a reading, or has no body where it needs none"
        return ""


def excuse(check: str, case: Any, call: Call) -> str:
    """Return why a failed check is none by the decisions, empty if it is one."""
    fixed = (call.path or "").rstrip("/").rpartition("/")[2] in FIXED_NAMES
    if check == "unsupported_method" and call.method not in _METHODS:
        return "a server may refuse a method that it has never heard of before the application sees it"
    if check == "unsupported_method" and fixed:
        return "D-24: a fixed name is taken as an id for the methods it does not have, so it is a 400"
    if check == "allow_header_conformance" and fixed and call.allowed <= _allowed(call) <= call.allowed | _OF_IDS:
        return "D-24: a fixed name is also an id, so a 405 may name the methods of ids"
    if check == "negative_data_rejection" and _emptied(case):
        return "D-25: an empty value counts as left out"
    if check == "status_code_conformance" and call.status == 405:
        return "D-03: 405 belongs to the path"
    return ""


def _allowed(call: Call) -> set[str]:
    response = call.exchange.response
    told = (response.header("allow") or "") if response is not None else ""
    return {name.strip().upper() for name in told.split(",") if name.strip()}


def _emptied(case: Any) -> bool:
    values: list[Any] = list((case.query or {}).values())
    values += case.body.values() if isinstance(case.body, dict) else []
    return any(value in ("", "null", None) for value in values)
