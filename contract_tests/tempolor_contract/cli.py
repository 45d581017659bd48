"""`tempolor contract`: the command that judges a service."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import click
import cloup
from tempolor_spec import REVISIONS

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from .result import RunResult
    from .rule import Rule
    from .run import Plan, Step
    from .target import Target

CONTEXT = {"auto_envvar_prefix": "TEMPOLOR_CONTRACT", "show_default": True, "max_content_width": 110}
COULD_NOT_RUN = 2
_BASE_PATH = "/v1/tempolor"
_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


class CannotRunError(click.ClickException):
    """What was asked for cannot be done; the message says why, in one line."""

    exit_code = COULD_NOT_RUN


@cloup.command("contract", context_settings=CONTEXT)
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
    cloup.option("--patience", default=300.0, type=click.FloatRange(1), help="Seconds to wait for a job or a voice."),
    cloup.option("--timeout", default=30.0, type=click.FloatRange(0.1), help="Seconds to wait for an answer."),
)
@cloup.option_group(
    "By what to judge",
    cloup.option(
        "--rules",
        "only",
        multiple=True,
        envvar="TEMPOLOR_CONTRACT_RULES",
        metavar="ID,...",
        help="Judge by these rules only; repeatable.",
    ),
    cloup.option("--without", multiple=True, metavar="ID,...", help="Leave these rules out; repeatable."),
    cloup.option("--no-model", is_flag=True, help="Leave the stateful model out."),
    cloup.option("--no-generated", is_flag=True, help="Leave the generated tests out."),
    cloup.option("--revision", default=REVISIONS[0], type=click.Choice(REVISIONS), help="Revision to judge by."),
    cloup.option("--seed", default=0, help="Same seed: same names, requests and sequences."),
    cloup.option("--deviations", type=_FILE, help="Register of known differences, a TOML file."),
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
    cloup.option("--report-dir", type=_FOLDER, help="Write report.html, junit.xml and report.json here."),
    cloup.option("--registry", type=_FILE, help="Note here, line by line, what is created, as it is created."),
)
def contract_command(url: str, **options: Any) -> None:
    """Judge a service by the contract.

    Level read only looks, at most 60 times. Level safe stays within --max-creations and cleans up. Level full is for
    mocks and refuses the live service. Ends with 0 if all is well, 1 with violations, 2 if it could not run or has
    verified nothing. Every option can also be set as TEMPOLOR_CONTRACT_<OPTION>.
    """
    from .budget import LiveServiceError  # noqa: PLC0415 - `--help` need not load the rules
    from .deviations import DeviationsError  # noqa: PLC0415 - the same

    try:
        result = _judged(_target(_base_url(url), options), options)
    except (LiveServiceError, DeviationsError, OSError) as error:
        raise CannotRunError(str(error)) from None
    except ImportError as error:
        raise CannotRunError(f"{error}: install the extra with the contract tests") from None
    if result is not None:
        _tell(result, options["report_dir"])
        # What is not the API at all breaks rules too, but nothing of it was verified.
        reached = "played" in result.scenarios.values() or not result.stopped
        sys.exit(result.exit_code if reached or result.stopped == "interrupted" else COULD_NOT_RUN)


def _base_url(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    try:
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise click.UsageError(f"{url!r} is no address such as http://127.0.0.1:4010")
    path = parts.path.rstrip("/") or _BASE_PATH
    return f"{parts.scheme}://{parts.netloc}{path}"


def _target(base_url: str, options: dict[str, Any]) -> "Target":
    from .budget import Level  # noqa: PLC0415 - `--help` need not load the rules
    from .suite import find_control_plane  # noqa: PLC0415 - the same
    from .target import Target  # noqa: PLC0415 - the same

    target = Target(
        base_url,
        options["token"],
        options["other_token"],
        Level(options["level"]),
        options["max_creations"],
        timeout=options["timeout"],
        patience=options["patience"],
    )
    target.guard()  # the live service is refused here, before anything is sent
    control = None if options["no_control"] else options["control_url"]
    if target.level is Level.FULL and not (control or options["no_control"] or options["dry_run"]):
        control = find_control_plane(base_url, target.token)
    return _with(target, control)


def _with(target: "Target", control_url: str | None) -> "Target":
    from dataclasses import replace  # noqa: PLC0415 - only here

    return replace(target, control_url=control_url)


def _judged(target: "Target", options: dict[str, Any]) -> "RunResult | None":
    from .deviations import Register, load_register  # noqa: PLC0415 - `--help` need not load the rules
    from .receiver import CallbackReceiver  # noqa: PLC0415 - the same
    from .run import make_plan, run  # noqa: PLC0415 - the same
    from .suite import steady  # noqa: PLC0415 - the same

    rules = _rules(target, options)
    register = load_register(options["deviations"], rules=rules) if options["deviations"] else Register()
    reachable = target.local or bool(options["callback_url"])
    if options["dry_run"]:
        _show(make_plan(target, rules, receiver=reachable), target)
        return None
    host, port = options["callback_host"], options["callback_port"]
    with Bar() as bar, steady(target):
        receiver = CallbackReceiver(host, port, public_url=options["callback_url"]) if reachable else None
        try:
            result = run(
                target,
                rules,
                seed=options["seed"],
                revision=options["revision"],
                receiver=receiver,
                registry_file=options["registry"],
                progress=bar.progress,
            )
        finally:
            if receiver is not None:
                receiver.close()
    return register.apply(result)


def _rules(target: "Target", options: dict[str, Any]) -> "tuple[Rule, ...]":
    from .suite import suite  # noqa: PLC0415 - `--help` need not load the rules

    try:
        return suite(
            target,
            only=_ids(options["only"]),
            without=_ids(options["without"]),
            model=not options["no_model"],
            generated=not options["no_generated"],
            seed=options["seed"],
        )
    except KeyError as error:
        raise click.UsageError(f"there is no rule {error}") from None


def _ids(given: tuple[str, ...]) -> list[str]:
    return [each.strip() for text in given for each in text.split(",") if each.strip()]


def _show(plan: "Plan", target: "Target") -> None:
    for step in plan.steps:
        scenario = step.scenario
        what = f"not played: {step.skipped}" if step.skipped else f"{scenario.cost} creating calls"
        if not step.skipped and scenario.id in {"model", "generated"}:
            what = "creates as long as the budget allows"
        click.echo(f"{scenario.id:<24} {what}  ({len(step.rules)} rules)")
    allowed = "no limit" if target.guard().max_creations is None else f"at most {target.guard().max_creations}"
    click.echo(f"\n{plan.cost} creating calls planned, {allowed}; nothing was sent")


def _tell(result: "RunResult", folder: Path | None) -> None:
    from .reports import summary, write_reports  # noqa: PLC0415 - `--help` need not load them

    files = None
    if folder is not None:
        try:
            files = write_reports(result, folder)
        except OSError as error:
            click.echo(f"the report could not be written: {error}", err=True)
    click.echo(summary(result, files))
    if result.stopped:
        click.echo(f"stopped early: {result.stopped}", err=True)


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
