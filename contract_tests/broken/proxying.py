"""A proxy in front of a service, for as long as something is done through it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from tempolor_contract.exchanges.exchange import Exchange
from tempolor_contract.exchanges.proxy.app import Proxy
from tempolor_contract.exchanges.proxy.server import listen, make_server
from tempolor_contract.exchanges.proxy.upstream import Upstream

_SECONDS: Final = 30.0


@contextmanager
def through_a_proxy(url: str, observe: Callable[[Exchange], object]) -> Iterator[str]:
    """Serve a proxy that shows what passes to `observe`, and yield its address."""
    with listen(0) as listener:
        proxy = Proxy(Upstream.at(url), observe, _SECONDS)
        server = make_server(proxy)

        async def serve() -> None:
            await server.serve(sockets=[listener])
            await proxy.close()

        thread = threading.Thread(target=partial(asyncio.run, serve()))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
