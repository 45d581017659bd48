"""`tempolor mock`: the command that serves a mock."""

import ipaddress
import logging
import math
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import cloup
from click.core import ParameterSource
from tempolor_spec import REVISIONS

from .domain.ids import Token
from .domain.policy import MOST_MUSIC_SECONDS, Policy, Quantiles
from .domain.room import Limits
from .profile import ProfileError, with_profile
from .settings import Settings
from .steps.proxies import parse_networks

if TYPE_CHECKING:
    from .server import Addresses

EXAMPLE_TOKEN = "user:12345-demo"  # noqa: S105 - any token will do


LONGEST_SECONDS = 315_360_000
"""The longest duration an option takes, as in control calls: clocks show nothing beyond the year 9000."""


class CannotStartError(click.ClickException):
    """What was asked for cannot be had; the message says why, in one line."""

    exit_code = 2


class RangeType(click.ParamType[Quantiles]):
    """A range of seconds such as `15..25`, or one number for both ends."""

    name = "A..B"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Quantiles:
        """Return the two ends, lowest first."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?", value)
        if match is None:
            self.fail(f"{value!r} is not a range of seconds such as 15..25 or 20", param, ctx)
        low, high = float(match[1]), float(match[2] or match[1])
        if low > high:
            self.fail(f"{value!r} begins after its end", param, ctx)
        if high > LONGEST_SECONDS:
            self.fail(f"{value!r} is longer than ten years, {LONGEST_SECONDS} seconds", param, ctx)
        return low, high


class LengthType(RangeType):
    """A range of whole seconds that music may last, such as `1..2`, or one number for both ends."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Return the two ends, lowest first."""
        low, high = super().convert(value, param, ctx)
        if low % 1 or high % 1 or low < 1 or high > MOST_MUSIC_SECONDS:
            self.fail(f"{value!r} is not a range of whole seconds from 1 to {MOST_MUSIC_SECONDS}", param, ctx)
        return int(low), int(high)


class NetworksType(click.ParamType[tuple[str, ...]]):
    """Addresses and networks separated by commas, such as `127.0.0.1,10.0.0.0/8`, or `*` for all."""

    name = "networks"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Return them one by one."""
        if isinstance(value, tuple):
            return value
        networks = tuple(each.strip() for each in value.split(",") if each.strip())
        for each in networks:
            try:
                parse_networks((each,))
            except ValueError:
                self.fail(f"{each!r} is no address and no network such as 127.0.0.1 or 10.0.0.0/8", param, ctx)
        return networks


class FiniteRange(click.FloatRange):
    """A range of numbers; `nan` compares with nothing and would slip through Click's own."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


class BackoffType(click.ParamType[tuple[float, ...]]):
    """Pauses in seconds, separated by commas, such as `1,5,30`; or `none`."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        """Return the pauses in order."""
        if isinstance(value, tuple):
            return value
        if value == "none":
            return ()
        if re.fullmatch(r"\d+(\.\d+)?(,\d+(\.\d+)?)*", value) is None:
            self.fail(f"{value!r} is not a list of seconds such as 1,5,30, nor none", param, ctx)
        pauses = tuple(map(float, value.split(",")))
        if max(pauses) > LONGEST_SECONDS:
            self.fail(f"{value!r} has a pause of more than ten years, {LONGEST_SECONDS} seconds", param, ctx)
        return pauses


SECONDS = RangeType()
LENGTH = LengthType()
NETWORKS = NetworksType()
TIMEOUT = FiniteRange(0.01, 3600)
EXISTING_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
CONTEXT = {"auto_envvar_prefix": "TEMPOLOR_MOCK", "show_default": True, "max_content_width": 110}


@cloup.command("mock", context_settings=CONTEXT)
@cloup.option_group(
    "Address",
    cloup.option("--host", default="127.0.0.1", help="Address to listen on."),
    cloup.option("--port", default=4010, type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one."),
    cloup.option("--certificate", type=EXISTING_FILE, help="Serve https with this certificate chain, a PEM file."),
    cloup.option("--key", type=EXISTING_FILE, help="Its private key.  [default: in the certificate's file]"),
    cloup.option(
        "--forwarded-allow-ips",
        default="",
        metavar="IP|NETWORK|*,...",
        type=NETWORKS,
        show_default=False,
        help="Proxies whose X-Forwarded-Proto and -Host count in links.  [default: none]",
    ),
)
@cloup.option_group(
    "Time",
    cloup.option("--speed", default=1.0, type=FiniteRange(0.001, 100_000), help="Virtual seconds a real one."),
    cloup.option("--frozen", is_flag=True, help="Start with clocks that stand still until they are advanced."),
    cloup.option("--job-seconds", default="15..25", type=SECONDS, help="How long a job generates, virtual seconds."),
    cloup.option("--download-lag", default="2..4", type=SECONDS, help="From COMPLETED to the file, virtual seconds."),
    cloup.option("--clone-seconds", default="2..4", type=SECONDS, help="How long a voice is cloned, virtual seconds."),
    cloup.option(
        "--ready-after-polls", default=0, type=click.IntRange(0, 1000), help="Polls that end a job, in place of time."
    ),
)
@cloup.option_group(
    "Behaviour",
    cloup.option("--seed", default=0, help="Same seed and same calls: same ids, titles and sounds."),
    cloup.option("--revision", default=REVISIONS[0], type=click.Choice(REVISIONS), help="Revision of the API to play."),
    cloup.option(
        "--overlay",
        "overlays",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="TEMPOLOR_MOCK_OVERLAY",
        help="OpenAPI overlay to apply to its document; repeatable.  [default: none]",
    ),
    cloup.option(
        "--jobs-per-request", type=click.IntRange(1, 10), help="Jobs a request starts.  [default: by revision]"
    ),
    cloup.option(
        "--music-seconds", type=LENGTH, help="How long pieces last, whole seconds.  [default: as the model makes them]"
    ),
    cloup.option("--generations", default=3000, type=click.IntRange(0), help="Jobs in a world's quota, then a 402."),
    cloup.option(
        "--profile",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Behave as this TOML file says, measured with `tempolor drift`; options given beside it win.",
    ),
    cloup.option("--fail-rate", default=0.0, type=FiniteRange(0, 1), help="Share of jobs that fail, seeded."),
    cloup.option("--validate-responses", is_flag=True, help="Answer 500 where the mock itself breaks its document."),
)
@cloup.option_group(
    "State",
    cloup.option(
        "--store", default="memory", metavar="memory|sqlite:FILE|postgresql://...", help="Where worlds are kept."
    ),
    cloup.option(
        "--store-connections",
        default=10,
        type=click.IntRange(1, 1000),
        help="Connections to PostgreSQL at a time, most.",
    ),
    cloup.option(
        "--snapshot",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Begin each world as the one in this file, saved with GET /_mock/snapshot.",
    ),
)
@cloup.option_group(
    "Journal and log",
    cloup.option(
        "--journal-mb", default=8, type=click.IntRange(1, 10_000), help="Most that GET /_mock/requests keeps."
    ),
    cloup.option(
        "--log", default="text", type=click.Choice(["text", "json", "off"]), help="How to tell each request on stderr."
    ),
)
@cloup.option_group(
    "Callbacks",
    cloup.option(
        "--callback-backoff",
        default="1,5,30",
        metavar="A,B,...|none",
        type=BackoffType(),
        help="Pauses before a failed callback is tried again, virtual seconds.",
    ),
    cloup.option(
        "--callback-timeout",
        default=5.0,
        type=FiniteRange(0.01, 600),
        help="How long a try may take, real seconds.",
    ),
    cloup.option(
        "--allow-callback-host",
        "allowed_callback_hosts",
        multiple=True,
        envvar="TEMPOLOR_MOCK_ALLOW_CALLBACK_HOST",
        metavar="HOST",
        help="Send callbacks to this host too; repeatable.  [default: loopback only]",
    ),
    cloup.option(
        "--allow-callback-origin",
        "allowed_callback_origins",
        multiple=True,
        envvar="TEMPOLOR_MOCK_ALLOW_CALLBACK_ORIGIN",
        metavar="ORIGIN|*",
        help="Send callbacks for pages of this origin too; repeatable.  [default: pages on loopback only]",
    ),
    cloup.option("--callback-insecure", is_flag=True, help="Accept any TLS certificate of a receiver."),
)
@cloup.option_group(
    "Access",
    cloup.option(
        "--token",
        "tokens",
        multiple=True,
        envvar="TEMPOLOR_MOCK_TOKEN",
        callback=lambda _ctx, param, values: _checked_tokens(param, values),
        help="Accept this API token only; repeatable.  [default: any]",
    ),
    cloup.option("--control-token", help="Require this in X-Mock-Control-Token on /_mock calls."),
)
@cloup.option_group(
    "Limits",
    cloup.option("--max-upload-mb", default=100, type=click.IntRange(1, 10_000), help="Largest upload, else a 413."),
    cloup.option("--max-worlds", default=10_000, type=click.IntRange(1, 10_000_000), help="Worlds that are kept."),
    cloup.option(
        "--world-mb", default=256, type=click.IntRange(1, 10_000), help="Uploads and accounts of a world, else a 413."
    ),
    cloup.option(
        "--worlds-mb", default=1024, type=click.IntRange(1, 1_000_000), help="Uploads and accounts of all worlds."
    ),
    cloup.option("--files-mb", default=1024, type=click.IntRange(100, 1_000_000), help="Disk for files that are made."),
    cloup.option(
        "--files-at-once", default=4, type=click.IntRange(1, 100), help="Files made at a time, one of each world."
    ),
    cloup.option("--head-timeout", default=10.0, type=TIMEOUT, help="Seconds for the head of a request, then a 408."),
    cloup.option("--body-timeout", default=30.0, type=TIMEOUT, help="Seconds between parts of a body, then a 408."),
    cloup.option("--idle-timeout", default=75.0, type=TIMEOUT, help="Seconds without a request, then the end."),
    cloup.option(
        "--max-connections", default=1000, type=click.IntRange(1, 100_000), help="Clients at a time, others get a 503."
    ),
)
@click.pass_context
def mock_command(context: click.Context, /, host: str, port: int, **options: Any) -> None:
    """Serve a mock of the TemPolor API v1.

    Point your client at http://127.0.0.1:4010 in place of https://api.useapi.net; any token of the form
    user:<number>-<text> opens a world of its own. Every option can also be set as TEMPOLOR_MOCK_<OPTION>.
    """
    if not _is_loopback(host) and not options["control_token"]:
        raise click.UsageError(
            f"--control-token is required when the mock listens on {host}: others could turn its clock"
        )
    if options["key"] and not options["certificate"]:
        raise click.UsageError("--key needs --certificate beside it")
    try:
        settings = _settings(context, loopback_only=_is_loopback(host))
    except ProfileError as error:
        raise CannotStartError(str(error)) from None

    from tempolor_spec import OverlayError  # noqa: PLC0415 - `--help` need not load YAML

    from .server import BadCertificateError, CannotListenError, Tls, bind, serve  # noqa: PLC0415 - `--help` need not load the server
    from .store import StoreError  # noqa: PLC0415 - the same

    _set_up_logging(options["log"])
    try:
        tls = Tls(options["certificate"], options["key"]) if options["certificate"] else None
        with bind(host, port) as bound:
            serve(settings, bound, started=lambda addresses: _announce(addresses, settings), tls=tls)
    except KeyboardInterrupt:
        return  # Ctrl-C is how a mock is meant to be stopped.
    except CannotListenError as error:
        raise click.ClickException(f"{error}. Choose another with --port, or 0 for any free one.") from None
    except (BadCertificateError, OverlayError, StoreError) as error:
        raise CannotStartError(str(error)) from None


_OF_POLICY = {
    "seed": "seed",
    "revision": "revision",
    "job_seconds": "job_seconds",
    "download_lag": "download_lag_seconds",
    "jobs_per_request": "jobs_per_request",
    "clone_seconds": "clone_seconds",
    "ready_after_polls": "ready_after_polls",
    "generations": "total_generations",
    "fail_rate": "fail_rate",
    "music_seconds": "music_seconds",
    "callback_backoff": "callback_backoff_seconds",
    "world_mb": "world_bytes",
}
"""Options about worlds, and what a `Policy` calls them."""


def _policy(context: click.Context) -> Policy:
    """Return the policy of the options; those that were given win over the profile, and it over the others."""
    given = {field: context.params[name] for name, field in _OF_POLICY.items()}
    given |= {"jobs_per_request": given["jobs_per_request"] or 0, "world_bytes": given["world_bytes"] << 20}
    sources = {field: context.get_parameter_source(name) for name, field in _OF_POLICY.items()}
    chosen = {field for field, source in sources.items() if source is not ParameterSource.DEFAULT}
    return with_profile(given, chosen, context.params["profile"])


def _settings(context: click.Context, *, loopback_only: bool) -> Settings:
    options = context.params
    return Settings(
        policy=_policy(context),
        overlays=options["overlays"],
        store=options["store"],
        store_connections=options["store_connections"],
        snapshot=options["snapshot"],
        speed=options["speed"],
        frozen=options["frozen"],
        tokens=options["tokens"],
        control_token=options["control_token"],
        max_upload_bytes=options["max_upload_mb"] << 20,
        limits=Limits(options["max_worlds"], options["worlds_mb"] << 20),
        files_bytes=options["files_mb"] << 20,
        files_at_once=options["files_at_once"],
        head_timeout_seconds=options["head_timeout"],
        body_timeout_seconds=options["body_timeout"],
        idle_timeout_seconds=options["idle_timeout"],
        max_connections=options["max_connections"],
        validate_responses=options["validate_responses"],
        journal_bytes=options["journal_mb"] << 20,
        log=options["log"],
        loopback_only=loopback_only,
        allowed_callback_hosts=options["allowed_callback_hosts"],
        allowed_callback_origins=options["allowed_callback_origins"],
        callback_timeout_seconds=options["callback_timeout"],
        callback_insecure=options["callback_insecure"],
        trusted_proxies=options["forwarded_allow_ips"],
    )


def _set_up_logging(style: str) -> None:
    from .steps.log import JsonFormatter  # noqa: PLC0415 - `--help` need not load it

    plain = logging.Formatter("%(levelname)s %(name)s: %(message)s")
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if style == "json" else plain)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _checked_tokens(param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if Token.parse(value) is None:
            raise click.BadParameter(f"{value!r} is not an API token: user:<number>-<text>", param=param)
    return values


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _announce(addresses: "Addresses", settings: Settings) -> None:
    url = addresses.here
    token = settings.tokens[0] if settings.tokens else EXAMPLE_TOKEN
    any_token = "" if settings.tokens else "  (or any user:<number>-<text>)"
    insecure = "-k " if url.startswith("https") else ""
    sample = f"""curl {insecure}{url}/v1/tempolor/accounts -H 'Authorization: Bearer {token}'"""
    body = """-H 'Content-Type: application/json' -d '{"requestParams":{}}'"""
    lines = [
        f"TemPolor mock  {url}/v1/tempolor",
        f"Token          {token}{any_token}",
        f"Try            {sample} {body}",
        f"Look           {url}/_mock/  (documents: {url}/_mock/docs)",
        "Stop           Ctrl-C",
    ]
    if addresses.elsewhere:
        lines.insert(
            1, f"From elsewhere {addresses.elsewhere}/v1/tempolor  (or this machine's name, or the port you published)"
        )
    click.echo("\n".join(lines))
    sys.stdout.flush()
