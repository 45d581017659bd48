"""Rules that only generated requests can judge: those of Schemathesis' checks, and three of our own."""

from functools import partial
from typing import Final

from .rule import Rule, Severity, Strength

_documented: Final = partial(Rule, page="post-tempolor-music-song")
_inferred: Final = partial(_documented, strength=Strength.INFERRED, severity=Severity.MOCKS)

RULES = (
    _inferred("generated-no-crash", "No request makes the service answer 500, each time it is sent."),
    _documented("generated-status-documented", "Generated requests are answered with documented statuses."),
    _documented("generated-media-type-documented", "Generated requests are answered in documented media types."),
    _documented("generated-answer-fits", "Answers to generated requests fit their schemas."),
    _documented("generated-headers-fit", "Answers to generated requests have the documented headers."),
    _inferred("generated-invalid-is-refused", "Generated requests that break the document are refused."),
    _documented("generated-deleted-is-gone", "What a generated request deleted is gone."),
    _documented("generated-made-is-there", "What a generated request made is there."),
    _documented("generated-token-is-needed", "Generated requests without a token, or with a wrong one, are refused."),
    _inferred("generated-wrong-method", "Undocumented methods are a 405."),
    _inferred("generated-allow-header", "A 405 names the allowed methods."),
    _documented("generated-valid-is-taken", "Valid generated requests on prepared accounts, jobs and files are taken."),
    _documented("generated-operations-succeed", "Each operation succeeds for some generated request."),
    _inferred("generated-no-warnings", "Requests could be generated for each operation."),
)
