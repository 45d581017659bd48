"""Runs Schemathesis: what it is set to, what it is given, and what it hands back."""

import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import hypothesis.configuration
import schemathesis
from hypothesis import strategies as st
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from tempolor_spec import operations

from ..scenarios.lab import GoneError, Lab
from ..scenarios.samples import files_of
from .checks import CHECKS
from .fixtures import prepare
from .gateway import Extent, Gateway
from .hooks import RequestHooks
from .judge import Judge

_BEHIND_THE_GATEWAY: Final = "http://testserver"
_SECONDS_IF_REAL: Final = 15.0
"""A whole run has a minute: `benchmarks/contract.py` measures it."""
PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")


def generate(lab: Lab, extent: Extent | None = None, *, phases: tuple[str, ...] = PHASES) -> Judge:
    """Prepare, generate in these phases, judge; in an extent that suits the target's time, if none is given.

    Raises:
        GoneError: The service has stopped answering.

    """
    extent = extent or _suiting(lab)
    began = extent.now()
    prepared = prepare(lab)
    # Where jobs take long, so does what is prepared.
    until = max(began + extent.seconds, extent.now() + extent.seconds / 2)
    gateway = Gateway(lab, extent, until)
    reply_url = lab.receiver.url if lab.receiver else None
    hooks = RequestHooks(prepared, reply_url)
    judge = Judge(lab, gateway, hooks)
    with _quiet_place(), _hooked(lab, hooks.before_call, judge.after_call):
        schema = schemathesis.openapi.from_dict(lab.inspector.document.document, config=_config(lab, extent, phases))
        schema.app = gateway
        # Schemathesis first probes the base URL by itself, past every hook and application; a path alone it leaves.
        schema.get_base_url = lambda: urlsplit(lab.target.base_url).path.rstrip("/")  # type: ignore[method-assign]
        stream = engine.from_schema(schema).execute()
        over = False
        for event in stream:
            if isinstance(event, events.Interrupted) and not over:
                # Schemathesis takes Ctrl-C for itself; it is meant for the whole run.
                raise KeyboardInterrupt
            _take(event, judge)
            if not over and (extent.now() > until or gateway.sent >= extent.requests):
                over = True
                stream.stop()
    gateway.close()
    judge.finish()
    if gateway.gone and gateway.last is not None:
        raise GoneError(f"the service has stopped answering: {gateway.last.exchange.fault}")
    return judge


def _suiting(lab: Lab) -> Extent:
    if lab.target.transport is not None:
        # What a busy machine takes longer for is to be the same requests.
        return Extent(seconds=math.inf)
    if lab.clock.virtual:
        return Extent()
    return Extent(examples=4, sequences=8, slow=8, seconds=_SECONDS_IF_REAL)


def _take(event: Any, judge: Judge) -> None:
    if isinstance(event, events.ScenarioFinished):
        judge.scenario(event)
    elif isinstance(event, events.SchemaAnalysisWarnings):
        for warning in event.warnings:
            judge.warning(str(warning))
    elif isinstance(event, events.NonFatalError):
        judge.warning(f"{event.label}: {event.value}")
    elif isinstance(event, events.FatalError):
        raise event.exception


def _config(lab: Lab, extent: Extent, phases: tuple[str, ...]) -> SchemathesisConfig:
    checks = {name: {"enabled": name in CHECKS} for name in (*CHECKS, *_UNUSED_CHECKS)}
    settings: dict[str, Any] = {
        "seed": lab.seed,
        "base-url": _BEHIND_THE_GATEWAY + urlsplit(lab.target.base_url).path.rstrip("/"),
        "headers": {"Authorization": f"Bearer {lab.target.token}"},
        "workers": 1,
        "continue-on-failure": True,
        "max-redirects": 0,
        "request-timeout": lab.target.timeout,
        "checks": checks,
        "cache": {"enabled": False},
        # Unknown parameters are ignored by contract (D-11), so none are generated to be refused.
        "generation": {
            "max-examples": extent.examples,
            "database": "none",
            "no-shrink": True,
            "allow-extra-parameters": False,
            "with-security-parameters": False,
        },
        "phases": {name: {"enabled": name in phases} for name in PHASES},
    }
    settings["phases"]["stateful"] |= {"max-steps": extent.steps, "generation": {"max-examples": extent.sequences}}
    return SchemathesisConfig.from_dict(settings)


_UNUSED_CHECKS: Final = ("positive_data_acceptance", "missing_required_header")


@contextmanager
def _hooked(lab: Lab, before_call: Callable[..., None], after_call: Callable[..., None]) -> Iterator[None]:
    """Register the hooks, which Schemathesis knows only globally, and the files; take the hooks back at the end."""

    def before(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
        before_call(context, case, kwargs)

    def after(context: Any, case: Any, response: Any) -> None:
        after_call(context, case, response)

    for media_type in sorted(_uploads(lab.inspector.document.document)):
        schemathesis.openapi.media_type(media_type, st.sampled_from(files_of(media_type)))
    schemathesis.hook("before_call")(before)
    schemathesis.hook("after_call")(after)
    try:
        yield
    finally:
        schemathesis.hooks.unregister(before)
        schemathesis.hooks.unregister(after)


def _uploads(document: dict[str, Any]) -> set[str]:
    bodies = (each.definition.get("requestBody", {}).get("content", {}) for each in operations(document))
    return {media_type for content in bodies for media_type in content if media_type.startswith("audio/")}


@contextmanager
def _quiet_place() -> Iterator[None]:
    """Have Hypothesis write what it writes to a folder that goes away."""
    before = hypothesis.configuration.storage_directory().home_directory
    with tempfile.TemporaryDirectory(prefix="tempolor-") as folder:
        hypothesis.configuration.set_hypothesis_home_dir(Path(folder))
        try:
            yield
        finally:
            hypothesis.configuration.set_hypothesis_home_dir(before)
