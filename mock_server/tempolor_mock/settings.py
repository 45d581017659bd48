"""Everything a user can set when starting a mock, with its default."""

from dataclasses import dataclass, field

from .domain.policy import Policy

PUBLIC_BASE_PATH = "/v1/tempolor"
CONTROL_BASE_PATH = "/_mock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a mock is put together; `policy` is how its worlds behave.

    `tokens` are the only API tokens accepted (none given: any well-formed one). `control_token` is what control calls
    must carry in `X-Mock-Control-Token` (None: nothing). Sizes are bytes.
    """

    policy: Policy = field(default_factory=Policy)
    speed: float = 1.0
    frozen: bool = False
    tokens: tuple[str, ...] = ()
    control_token: str | None = None
    max_json_bytes: int = 1 << 20
    max_upload_bytes: int = 100 << 20
    validate_responses: bool = False
