"""Authorization: which token a request must carry, read from the document's security requirements."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ..domain import errors
from ..domain.ids import Token
from ..worlds import Worlds

CONTROL_TOKEN_HEADER = b"x-mock-control-token"
SCRAPER = "scraper"
"""The security scheme of programs that can send a bearer token, and no header of another name."""


@dataclass(frozen=True, slots=True)
class Security:
    """What an operation asks for: the bearer token that names a world, the mock's control token, both or neither.

    Where `scraped`, the control token may come as a bearer token too.
    """

    bearer: bool
    control: bool
    bearer_optional: bool = False
    scraped: bool = False

    @classmethod
    def from_operation(cls, security: list[dict[str, Any]], schemes: Mapping[str, Any]) -> Self:
        """Read the requirements of an operation; `apiKey` schemes and `scraper` stand for the control token."""
        if any(SCRAPER in requirement for requirement in security):
            return cls(bearer=False, control=True, scraped=True)
        wanted = [{schemes[name]["type"] for name in requirement} for requirement in security]
        return cls(
            bearer=any("http" in types for types in wanted),
            control=any("apiKey" in types for types in wanted),
            bearer_optional=any("http" not in types for types in wanted),
        )

    def check(self, fields: Mapping[bytes, bytes], worlds: Worlds) -> Token | None:
        """Return the token that names the world, or raise a 401."""
        if self.control and (expected := worlds.settings.control_token) is not None:
            given = fields.get(CONTROL_TOKEN_HEADER) or (self._bearer(fields) if self.scraped else b"")
            if not hmac.compare_digest(given, expected.encode()):
                raise errors.unauthorized()
        if not self.bearer or (self.bearer_optional and b"authorization" not in fields):
            return None
        token = bearer_token(fields.get(b"authorization", b""))
        if token is None or not worlds.accepts(token):
            raise errors.unauthorized()
        return token

    def _bearer(self, fields: Mapping[bytes, bytes]) -> bytes:
        scheme, _, value = fields.get(b"authorization", b"").partition(b" ")
        return value.strip() if scheme.lower() == b"bearer" else b""


PUBLIC = Security(bearer=False, control=False)
"""What an operation asks for that anybody may call."""


def bearer_token(header: bytes) -> Token | None:
    """Return the API token of an `Authorization` header, or None where there is none of the right shape."""
    scheme, _, value = header.decode("latin-1").partition(" ")
    return Token.parse(value.strip()) if scheme.lower() == "bearer" else None
