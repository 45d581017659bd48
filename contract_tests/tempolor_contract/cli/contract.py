"""`tempolor contract`: the command that judges a service."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click
import cloup

from .options import (
    FILE,
    JUDGED_BY,
    REPORTS,
    WHOSE,
    CannotRunError,
    check_overlays,
    chosen_rules,
    conclude,
    context,
    in_one_line,
    judged_by,
    recording,
    register,
)

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from ..exchanges.receiver import CallbackReceiver
    from ..judging.known_differences import Register
    from ..judging.result import RunResult
    from ..readings.register import Reading
    from ..rules.rule import Rule
    from ..runs.plan import Plan, Step
    from ..runs.scenarios.scenario import Scenario
    from ..target.target import Target


@cloup.command("contract", context_settings=context("TEMPOLOR_CONTRACT"))
@cloup.argument("url", help="Where the service is, such as http://127.0.0.1:4010.")
@cloup.option_group(
    "Who asks",
    cloup.option("--token", required=True, show_default=False, help="API token to ask with."),
    cloup.option("--other-token", help="Another user's token, for the rules about ownership; skipped without."),
)
@cloup.option_group(
    "How far to go",
    cloup.option(
        "--level",
        default="read",
        type=click.Choice(["read", "safe", "full"]),
        help="Look only; create within the budget and clean up; anything (mocks only).",
    ),
    cloup.option(
        "--max-creations",
        type=click.IntRange(0),
        help="Most creating calls, each of which may be paid for.  [default: 0; no limit at full]",
    ),
    cloup.option("--dry-run", is_flag=True, help="Say what would be done and spent, and send nothing."),
    cloup.option(
        "--concurrency",
        type=click.IntRange(1),
        help="Most requests at once, where time is real.  [default: 8; at level full 16, if slow 32; 4 if live]",
    ),
    cloup.option("--patience", default=300.0, type=click.FloatRange(1), help="Seconds to wait for a job or a voice."),
    cloup.option("--timeout", default=30.0, type=click.FloatRange(0.1), help="Seconds to wait for an answer."),
)
@cloup.option_group(
    "By what to judge",
    WHOSE,
    *JUDGED_BY,
    cloup.option(
        "--no-stateful",
        "--no-model",
        "no_stateful",
        is_flag=True,
        help="Leave random sequences out, played at level full.",
    ),
    cloup.option("--no-generated", is_flag=True, help="Leave the generated tests out, played at level full too."),
    cloup.option("--seed", default=0, help="Same seed: same names, requests and sequences."),
)
@cloup.option_group(
    "Time and callbacks",
    cloup.option("--control-url", help="Control plane of a mock.  [default: /_mock, if it answers at level full]"),
    cloup.option("--no-control", is_flag=True, help="Use no control plane: time is as it is."),
    cloup.option("--callback-host", default="127.0.0.1", help="Address to receive callbacks on."),
    cloup.option("--callback-port", default=0, type=click.IntRange(0, 65535), help="Its port; 0 takes a free one."),
    cloup.option("--callback-url", help="How the service reaches that address.  [default: as it is, for local ones]"),
)
@cloup.option_group(
    "Results",
    REPORTS,
    cloup.option("--har", type=FILE, help="Record all that passes here, without secrets."),
    cloup.option("--registry", type=FILE, help="Note here, line by line, what is created, as it is created."),
)
@in_one_line()
def contract_command(url: str, **options: Any) -> None:
    """Judge a service by the contract.

    Level read only looks, at most 60 times. Level safe stays within --max-creations and cleans up. Level full is for
    mocks and refuses the live service; only there random sequences and generated tests are played, because they
    need accounts of their own. Ends with 0 if all is well, 1 with violations, 2 if it could not run or has verified
    nothing. Every option can also be set as TEMPOLOR_CONTRACT_<OPTION>.
    """
    from ..target.control import ControlPlaneError  # noqa: PLC0415 - the same
    from ..target.guard import LiveServiceError  # noqa: PLC0415 - `--help` need not load the rules

    try:
        with _terminable():
            sys.exit(_run(_base_url(url), options))
    except ControlPlaneError as error:
        raise CannotRunError(f"{error}; --no-control leaves time as it is") from None
    except LiveServiceError as error:
        raise CannotRunError(str(error)) from None


@contextmanager
def _terminable() -> Iterator[None]:
    """Have SIGTERM end a run as Ctrl-C does, so that what it has made is told then too."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(base_url: str, options: dict[str, Any]) -> int:
    target = _target(base_url, options)
    rules = _rules(options)
    scenarios = _scenarios(rules, options)
    known = register(options)
    if options["dry_run"]:
        check_overlays(options)
        _show(_plan(target, rules, scenarios, options), target)
        return 0
    return conclude(_judged(target, rules, scenarios, known, options), options)


def _base_url(url: str) -> str:
    from ..target.target import base_url  # noqa: PLC0415 - `--help` need not load the rules

    try:
        return base_url(url)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _target(base_url: str, options: dict[str, Any]) -> "Target":
    from ..target.control import find_control_plane  # noqa: PLC0415 - the same
    from ..target.guard import Level  # noqa: PLC0415 - `--help` need not load the rules
    from ..target.target import Target  # noqa: PLC0415 - the same

    target = Target(
        base_url,
        options["token"],
        options["other_token"],
        Level(options["level"]),
        options["max_creations"],
        control_url=None if options["no_control"] else options["control_url"],
        timeout=options["timeout"],
        patience=options["patience"],
        assumed_live=options["live"],
        concurrency=options["concurrency"],
    )
    target.guard()  # the live service is refused here, before anything is sent
    if target.control_url and not target.steers:
        raise click.UsageError("--control-url moves a clock, and level read only looks; add --level full")
    if target.level is Level.FULL and not (target.control_url or options["no_control"] or options["dry_run"]):
        return replace(target, control_url=find_control_plane(base_url, target.token))
    return target


def _reachable(target: "Target", options: dict[str, Any]) -> bool:
    """Return whether the service can call back, as far as anybody knows."""
    return target.local or bool(options["callback_url"])


def _plan(
    target: "Target", rules: "tuple[Rule, ...]", scenarios: "tuple[Scenario, ...]", options: dict[str, Any]
) -> "Plan":
    from ..runs.plan import make_plan  # noqa: PLC0415 - `--help` need not load the rules

    return make_plan(target, rules, scenarios, receiver=_reachable(target, options))


def _judged(
    target: "Target",
    rules: "tuple[Rule, ...]",
    scenarios: "tuple[Scenario, ...]",
    known: "Register | None",
    options: dict[str, Any],
) -> "RunResult":
    from ..exchanges.har import Recorder  # noqa: PLC0415 - the same
    from ..runs.run import run  # noqa: PLC0415 - `--help` need not load the rules

    with Bar() as bar, _receiver(target, options) as receiver, recording(options["har"]) as har:
        return run(
            target,
            rules,
            scenarios=scenarios,
            seed=options["seed"],
            **judged_by(options),
            receiver=receiver,
            registry_file=_writable(options["registry"]),
            register=known,
            recorder=None if har is None else Recorder(har),
            progress=bar.progress,
        )


@contextmanager
def _receiver(target: "Target", options: dict[str, Any]) -> "Iterator[CallbackReceiver | None]":
    from ..exchanges.receiver import CallbackReceiver  # noqa: PLC0415 - `--help` need not load the rules

    if not _reachable(target, options):
        yield None
        return
    host, port = options["callback_host"], options["callback_port"]
    try:
        receiver = CallbackReceiver(host, port, public_url=options["callback_url"])
    except OSError as error:
        raise CannotRunError(
            f"cannot receive callbacks on {host}:{port}: {error.strerror or error}; --callback-port 0 takes a free one"
        ) from None
    with receiver:
        yield receiver


def _writable(file: Path | None) -> Path | None:
    """Return a file that can be appended to: once something is made, it is too late to find out."""
    if file is not None:
        try:
            file.open("a").close()
        except OSError as error:
            raise CannotRunError(f"cannot write {file}: {error.strerror}") from None
    return file


def _rules(options: dict[str, Any]) -> "tuple[Rule, ...]":
    from ..runs.catalogue import GENERATED  # noqa: PLC0415 - `--help` need not load the rules

    return chosen_rules(options, without=GENERATED.provokes if options["no_generated"] else ())


def _scenarios(rules: "tuple[Rule, ...]", options: dict[str, Any]) -> "tuple[Scenario, ...]":
    from ..runs.catalogue import STATEFUL, provoking  # noqa: PLC0415 - `--help` need not load the rules

    return tuple(each for each in provoking(rules) if not (options["no_stateful"] and each is STATEFUL))


def _show(plan: "Plan", target: "Target") -> None:
    from ..judging.reports import count  # noqa: PLC0415 - `--help` need not load them

    for step in plan.steps:
        click.echo(f"{step.scenario.id:<24} {_planned(step)}  ({count(len(step.rules), 'rule')})")
    guard = target.guard()
    limits = ["no limit" if guard.max_creations is None else f"at most {guard.max_creations}"]
    if guard.max_requests is not None:
        limits.append(f"at most {guard.max_requests} requests")
    click.echo(f"\n{_prospects(plan)}")
    click.echo(f"\n{count(plan.cost, 'creating call')} planned, {', '.join(limits)}; nothing was sent")


def _prospects(plan: "Plan") -> str:
    """Say which readings of the decisions the plan could settle, and what others would take."""
    from ..runs.prospects import prospects  # noqa: PLC0415 - `--help` need not load them

    found = prospects(plan)
    lines = [f"readings that this could settle: {_ids(found.reached)}"]
    lines += [f"  {reading.id} needs {step.scenario.id}, which {step.skipped}" for reading, step in found.left_out]
    lines.append(f"told by single calls or values, if they come up: {_ids(found.in_passing)}")
    lines.append(f"settled by no traffic: {_ids(found.never)}")
    return "\n".join(lines)


def _ids(some: "tuple[Reading, ...]") -> str:
    return ", ".join(each.id for each in some) or "none"


def _planned(step: "Step") -> str:
    from ..judging.reports import count  # noqa: PLC0415 - `--help` need not load them

    if step.skipped:
        return f"not played: {step.skipped}"
    if step.scenario.id in {"stateful", "generated"}:
        return "creates as long as the budget allows"
    return count(step.scenario.cost, "creating call")


class Bar:
    """A progress bar on a terminal, and nothing elsewhere."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and not os.environ.get("CI")
        self._bar: ProgressBar[int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.render_finish()

    def progress(self, number: int, count: int, step: "Step") -> None:
        """Show that a scenario begins."""
        if not self._shown:
            return
        if self._bar is None:
            self._bar = click.progressbar(
                length=count, label="contract", file=sys.stderr, item_show_func=lambda _item: self._now
            )
        self._now = step.scenario.id
        self._bar.update(number - self._bar.pos)
        self._bar.render_progress()

    _now: str = ""
