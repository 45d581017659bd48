"""Everything a user can set when starting a mock, with its default."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .domain.policy import Policy
from .domain.room import Limits

PUBLIC_BASE_PATH = "/v1/tempolor"
CONTROL_BASE_PATH = "/_mock"
FILES_PATH = "/files"

LogFormat = Literal["text", "json", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a mock is put together; `policy` is how its worlds behave.

    `overlays` are files with OpenAPI overlays, applied to the document of the policy's revision one after the other.
    `tokens` are the only API tokens accepted (none given: any well-formed one). `control_token` is what control calls
    must carry in `X-Mock-Control-Token` (None: nothing). `store` is `memory`, `sqlite:FILE` or
    `postgresql://...`, and `store_connections` how many a database is asked for at most. New worlds begin as the
    world in the file `snapshot` (None: empty). `journal_bytes` is how much is remembered of all worlds' requests,
    `log` how each is told on stderr. `loopback_only` says that the mock listens on this machine's loopback interface,
    where the control plane answers to no other name. `trusted_proxies` are addresses and networks whose
    `X-Forwarded-Proto` and `X-Forwarded-Host` count. Files that are made take at most `files_bytes` of the disk, and
    `files_at_once` are made at a time. `limits` bounds the worlds that are kept. Sizes are bytes.

    There are at most `max_connections` at a time. One that rests for `idle_timeout_seconds` ends; the head of a request
    must be there after `head_timeout_seconds`, and of its body something must come every `body_timeout_seconds` (real
    ones).

    Callbacks to `replyUrl` go to loopback addresses and to `allowed_callback_hosts`; for requests of web pages only
    where these are on this machine or in `allowed_callback_origins`. `callback_timeout_seconds` (real ones) is how long
    a try may take, and `callback_insecure` accepts any TLS certificate of a receiver.
    """

    policy: Policy = field(default_factory=Policy)
    overlays: tuple[Path, ...] = ()
    store: str = "memory"
    store_connections: int = 10
    snapshot: Path | None = None
    speed: float = 1.0
    frozen: bool = False
    tokens: tuple[str, ...] = ()
    control_token: str | None = None
    max_json_bytes: int = 1 << 20
    max_upload_bytes: int = 100 << 20
    files_bytes: int = 1 << 30
    limits: Limits = field(default_factory=Limits)
    files_at_once: int = 4
    validate_responses: bool = False
    allowed_callback_hosts: tuple[str, ...] = ()
    allowed_callback_origins: tuple[str, ...] = ()
    callback_timeout_seconds: float = 5.0
    callback_insecure: bool = False
    journal_bytes: int = 8 << 20
    log: LogFormat = "off"
    head_timeout_seconds: float = 10.0
    body_timeout_seconds: float = 30.0
    idle_timeout_seconds: float = 75.0
    max_connections: int = 1000
    loopback_only: bool = False
    trusted_proxies: tuple[str, ...] = ()

    @property
    def own_world_only(self) -> bool:
        """Whether control calls reach the world of the API token they carry only: tokens are secrets then."""
        return bool(self.tokens) and self.control_token is None
