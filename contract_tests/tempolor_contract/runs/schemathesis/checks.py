"""The checks of Schemathesis that are in use, each with the rule it is reported as, and three rules of our own."""

from collections.abc import Mapping
from typing import Final

from ...rules.rule import Severity

CHECKS: Final[Mapping[str, tuple[str, str, Severity]]] = {
    "not_a_server_error": (
        "generated-no-crash",
        "No request makes the service answer 500, each time it is sent.",
        Severity.MOCKS,
    ),
    "status_code_conformance": (
        "generated-status-documented",
        "Generated requests are answered with documented statuses.",
        Severity.ASSERT,
    ),
    "content_type_conformance": (
        "generated-media-type-documented",
        "Generated requests are answered in documented media types.",
        Severity.ASSERT,
    ),
    "response_schema_conformance": (
        "generated-answer-fits",
        "Answers to generated requests fit their schemas.",
        Severity.ASSERT,
    ),
    "response_headers_conformance": (
        "generated-headers-fit",
        "Answers to generated requests have the documented headers.",
        Severity.ASSERT,
    ),
    "negative_data_rejection": (
        "generated-invalid-is-refused",
        "Generated requests that break the document are refused.",
        Severity.MOCKS,
    ),
    "use_after_free": ("generated-deleted-is-gone", "What a generated request deleted is gone.", Severity.ASSERT),
    "ensure_resource_availability": (
        "generated-made-is-there",
        "What a generated request made is there.",
        Severity.ASSERT,
    ),
    "ignored_auth": (
        "generated-token-is-needed",
        "Generated requests without a token, or with a wrong one, are refused.",
        Severity.ASSERT,
    ),
    "unsupported_method": ("generated-wrong-method", "Undocumented methods are a 405.", Severity.MOCKS),
    "allow_header_conformance": ("generated-allow-header", "A 405 names the allowed methods.", Severity.MOCKS),
}
"""Schemathesis' checks, each with the rule it is reported as: id, sentence, severity.

Not used: `positive_data_acceptance` (passes 404 and 429; `generated-valid-is-taken` does not),
`missing_required_header` (the document requires none) and `max_response_time` (no page promises any).
"""
TAKEN: Final = "generated-valid-is-taken"
REACHED: Final = "generated-operations-succeed"
CLEAN: Final = "generated-no-warnings"
GENERATED_RULE_IDS: Final = (*(each[0] for each in CHECKS.values()), TAKEN, REACHED, CLEAN)
