"""A proxy in front of a service, and of a receiver of its callbacks, for as long as something is done through it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from tempolor_contract.exchanges.exchange import Exchange
from tempolor_contract.exchanges.proxy.app import Proxy
from tempolor_contract.exchanges.proxy.server import Door, listen, make_server, serve_doors
from tempolor_contract.exchanges.proxy.upstream import Upstream

_SECONDS: Final = 30.0


@contextmanager
def through_a_proxy(url: str, observe: Callable[[Exchange], object], receiver: str = "") -> Iterator[list[str]]:
    """Serve a proxy that shows what passes to `observe`, and yield its address, and then that for callbacks."""
    proxy = Proxy(Upstream.at(url), observe, _SECONDS)
    proxies = [proxy, proxy.of_callbacks(Upstream.at(receiver))] if receiver else [proxy]
    with ExitStack() as stack:
        doors = [Door(stack.enter_context(listen(0)), each) for each in proxies]
        server = make_server(*doors)
        thread = threading.Thread(target=lambda: asyncio.run(serve_doors(server, *doors)))
        thread.start()
        try:
            yield [door.url for door in doors]
        finally:
            server.should_exit = True
            thread.join()
