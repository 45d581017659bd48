"""Rules that an exchange is as the document describes it. `DocumentJudge` judges nearly all of them."""

from ..document.call import Call
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_START = ""
_ADDED = frozenset({"HEAD", "OPTIONS"})
"""What frameworks add to `Allow`, and what stands in front of them may refuse all the same."""


def _refused_is_not_allowed(call: Call) -> Judged:
    response = call.exchange.response
    allow = response.header("allow") if response is not None and call.status == 405 else None
    if allow is None:
        return None
    named = {each.strip().upper() for each in allow.split(",")}
    problem = Problem(
        f"{call.method} {call.template} was refused with a 405 that allows it: {allow}", key=call.template
    )
    return [problem] if call.method in named - _ADDED else FINE


RULES = (
    Rule(
        "status-documented",
        "An operation answers with a status that its page prints, or that the document foresees.",
        _START,
        evidence=("D-02", "D-05"),
    ),
    Rule(
        "media-type-documented",
        "Bodies come as application/json.",
        _START,
        evidence=("D-06",),
    ),
    Rule(
        "answer-fits-schema",
        "The body of a success has the fields, types and formats that its page prints.",
        _START,
        evidence=("D-20", "D-40", "D-41", "D-42", "D-43", "D-44", "D-77"),
    ),
    Rule(
        "answer-fits-reading",
        "The body of a success keeps to the ranges and formats that the pages leave open and the document has read.",
        _START,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-42", "D-49", "D-74"),
    ),
    Rule(
        "answer-has-its-fields",
        "The body of a success that has fields has some of those that its page prints.",
        _START,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-40",),
    ),
    Rule(
        "undeclared-properties",
        "The body of a success has no fields beyond those of its page: new ones tell of a newer service.",
        _START,
        strength=Strength.INFERRED,
        severity=Severity.TOLERATE,
        evidence=("D-11",),
    ),
    Rule(
        "error-envelope",
        'An error is `{"error": text, "code": number}`.',
        _START,
        evidence=("D-06", "D-07", "D-40"),
    ),
    Rule(
        "documented-headers",
        "A 405 names the methods that the path allows, and not the one that it refused.",
        _START,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-03",),
        single=_refused_is_not_allowed,
    ),
    Rule(
        "wrong-method-is-405",
        "A method that a path does not know is a 405.",
        _START,
        strength=Strength.INFERRED,
        evidence=("D-03",),
    ),
    Rule(
        "invalid-is-refused",
        "A request that breaks what the pages print is not accepted.",
        _START,
        evidence=("D-04", "D-21", "D-43", "D-47", "D-50", "D-52", "D-65", "D-73"),
    ),
    Rule(
        "unlikely-is-refused",
        "A request that breaks only a reading is probably not accepted.",
        _START,
        strength=Strength.INFERRED,
        severity=Severity.TOLERATE,
        evidence=("D-04", "D-48", "D-49", "D-50", "D-72", "D-73"),
    ),
    Rule(
        "valid-is-accepted",
        "A request is not refused for a field that is there and valid.",
        _START,
        evidence=("D-11", "D-23", "D-25", "D-47", "D-52"),
    ),
    Rule(
        "refused-order-is-wrong",
        "An order that is a 400 breaks something that the pages say.",
        _START,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-11", "D-47", "D-52"),
    ),
    Rule(
        "refusal-names-what-is-wrong",
        "A 400 that names a field or parameter names one that is wrong.",
        _START,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        evidence=("D-12",),
    ),
    Rule(
        "validators-agree",
        "openapi-core and jsonschema-rs find the same answers wrong.",
        _START,
        strength=Strength.INFERRED,
        severity=Severity.TOLERATE,
    ),
)
