"""Serving a mock with uvicorn: binding, announcing, stopping."""

import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from .app import create_app
from .settings import Settings

KEEP_ALIVE_SECONDS = 75


class CannotListenError(Exception):
    """The address cannot be listened on; the message says why, in one line."""


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
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
    started: Callable[[str], None],
    certificate: Path | None = None,
    key: Path | None = None,
) -> None:
    """Serve until interrupted; `started` is called with the address as soon as requests are answered."""
    scheme = "https" if certificate else "http"
    config = uvicorn.Config(
        create_app(settings),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    _Server(config, lambda: started(f"{scheme}://{_shown(bound)}")).run(sockets=[bound])


class _Server(uvicorn.Server):
    """Uvicorn's server, which says when it has started."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()


def _shown(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
