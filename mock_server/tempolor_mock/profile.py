"""A profile: how a service was measured to behave, as a TOML file that people edit, and as the policy that plays it."""

import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from .domain.policy import Policy, Quantiles

VERSION: Final = 1
_KINDS: Final = {"create_song": "song", "create_instrumental": "instrumental"}

Seconds = Annotated[float, Meta(ge=0, le=315_360_000)]
Distribution = Annotated[tuple[Seconds, ...], Meta(min_length=1, max_length=1001)]
Share = Annotated[float, Meta(ge=0, le=1)]
Text = Annotated[str, Meta(min_length=1, max_length=1000)]


class ProfileError(Exception):
    """A file is no profile; the message names it, the key and what is wrong, in one line."""


class _Table(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A table of a profile; what was measured says how often and when, which nothing is made of."""

    samples: int | None = None
    first: Any = None
    last: Any = None


class _Evidence(_Table, kw_only=True):
    """What the profile was measured from."""

    recordings: str = ""


class _Duration(_Table, kw_only=True):
    """How long jobs take, those of one operation and model, or all."""

    operation: Literal["create_song", "create_instrumental"] | None = None
    model: str | None = None
    quantiles: Distribution


class _Progress(_Table, kw_only=True):
    """A step that jobs show on the way: per cent, and at which share of their seconds they get there."""

    percent: Annotated[int, Meta(ge=1, le=99)]
    share: Annotated[tuple[Share, ...], Meta(min_length=1, max_length=1001)]


class _Jobs(_Table, kw_only=True):
    """What jobs do."""

    per_request: Annotated[int, Meta(ge=1, le=10)] | None = None
    fail_rate: Share | None = None
    seconds: tuple[_Duration, ...] = ()
    progress: tuple[_Progress, ...] = ()


class _Quantiles(_Table, kw_only=True):
    """A distribution of seconds."""

    quantiles: Distribution


class _Retries(_Table, kw_only=True):
    """The pauses before a callback that failed is tried again."""

    pauses: Annotated[tuple[Seconds, ...], Meta(max_length=100)]


class _Callbacks(_Table, kw_only=True):
    """Callbacks to `replyUrl`."""

    spacing: _Quantiles | None = None
    retries: _Retries | None = None


class _Lists(_Table, kw_only=True):
    """Pages of lists."""

    page_size: Annotated[int, Meta(ge=1, le=1000)]


class _Links(_Table, kw_only=True):
    """Links to files."""

    seconds: Annotated[int, Meta(ge=1, le=315_360_000)]


class _Errors(_Table, kw_only=True):
    """Texts of a 429."""

    account_busy: Text | None = None
    upstream_busy: Text | None = None


class _Profile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    format: Literal["tempolor-profile"]
    version: Literal[1]
    evidence: _Evidence | None = None
    jobs: _Jobs | None = None
    download_lag: _Quantiles | None = None
    voices: _Quantiles | None = None
    stems: _Quantiles | None = None
    callbacks: _Callbacks | None = None
    lists: _Lists | None = None
    links: _Links | None = None
    errors: _Errors | None = None


def read_profile(path: Path) -> dict[str, Any]:
    """Return the fields of a `Policy` that a profile sets; ProfileError for what is none.

    What the profile leaves out, because nothing showed it, is left out here.
    """
    try:
        value = tomllib.loads(path.read_text("utf-8"))
        profile = msgspec.convert(value, _Profile)
        settings = _settings(profile)
    except OSError as error:
        raise ProfileError(f"cannot read the profile {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"the profile {path} is not TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise ProfileError(f"the profile {path}: {_hinted(str(error))}") from None
    return settings


def _settings(profile: _Profile) -> dict[str, Any]:
    jobs, callbacks, errors = profile.jobs or _Jobs(), profile.callbacks or _Callbacks(), profile.errors or _Errors()
    overall, by_operation = _durations(jobs.seconds)
    found = {
        "jobs_per_request": jobs.per_request,
        "fail_rate": jobs.fail_rate,
        "job_seconds": overall,
        "job_seconds_of": by_operation or None,
        "progress": _progress(jobs.progress),
        "download_lag_seconds": profile.download_lag and _rising("download_lag", profile.download_lag.quantiles),
        "clone_seconds": profile.voices and _rising("voices", profile.voices.quantiles),
        "split_seconds": profile.stems and _rising("stems", profile.stems.quantiles),
        "callback_spacing_seconds": callbacks.spacing and _rising("callbacks.spacing", callbacks.spacing.quantiles),
        "callback_backoff_seconds": callbacks.retries and callbacks.retries.pauses,
        "page_size": profile.lists and profile.lists.page_size,
        "link_seconds": profile.links and profile.links.seconds,
        "account_busy_text": errors.account_busy,
        "upstream_busy_text": errors.upstream_busy,
    }
    return {name: value for name, value in found.items() if value is not None}


def _durations(tables: tuple[_Duration, ...]) -> tuple[Quantiles | None, tuple[tuple[str, str, Quantiles], ...]]:
    """Return the distribution of all jobs, where there is one, and those of operations and models."""
    overall, found = None, {}
    for place, each in enumerate(tables):
        where = f"jobs.seconds[{place}]"
        quantiles = _rising(where, each.quantiles)
        if each.operation is None:
            if each.model is not None or overall is not None:
                raise _mistake(where, "Expected an `operation`, but for one that stands for all")
            overall = quantiles
            continue
        key = (_KINDS[each.operation], each.model or "")
        if key in found:
            raise _mistake(where, "There is another one of this operation and model")
        found[key] = quantiles
    return overall, tuple((*key, quantiles) for key, quantiles in found.items())


def _progress(tables: tuple[_Progress, ...]) -> tuple[tuple[int, Quantiles], ...] | None:
    percents = [each.percent for each in tables]
    for place, (before, after) in enumerate(pairwise(percents), 1):
        if after <= before:
            raise _mistake(f"jobs.progress[{place}].percent", "Expected more than the step before")
    steps = tuple(
        (each.percent, _rising(f"jobs.progress[{place}]", each.share, "share")) for place, each in enumerate(tables)
    )
    return steps or None


def _rising(where: str, values: Quantiles, name: str = "quantiles") -> Quantiles:
    if list(values) != sorted(values):
        raise _mistake(f"{where}.{name}", "Expected values that do not fall")
    return values


def _mistake(where: str, what: str) -> msgspec.ValidationError:
    return msgspec.ValidationError(f"{what} - at `$.{where}`")


def _hinted(message: str) -> str:
    """Return msgspec's words for a mistake, with the key that was probably meant."""
    start = "Object contains unknown field `"
    if not message.startswith(start):
        return message
    name = message.removeprefix(start).partition("`")[0]
    tables: tuple[type[msgspec.Struct], ...] = (_Profile, *_Table.__subclasses__())
    known = {field.name for table in tables for field in msgspec.structs.fields(table)}
    close = get_close_matches(name, known, n=1)
    return f"{message}{f'. Did you mean {close[0]!r}?' if close else ''}"


def with_profile(given: Mapping[str, Any], chosen: Collection[str], profile: Path | None) -> Policy:
    """Return the policy of given fields; a profile replaces those that nobody has `chosen`."""
    if profile is None:
        return Policy(**given)
    measured = read_profile(profile)
    if "job_seconds" in chosen:
        measured.pop("job_seconds_of", None)
    return Policy(**({**given} | {name: value for name, value in measured.items() if name not in chosen}))
