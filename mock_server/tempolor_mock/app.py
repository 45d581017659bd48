"""Putting a mock together."""

from . import slim_connexion  # isort: skip  # noqa: F401 - before anything imports Connexion

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import cached_property, partial
from types import ModuleType
from typing import Any, cast

from connexion.apps.asynchronous import AsyncApp
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.resolver import Resolver
from tempolor_spec import load_document

from . import control, operations
from .callbacks import HttpDispatcher
from .control import control_document
from .files.rendering import Renderings
from .files.serving import FilesSlot
from .settings import CONTROL_BASE_PATH, PUBLIC_BASE_PATH, Settings
from .steps.cors import CorsSlot
from .steps.endpoint import BoundOperation, OperationsSlot
from .steps.errors import ErrorSlot
from .steps.fast_path import FastPath
from .steps.guard import GuardSlot
from .steps.journal import JournalSlot
from .steps.log import LogSlot, RequestLog
from .steps.proxies import ProxySlot
from .steps.routing import RouteTable, RoutingSlot
from .store import Begin, Store, begin_empty, open_store
from .ui.pages import PeopleSlot
from .worlds import WallClock, Worlds, new_clock, wall_clock


class MockApp(AsyncApp):
    """Connexion's application, with the mock's own slots."""

    def __init__(self, worlds: Worlds, renderings: Renderings) -> None:
        log = _log(worlds)
        super().__init__(
            __package__,
            lifespan=self._lifespan,
            middlewares=[
                LifespanMiddleware,
                *_outer_slots(worlds.settings, log),
                CorsSlot,
                partial(JournalSlot, worlds=worlds),
                ErrorSlot,
                partial(GuardSlot, worlds=worlds),
                PeopleSlot,
                partial(FilesSlot, worlds=worlds, renderings=renderings),
                RoutingSlot,
            ],
        )
        self.worlds = worlds
        self._log = log
        self._renderings = renderings
        self._dispatcher = worlds.dispatcher = HttpDispatcher(worlds)
        self._middleware_app = self.middleware.app = OperationsSlot(worlds)

    @asynccontextmanager
    async def _lifespan(self, _app: Any) -> AsyncIterator[None]:
        await self._dispatcher.start()
        try:
            yield
        finally:
            await self._dispatcher.stop()
            self._renderings.close()
            self.worlds.uploads.close()
            await self.worlds.store.close()

    @cached_property
    def fast_path(self) -> FastPath | None:
        """The way of plain requests past the slots, for servers that can take it; None where proxies are trusted.

        It is there once the application has started.
        """
        if self.worlds.settings.trusted_proxies:  # They change what a head says.
            return None
        (api,) = self._middleware_app.apis[PUBLIC_BASE_PATH]
        table = RouteTable(PUBLIC_BASE_PATH, api.specification["paths"])
        operations = cast("Mapping[str, BoundOperation]", api.operations)
        return FastPath(self.worlds, table.find, operations, self._log)

    def serve_document(self, document: dict[str, Any], base_path: str, functions: ModuleType) -> None:
        """Serve a document's operations by the functions of the same names."""
        self.add_api(document, base_path=base_path, resolver=Resolver(partial(getattr, functions)))


def create_app(settings: Settings | None = None, *, wall: WallClock = wall_clock) -> MockApp:
    """Return the mock as an ASGI application.

    `wall` returns the real moment in milliseconds since 1970. Give the application to an ASGI server, or to
    `httpx.ASGITransport(app)` for tests without a socket. StoreError where worlds cannot be kept, or begun, as the
    settings say.
    """
    settings = settings or Settings()
    worlds = Worlds(settings, _store(settings), wall)
    app = MockApp(worlds, Renderings(settings.files_bytes, settings.files_at_once))
    app.serve_document(load_document(settings.policy.revision), PUBLIC_BASE_PATH, operations)
    app.serve_document(control_document(), CONTROL_BASE_PATH, control)
    return app


def _log(worlds: Worlds) -> RequestLog | None:
    style = worlds.settings.log
    return None if style == "off" else RequestLog(worlds.wall, style)


def _outer_slots(settings: Settings, log: RequestLog | None) -> Iterator[Any]:
    """Yield the slots that only some users want; others do not pay for them."""
    if settings.trusted_proxies:
        yield partial(ProxySlot, trusted=settings.trusted_proxies)
    if log is not None:
        yield partial(LogSlot, log=log)


def _store(settings: Settings) -> Store:
    return open_store(settings.store, settings.policy, new_clock(settings), _begin(settings), settings.limits)


def _begin(settings: Settings) -> Begin:
    """Return what furnishes new worlds; a speed or a standing still that was set wins over the snapshot's clock."""
    if settings.snapshot is None:
        return begin_empty
    from .store import snapshots  # noqa: PLC0415 - loaded with the first snapshot, not with the server

    snapshot = snapshots.read_file(settings.snapshot)
    if settings.frozen:
        snapshot = snapshot.with_clock(frozen=True)
    if settings.speed != 1:
        snapshot = snapshot.with_clock(speed=settings.speed)
    return partial(snapshots.load, snapshot=snapshot)
