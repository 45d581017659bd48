"""Runs rules against a target: plays what was planned, cleans up, and sums up."""

import shlex
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tempolor_spec import REVISIONS

from ..exchanges.exchange import NotRecordedError
from ..exchanges.har import Recorder
from ..exchanges.redaction import Redactor
from ..judging.check import judged_by
from ..judging.known_differences import Register
from ..judging.ledger import Ledger
from ..judging.result import RunResult
from ..judging.session import Session
from ..rules.conformance import Effort
from ..rules.rule import Rule
from ..target.control import steady
from ..target.created import Created, Inventory
from ..target.guard import Level, Refused
from ..target.target import Target
from .plan import Plan, Step, make_plan
from .scenarios.lab import GoneError, Lab, Receiver, Stopped, UnclearError
from .scenarios.preflight import NotTheApiError, knock
from .scenarios.scenario import Scenario

_CLEANING_SECONDS: Final = 6.0
_DESTROYED_BY: Final = {
    "delete_account": "user_id",
    "delete_music": "job_id",
    "delete_midi": "midiItemId",
    "delete_cloned_voice": "clonedVoiceItemId",
}


Progress = Callable[[int, int, Step], None]
"""Called before each scenario with its number from 0, their count, and the step."""


def run(  # noqa: PLR0913 - a front door with many keys
    target: Target,
    rules: Sequence[Rule],
    *,
    scenarios: Sequence[Scenario] | None = None,
    seed: int = 0,
    revision: str = REVISIONS[0],
    overlays: Sequence[Path] = (),
    effort: Effort = Effort.ALL,
    receiver: Receiver | None = None,
    registry_file: Path | None = None,
    register: Register | None = None,
    recorder: Recorder | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Judge a target by these rules, and return what was found, however the run ends.

    It plays `scenarios`, or those that provoke one of the rules; whatever passes is judged by all of the rules.
    `overlays` are files with OpenAPI overlays on the document. `recorder` writes down every exchange, without secrets.
    `registry_file` takes a line for each thing made, as it is made. `register` has the known differences.

    Ctrl-C ends it too: the result then says so, and lists what was made. Nothing is deleted in that case, because it
    may have been paid for. The clock of a mock with a control plane stands still meanwhile, but for what the run moves.

    Raises:
        LiveServiceError: The live service at level full.
        ControlPlaneError: The target's control plane is none.

    """
    guard = target.guard(Inventory(registry_file))
    session = Session(
        target.base_url,
        target.level,
        rules,
        _command(target, seed, judged_by(revision, overlays)),
        base=target.base_url,
        live=target.live,
        seed=seed,
        revision=revision,
        overlays=overlays,
        effort=effort,
        register=register,
        recorder=recorder,
    )
    result = session.result
    lab = Lab(target, guard, session.inspector, seed=seed, receiver=receiver)
    with steady(target), lab.open():
        try:
            _play(lab, make_plan(target, rules, scenarios, receiver=receiver is not None), result, progress)
            session.judge_crashes()
            _clean_up(lab)
        except KeyboardInterrupt:
            result.stopped = "interrupted"
        except NotTheApiError as error:
            result.stopped = str(error)
            # What something else answers says nothing about the contract, and breaks none of it.
            result.ledger = Ledger(rules)
        except GoneError as error:
            result.stopped = str(error)
        except Exception as error:  # noqa: BLE001 - what was verified until then is worth its report
            result.mishap = result.stopped = f"the contract tests themselves failed: {_where(error)}"
            result.crashed = True
    result.spending = {**guard.spending.to_json(), "max_creations": guard.max_creations}
    result.left_behind = guard.inventory.to_json()
    return session.close()


def _command(target: Target, seed: int, judged_by: Sequence[str]) -> str:
    """Return the command line that repeats a run, its tokens left to the environment."""
    parts = ["tempolor contract", shlex.quote(Redactor().url(target.base_url)), '--token "$TEMPOLOR_TOKEN"']
    if target.other_token:
        parts.append('--other-token "$TEMPOLOR_OTHER_TOKEN"')
    parts += [f"--level {target.level}", f"--seed {seed}"]
    if target.max_creations is not None:
        parts.append(f"--max-creations {target.max_creations}")
    if target.assumed_live is not None:
        parts.append("--live" if target.assumed_live else "--mock")
    if target.concurrency is not None:
        parts.append(f"--concurrency {target.concurrency}")
    return " ".join([*parts, *judged_by])


def _play(lab: Lab, plan: Plan, result: RunResult, progress: Progress | None) -> None:
    ledger = lab.inspector.ledger
    for step in plan.steps:
        if step.skipped:
            result.scenarios[step.scenario.id] = f"skipped: {step.skipped}"
            for rule in step.rules:
                ledger.skipped(rule.id, step.skipped)
    chosen = [step for step in plan.steps if not step.skipped]
    knock(lab)
    numbers = {step.scenario.id: number for number, step in enumerate(chosen)}

    def play(step: Step) -> tuple[str, float]:
        if progress is not None:
            progress(numbers[step.scenario.id], len(chosen), step)
        started = time.perf_counter()
        return _played(lab, step, result), time.perf_counter() - started

    for group in _groups(chosen, lab):
        for step, (outcome, took) in zip(group, lab.side_by_side(partial(play, step) for step in group), strict=True):
            result.timings[step.scenario.id] = took
            for rule in step.rules:
                ledger.tallies[rule.id].seconds += took
            result.scenarios[step.scenario.id] = outcome


def _groups(steps: Sequence[Step], lab: Lab) -> list[list[Step]]:
    """Return which steps are played side by side: at level full, where each may have what room it needs."""
    groups: dict[str, list[Step]] = {}
    for step in steps:
        together = step.scenario.beside if lab.guard.level is Level.FULL and not lab.clock.virtual else None
        groups.setdefault(together or step.scenario.id, []).append(step)
    return list(groups.values())


def _played(lab: Lab, step: Step, result: RunResult) -> str:
    try:
        step.scenario.play(lab)
        lab.collect()
    except Stopped:
        return "stopped by a violation"
    except (UnclearError, Refused, NotRecordedError) as error:
        reason = str(error) or "an answer was too long to be read"
        for rule in step.rules:
            lab.inspector.ledger.inconclusive(rule.id, reason)
        return f"inconclusive: {reason}"
    except GoneError:
        raise
    except Exception as error:  # noqa: BLE001 - an answer of another shape must not cost the report of all the others
        reason = f"tripped over an answer: {_where(error)}"
        result.mishap = result.mishap or f"{step.scenario.id} {reason}"
        for rule in step.rules:
            lab.inspector.ledger.inconclusive(rule.id, reason)
        return f"inconclusive: {reason}"
    return "played"


def _where(error: Exception) -> str:
    """Return what an exception says, in one line, and where it was raised."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    told = f"{type(error).__name__}: {error}".splitlines()[0]
    return f"{told} ({Path(place.filename).name}:{place.lineno})"


def _clean_up(lab: Lab) -> None:
    """Delete what the run made, youngest first, so that nothing is deleted before what was made from it.

    On a mock, where hundreds of things cost nothing, that ends after some seconds; what is left is listed.
    """
    if lab.guard.level is Level.READ:
        return
    until = time.perf_counter() + _CLEANING_SECONDS
    for entry in reversed(lab.guard.inventory.left_behind):
        if lab.guard.level is Level.FULL and time.perf_counter() > until:
            return
        _delete(lab, entry)


def _delete(lab: Lab, entry: Created) -> None:
    if entry.deleted_by is None:
        return
    try:
        lab.call(entry.deleted_by, arguments={_DESTROYED_BY[entry.deleted_by]: entry.id})
    except (UnclearError, Refused):
        return
