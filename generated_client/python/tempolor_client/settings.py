"""What a client works with, from arguments and the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from .advice import advice_on
from .errors import BusyError, ConfigurationError
from .options import CallOptions, ClientOptions, TimeoutParts
from .policy import Limits

LIVE: Final = "https://api.useapi.net/v1/tempolor"
_BASE_PATH: Final = "/v1/tempolor"


@dataclass(frozen=True, kw_only=True, slots=True)
class BusyNotice:
    """A 429 that is about to be waited for.

    Attributes:
        error: The refusal, with the jobs in the way where the service names them.
        seconds: How long the pause will be.
    """

    error: BusyError
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What every call of a client starts from.

    Attributes:
        base_url: Ends in the version and the service, without a slash.
        token: The API token; never shown.
        timeout: Seconds for each step of an answer, or each apart.
        headers: Sent with every call to the API, never to the host of the files.
        limits: How patient calls are.
        on_busy: Called with a `BusyNotice` before each pause for a slot.
    """

    base_url: str
    token: str = field(repr=False)
    timeout: float | TimeoutParts
    headers: Mapping[str, str] = field(repr=False)
    limits: Limits
    on_busy: Callable[[BusyNotice], Any] | None

    def limits_for(self, options: CallOptions) -> Limits:
        """Return how patient one call is."""
        return limits_of(
            options.get("max_retries", self.limits.max_retries), options.get("busy_timeout", self.limits.busy_timeout)
        )

    def changed(self, options: ClientOptions) -> Settings:
        """Return these settings with some of them changed; headers are added to those there are."""
        timeout = options.get("timeout", self.timeout)
        return Settings(
            base_url=found_base_url(options["base_url"]) if "base_url" in options else self.base_url,
            token=found_token(options["token"]) if "token" in options else self.token,
            timeout=checked_number("timeout", timeout) if isinstance(timeout, int | float) else timeout,
            headers={**self.headers, **options.get("headers", {})},
            limits=self.limits_for(options),
            on_busy=options.get("on_busy", self.on_busy),
        )

    def headers_for(self, options: CallOptions) -> dict[str, str]:
        """Return the headers of one call, the token among them."""
        return {"Authorization": f"Bearer {self.token}", **self.headers, **options.get("headers", {})}


def limits_of(max_retries: int, busy_timeout: float) -> Limits:
    """Return how patient calls are.

    Raises:
        ConfigurationError: A number is none, or below 0.

    """
    return Limits(
        max_retries=int(checked_number("max_retries", max_retries)),
        busy_timeout=checked_number("busy_timeout", busy_timeout),
    )


def checked_number(name: str, value: float) -> float:
    """Return a number of seconds or tries.

    Raises:
        ConfigurationError: It is below 0 or not a number, with which a wait would have no end.

    """
    if not value >= 0:  # comparing refuses NaN as well
        raise ConfigurationError(f"{name} has to be 0 or more, not {value}")
    return value


def found_token(token: str | None) -> str:
    """Return the token given, else the one in USEAPI_TOKEN.

    Raises:
        ConfigurationError: There is none, or it cannot stand in a header.

    """
    found = (token if token is not None else os.environ.get("USEAPI_TOKEN", "")).strip()
    if not found:
        raise ConfigurationError("There is no API token.", advice=advice_on("no_token"))
    if not found.isascii() or not found.isprintable() or " " in found:
        raise ConfigurationError("the API token holds characters no token has; was something else pasted?")
    return found


def found_base_url(base_url: str | None) -> str:
    """Return the address given, else the one in TEMPOLOR_BASE_URL, else the live service's.

    A bare host gets the path of the service.

    Raises:
        ConfigurationError: It is no http address.

    """
    found = base_url or os.environ.get("TEMPOLOR_BASE_URL") or LIVE
    try:
        parts = urlsplit(found)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError as error:
        raise ConfigurationError(f"{found!r} is no address: {error}") from error
    if not usable or parts.query or parts.fragment:
        raise ConfigurationError(f"{found!r} is no address: expected something like {LIVE}")
    trimmed = found.rstrip("/")
    return trimmed if parts.path.strip("/") else trimmed + _BASE_PATH
