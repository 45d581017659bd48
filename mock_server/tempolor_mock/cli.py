"""`tempolor mock`: the command that serves a mock."""

import ipaddress
import logging
import re
import sys
from typing import Any

import click
import cloup
from tempolor_spec import REVISIONS

from .domain.policy import Policy, Range
from .settings import Settings

EXAMPLE_TOKEN = "user:12345-demo"  # noqa: S105 - any token will do


class RangeType(click.ParamType[Range]):
    """A range of seconds such as `15..25`, or one number for both ends."""

    name = "A..B"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Range:
        """Return the two ends, lowest first."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?", value)
        if match is None:
            self.fail(f"{value!r} is not a range of seconds such as 15..25 or 20", param, ctx)
        low, high = float(match[1]), float(match[2] or match[1])
        if low > high:
            self.fail(f"{value!r} begins after its end", param, ctx)
        return low, high


SECONDS = RangeType()
CONTEXT = {"auto_envvar_prefix": "TEMPOLOR_MOCK", "show_default": True, "max_content_width": 110}


@cloup.command("mock", context_settings=CONTEXT)
@cloup.option_group(
    "Address",
    cloup.option("--host", default="127.0.0.1", help="Address to listen on."),
    cloup.option("--port", default=4010, type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one."),
)
@cloup.option_group(
    "Time",
    cloup.option("--speed", default=1.0, type=click.FloatRange(0.001, 100_000), help="Virtual seconds a real one."),
    cloup.option("--frozen", is_flag=True, help="Start with clocks that stand still until they are advanced."),
    cloup.option("--job-seconds", default="15..25", type=SECONDS, help="How long a job generates, virtual seconds."),
    cloup.option("--download-lag", default="2..4", type=SECONDS, help="From COMPLETED to the file, virtual seconds."),
)
@cloup.option_group(
    "Behaviour",
    cloup.option("--seed", default=0, help="Same seed and same calls: same ids, titles and sounds."),
    cloup.option("--revision", default=REVISIONS[0], type=click.Choice(REVISIONS), help="Revision of the API to play."),
    cloup.option(
        "--jobs-per-request", type=click.IntRange(1, 10), help="Jobs a request starts.  [default: by revision]"
    ),
    cloup.option("--validate-responses", is_flag=True, help="Answer 500 where the mock itself breaks its document."),
)
@cloup.option_group(
    "Access",
    cloup.option("--token", "tokens", multiple=True, help="Accept this API token only; repeatable.  [default: any]"),
    cloup.option("--control-token", help="Require this in X-Mock-Control-Token on /_mock calls."),
    cloup.option("--max-upload-mb", default=100, type=click.IntRange(1, 10_000), help="Largest upload, else a 413."),
)
def mock_command(host: str, port: int, **options: Any) -> None:
    """Serve a mock of the TemPolor API v1.

    Point your client at http://127.0.0.1:4010 in place of https://api.useapi.net; any token of the form
    user:<number>-<text> opens a world of its own. Every option can also be set as TEMPOLOR_MOCK_<OPTION>.
    """
    if not _is_loopback(host) and not options["control_token"]:
        raise click.UsageError(
            f"--control-token is required when the mock listens on {host}: others could turn its clock"
        )
    settings = _settings(options)

    from .server import CannotListenError, bind, serve  # noqa: PLC0415 - `--help` need not load the server

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        with bind(host, port) as bound:
            serve(settings, bound, started=lambda url: _announce(url, settings))
    except CannotListenError as error:
        raise click.ClickException(f"{error}. Choose another with --port, or 0 for any free one.") from None


def _settings(options: dict[str, Any]) -> Settings:
    policy = Policy(
        seed=options["seed"],
        revision=options["revision"],
        job_seconds=options["job_seconds"],
        download_lag_seconds=options["download_lag"],
        jobs_per_request=options["jobs_per_request"] or 0,
    )
    return Settings(
        policy=policy,
        speed=options["speed"],
        frozen=options["frozen"],
        tokens=options["tokens"],
        control_token=options["control_token"],
        max_upload_bytes=options["max_upload_mb"] << 20,
        validate_responses=options["validate_responses"],
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _announce(url: str, settings: Settings) -> None:
    token = settings.tokens[0] if settings.tokens else EXAMPLE_TOKEN
    any_token = "" if settings.tokens else "  (or any user:<number>-<text>)"
    sample = f"""curl {url}/v1/tempolor/accounts -H 'Authorization: Bearer {token}'"""
    body = """-H 'Content-Type: application/json' -d '{"requestParams":{}}'"""
    lines = (
        f"TemPolor mock  {url}/v1/tempolor",
        f"Token          {token}{any_token}",
        f"Try            {sample} {body}",
        "Stop           Ctrl-C",
    )
    click.echo("\n".join(lines))
    sys.stdout.flush()
