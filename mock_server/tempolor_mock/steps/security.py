"""Authorization: which token a request must carry, read from the document's security requirements."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ..domain import errors
from ..domain.ids import Token
from ..worlds import Worlds

CONTROL_TOKEN_HEADER = b"x-mock-control-token"


@dataclass(frozen=True, slots=True)
class Security:
    """What an operation asks for: the bearer token that names a world, the mock's control token, both or neither."""

    bearer: bool
    control: bool
    bearer_optional: bool = False

    @classmethod
    def from_operation(cls, security: list[dict[str, Any]], schemes: Mapping[str, Any]) -> Self:
        """Read the requirements of an operation; `apiKey` schemes stand for the control token."""
        wanted = [{schemes[name]["type"] for name in requirement} for requirement in security]
        return cls(
            bearer=any("http" in types for types in wanted),
            control=any("apiKey" in types for types in wanted),
            bearer_optional=any("http" not in types for types in wanted),
        )

    def check(self, fields: Mapping[bytes, bytes], worlds: Worlds) -> Token | None:
        """Return the token that names the world, or raise a 401."""
        if self.control and (expected := worlds.settings.control_token) is not None:
            given = fields.get(CONTROL_TOKEN_HEADER, b"")
            if not hmac.compare_digest(given, expected.encode()):
                raise errors.unauthorized()
        if not self.bearer or (self.bearer_optional and b"authorization" not in fields):
            return None
        token = bearer_token(fields.get(b"authorization", b""))
        if token is None or not worlds.accepts(token):
            raise errors.unauthorized()
        return token


PUBLIC = Security(bearer=False, control=False)
"""What an operation asks for that anybody may call."""


def bearer_token(header: bytes) -> Token | None:
    """Return the API token of an `Authorization` header, or None where there is none of the right shape."""
    scheme, _, value = header.decode("latin-1").partition(" ")
    return Token.parse(value.strip()) if scheme.lower() == "bearer" else None
