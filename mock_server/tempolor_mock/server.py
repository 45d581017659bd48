"""Serving a mock with uvicorn: binding, announcing, stopping."""

import gc
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvicorn

from .app import MockApp, create_app
from .http1 import HttpProtocol
from .settings import Settings


class CannotListenError(Exception):
    """The address cannot be listened on; the message says why, in one line."""


class BadCertificateError(Exception):
    """The certificate cannot be served; the message says why, in one line."""


class Tls:
    """A certificate chain and its private key, PEM files that were tried; without a key, it is in the other file."""

    def __init__(self, certificate: Path, key: Path | None) -> None:
        self.certificate = certificate
        self.key = key
        try:
            # An empty password, since without one OpenSSL would ask the terminal.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
        except (OSError, ValueError) as error:
            raise BadCertificateError(f"cannot serve https with {self}: {_why(error)}") from None

    def __str__(self) -> str:
        """Return the names of the files."""
        return f"the certificate {self.certificate}" + (f" and the key {self.key}" if self.key else "")


def _why(error: Exception) -> str:
    if not isinstance(error, ssl.SSLError):
        return getattr(error, "strerror", None) or str(error)
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key belongs to another certificate"
    return "these are no PEM files with a certificate and its key, or the key is encrypted"


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or event loops would not switch off the delay of small packets.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotListenError(f"cannot listen on {host} port {port}: {reason}") from None
    return bound


def serve(
    settings: Settings,
    bound: socket.socket,
    *,
    started: Callable[["Addresses"], None],
    tls: Tls | None = None,
) -> None:
    """Serve until interrupted; `started` is called with the addresses as soon as requests are answered."""
    addresses = addresses_of(bound, "https" if tls else "http")
    config = configured(create_app(settings), tls)
    _collect_garbage_seldom()
    AnnouncingServer(config, lambda: started(addresses)).run(sockets=[bound])


def _collect_garbage_seldom() -> None:
    """Keep the garbage collector from going through all records again and again.

    Worlds are made of records without cycles, which are freed without it; the little that has cycles can wait.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 10, 1000)


def configured(app: MockApp, tls: Tls | None = None) -> uvicorn.Config:
    """Return how uvicorn serves a mock."""
    return uvicorn.Config(
        app,
        lifespan="on",
        http=HttpProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        # `steps/proxies.py` is stricter about whom it trusts, and knows the host too.
        proxy_headers=False,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )


class AnnouncingServer(uvicorn.Server):
    """Uvicorn's server, which says when it has started."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so; called by uvicorn."""
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, without keeping those who wait for virtual time; called by uvicorn."""
        cast("MockApp", self.config.loaded_app).worlds.stop_waiting()
        await super().shutdown(sockets)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where clients find a server: from this machine, and from others where it listens for them (None: it does not)."""

    here: str
    elsewhere: str | None = None


def addresses_of(bound: socket.socket, scheme: str) -> Addresses:
    """Return the addresses of a socket. Nobody can ask 0.0.0.0, so that stands for this machine's own ones."""
    host, port = bound.getsockname()[:2]
    if host not in _EVERYWHERE:
        return Addresses(f"{scheme}://{_shown(host)}:{port}")
    loopback, beyond = _EVERYWHERE[host]
    with suppress(OSError), socket.socket(bound.family, socket.SOCK_DGRAM) as probe:
        probe.connect((beyond, 9))  # sends nothing: it asks which of our addresses would be used
        return Addresses(f"{scheme}://{loopback}:{port}", f"{scheme}://{_shown(probe.getsockname()[0])}:{port}")
    return Addresses(f"{scheme}://{loopback}:{port}", f"{scheme}://{_shown(socket.gethostname())}:{port}")


_EVERYWHERE = {"0.0.0.0": ("127.0.0.1", "192.0.2.1"), "::": ("[::1]", "2001:db8::1")}  # noqa: S104 - nothing binds here
"""The addresses that stand for all of a machine: its loopback one, and one elsewhere that nobody has."""


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
