"""Putting a mock together."""

from . import slim_connexion  # isort: skip  # noqa: F401 - before anything imports Connexion

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib import resources
from types import ModuleType
from typing import Any

import yaml
from connexion.apps.asynchronous import AsyncApp
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.resolver import Resolver
from tempolor_spec import load_document

from . import control, operations
from .files.rendering import Renderings
from .files.slot import FilesSlot
from .middleware.errors import ErrorSlot
from .middleware.operations import OperationsSlot
from .middleware.routing import RoutingSlot
from .settings import CONTROL_BASE_PATH, PUBLIC_BASE_PATH, Settings
from .store import MemoryStore
from .worlds import WallClock, Worlds, new_clock, wall_clock


class MockApp(AsyncApp):
    """Connexion's application, with the mock's own slots."""

    def __init__(self, worlds: Worlds, renderings: Renderings) -> None:
        super().__init__(
            __package__,
            lifespan=self._lifespan,
            middlewares=[
                LifespanMiddleware,
                ErrorSlot,
                partial(FilesSlot, worlds=worlds, renderings=renderings),
                RoutingSlot,
            ],
        )
        self.worlds = worlds
        self._renderings = renderings
        self._middleware_app = self.middleware.app = OperationsSlot(worlds)

    @asynccontextmanager
    async def _lifespan(self, _app: Any) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self._renderings.close()
            await self.worlds.store.close()

    def serve_document(self, document: dict[str, Any], base_path: str, functions: ModuleType) -> None:
        """Serve a document's operations by the functions of the same names."""
        self.add_api(document, base_path=base_path, resolver=Resolver(partial(getattr, functions)))


def create_app(settings: Settings | None = None, *, wall: WallClock = wall_clock) -> MockApp:
    """Return the mock as an ASGI application.

    `wall` returns the real moment in milliseconds since 1970. Give the application to an ASGI server, or to
    `httpx.ASGITransport(app)` for tests without a socket.
    """
    settings = settings or Settings()
    worlds = Worlds(settings, MemoryStore(settings.policy, new_clock(settings)), wall)
    app = MockApp(worlds, Renderings())
    app.serve_document(load_document(settings.policy.revision), PUBLIC_BASE_PATH, operations)
    app.serve_document(control_document(), CONTROL_BASE_PATH, control)
    return app


def control_document() -> dict[str, Any]:
    """Return the control plane's own OpenAPI document."""
    text = resources.files(control).joinpath("openapi.yaml").read_text("utf-8")
    document: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    return document
