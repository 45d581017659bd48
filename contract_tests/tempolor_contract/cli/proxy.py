"""`tempolor proxy`: the command that judges traffic as it passes."""

import shlex
import socket
import ssl
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import cloup

from .learning import Learning
from .options import (
    FILE,
    JUDGED_BY,
    REPORTS,
    CannotRunError,
    chosen_rules,
    conclude,
    context,
    in_one_line,
    judged_by,
    recording,
    register,
)

if TYPE_CHECKING:
    from ..exchanges.proxy.upstream import Upstream
    from ..rules.rule import Violation

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@cloup.command("proxy", context_settings=context("TEMPOLOR_PROXY"))
@cloup.option_group(
    "Between whom",
    cloup.option("--upstream", required=True, metavar="URL", help="The service, with or without the API's path."),
    cloup.option("--port", default=4011, type=click.IntRange(0, 65535), help="Port on 127.0.0.1; 0 takes a free one."),
    cloup.option("--timeout", default=300.0, type=click.FloatRange(0.1), help="Seconds of silence to bear."),
    cloup.option(
        "--ca",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="Trust this authority's certificate, a PEM file, for an upstream of one's own.",
    ),
)
@cloup.option_group(
    "Callbacks",
    cloup.option(
        "--callback-upstream",
        metavar="URL",
        help="Who receives callbacks. Orders give the second printed address as `replyUrl`, with the receiver's path.",
    ),
    cloup.option(
        "--callback-port", default=4012, type=click.IntRange(0, 65535), help="Port for that; 0 takes a free one."
    ),
)
@cloup.option_group(
    "By what to judge", *JUDGED_BY, cloup.option("--fail-fast", is_flag=True, help="Stop at the first violation.")
)
@cloup.option_group(
    "Results",
    REPORTS,
    cloup.option("--har", type=FILE, help="Record here, without secrets, as traffic passes."),
    cloup.option("--drift", is_flag=True, help="List at the end what the document does not say of the traffic."),
    cloup.option("--write-overlay", type=FILE, help="Write that here, as an overlay on the document."),
)
@in_one_line()
def proxy_command(**given: Any) -> None:
    """Judge live traffic: stand between a client and a service, pass everything on, and say what breaks the contract.

    Point the client at the printed address; paths stay as they are. Ctrl-C ends it, with 0 if all was well, 1 with
    violations, 2 if it could not run or nothing could be verified. It sends nothing by itself. Every option can also
    be set as TEMPOLOR_PROXY_<OPTION>.
    """
    upstream = _upstream(given, "upstream")
    receiver = _upstream(given, "callback_upstream") if given["callback_upstream"] else None
    sys.exit(_run(upstream, receiver, given))


def _upstream(given: dict[str, Any], option: str) -> "Upstream":
    from ..exchanges.proxy.upstream import Upstream  # noqa: PLC0415 - `--help` need not load the rules

    try:
        return Upstream.at(given[option])
    except ValueError as error:
        raise click.UsageError(f"--{option.replace('_', '-')}: {error}") from None


def _run(upstream: "Upstream", receiver: "Upstream | None", given: dict[str, Any]) -> int:
    from ..document.service import is_live  # noqa: PLC0415 - the same
    from ..exchanges.proxy.app import Proxy  # noqa: PLC0415 - the same
    from ..exchanges.proxy.server import Door, serve  # noqa: PLC0415 - the same
    from ..judging.live import LiveTraffic  # noqa: PLC0415 - the same
    from ..judging.session import Session  # noqa: PLC0415 - the same

    learning = Learning.of(given, upstream.base)
    rules, known = chosen_rules(given), register(given)
    server: Any = None

    def ready(started: Any) -> None:
        nonlocal server
        server = started
        click.echo(f"{doors[0].url} passes everything on to {upstream.origin}")
        for door in doors[1:]:
            click.echo(f"{door.url} passes callbacks on to {door.proxy.upstream.origin}: the place of a `replyUrl`")

    def tell(violation: "Violation") -> None:
        click.echo(_line(violation))
        if given["fail_fast"] and server is not None:
            server.should_exit = True

    with ExitStack() as stack:
        listener = stack.enter_context(_listener(given, "port", upstream))
        for_callbacks = stack.enter_context(_listener(given, "callback_port", receiver)) if receiver else None
        har = stack.enter_context(recording(given["har"]))
        source = upstream.base or upstream.origin
        session = Session(
            source,
            "proxy",
            rules,
            f"tempolor proxy --upstream {shlex.quote(source)}",
            base=upstream.base,
            live=is_live(upstream.origin),
            **judged_by(given),
            register=known,
        )
        traffic = LiveTraffic(session, tell, har, learning.session.see if learning else None)
        proxy = Proxy(upstream, traffic.observe, given["timeout"], _trust(given["ca"]))
        doors = [Door(listener, proxy)]
        doors += [Door(for_callbacks, proxy.of_callbacks(receiver))] if for_callbacks and receiver else []
        serve(*doors, ready=ready)
    if learning is not None:
        learning.tell()
    return conclude(traffic.close(), given)


def _listener(given: dict[str, Any], option: str, upstream: "Upstream") -> socket.socket:
    from ..exchanges.proxy.server import listen  # noqa: PLC0415 - the same

    port, name = given[option], f"--{option.replace('_', '-')}"
    host, upstream_port = upstream.address
    if host in _LOOPBACK and upstream_port == port:
        raise CannotRunError(f"the proxy would be its own upstream: both are on port {port}; choose another {name}")
    try:
        return listen(port)
    except OSError as error:
        raise CannotRunError(
            f"cannot listen on 127.0.0.1:{port}: {error.strerror}; {name} 0 takes a free one"
        ) from error


def _trust(ca: Path | None) -> ssl.SSLContext | bool:
    try:
        return ssl.create_default_context(cafile=ca) if ca else True
    except ssl.SSLError as error:
        raise CannotRunError(f"{ca} is no PEM certificate: {error}") from error


def _line(violation: "Violation") -> str:
    from ..exchanges.visible import plain  # noqa: PLC0415 - the same

    call = violation.calls[-1]
    request = call.exchange.request
    return plain(f"VIOLATED {violation.rule.id}: {violation.message}  (#{call.number} {request.method} {call.path})")
