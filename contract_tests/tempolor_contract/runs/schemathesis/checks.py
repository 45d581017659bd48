"""The checks of Schemathesis that are in use, each with the rule it is reported as, and three rules of our own."""

from collections.abc import Mapping
from typing import Final

from ...rules.catalogue import rule
from ...rules.rule import Rule

CHECKS: Final[Mapping[str, Rule]] = {
    "not_a_server_error": rule("generated-no-crash"),
    "status_code_conformance": rule("generated-status-documented"),
    "content_type_conformance": rule("generated-media-type-documented"),
    "response_schema_conformance": rule("generated-answer-fits"),
    "response_headers_conformance": rule("generated-headers-fit"),
    "negative_data_rejection": rule("generated-invalid-is-refused"),
    "use_after_free": rule("generated-deleted-is-gone"),
    "ensure_resource_availability": rule("generated-made-is-there"),
    "ignored_auth": rule("generated-token-is-needed"),
    "unsupported_method": rule("generated-wrong-method"),
    "allow_header_conformance": rule("generated-allow-header"),
}
"""Schemathesis' checks, each with the rule it is reported as.

Not used: `positive_data_acceptance` (passes 404 and 429; `generated-valid-is-taken` does not),
`missing_required_header` (the document requires none) and `max_response_time` (no page promises any).
"""
TAKEN: Final = rule("generated-valid-is-taken")
REACHED: Final = rule("generated-operations-succeed")
CLEAN: Final = rule("generated-no-warnings")
