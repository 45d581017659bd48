"""What `@pytest.mark.tempolor(...)` may say: how a world's clock begins, and how its mock behaves."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import Any, Self

from ..domain.policy import Policy
from ..profile import ProfileError, with_profile
from ..settings import Settings

START = "2025-05-20T09:00:00Z"
"""What new worlds show, so that a test sees the same answers, dates included, on each run."""

_OF_WORLDS = ("frozen", "speed", "start")
_PROFILE = "profile"
_OF_SETTINGS = (
    "allowed_callback_hosts",
    "callback_insecure",
    "callback_timeout_seconds",
    "max_json_bytes",
    "max_upload_bytes",
    "overlays",
    "validate_responses",
)
_RANGES = frozenset({"job_seconds", "download_lag_seconds", "clone_seconds", "split_seconds", "music_seconds"})
_OF_POLICY = tuple(each.name for each in fields(Policy))


class OptionsError(ValueError):
    """An option that does not exist, or a value that makes no sense; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a world begins (`frozen`, `speed`, `start`) and the settings its mock needs.

    Worlds with equal settings share a server.
    """

    frozen: bool = True
    speed: float = 1.0
    start: datetime | None = None
    settings: Settings

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Sort options by name; OptionsError for one that does not exist or cannot be."""
        known = (*_OF_WORLDS, _PROFILE, *_OF_SETTINGS, *_OF_POLICY)
        for name in given:
            if name not in known:
                raise OptionsError(f"there is no option {name!r}{_hint(name, known)}")
        values = {name: _hashable(name, value) for name, value in given.items()}
        try:
            policy = _policy(given.get(_PROFILE), _named(_OF_POLICY, values))
            settings = Settings(policy=policy, loopback_only=True, **_named(_OF_SETTINGS, values))
            hash(settings)
        except ProfileError as error:
            raise OptionsError(str(error)) from None
        except (KeyError, TypeError, ValueError) as error:
            raise OptionsError(f"cannot use {dict(given)}: {type(error).__name__} {error}") from None
        return cls(
            frozen=bool(given.get("frozen", True)),
            speed=_speed(given.get("speed", 1)),
            start=_moment(given.get("start", START)),
            settings=settings,
        )


def _named(names: tuple[str, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _policy(profile: Any, chosen: Mapping[str, Any]) -> Policy:
    if profile is not None and not isinstance(profile, str | PathLike):
        raise OptionsError(f"profile must be the path of a TOML file, not {profile!r}")
    return with_profile(chosen, set(chosen), None if profile is None else Path(profile))


def _hint(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    return f". Did you mean {close[0]!r}?" if close else f". There are: {', '.join(sorted(known))}"


def _hashable(name: str, value: Any) -> Any:
    """Return a value as settings keep it: a tuple for a list, and for a number where a range is wanted."""
    if name in _RANGES and isinstance(value, int | float):
        return (value, value)
    return tuple(value) if isinstance(value, list) else value


def _speed(value: Any) -> float:
    if not isinstance(value, int | float) or not 0.001 <= value <= 100_000:
        raise OptionsError(f"speed must be a number from 0.001 to 100000, not {value!r}")
    return float(value)


def _moment(value: Any) -> datetime | None:
    """Return the moment a clock begins at; None stands for the real one."""
    if value == "now":
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise OptionsError(f"start must be a date and time, or 'now', not {value!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
