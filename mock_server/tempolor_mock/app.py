"""Putting a mock together."""

from . import slim_connexion  # isort: skip  # noqa: F401 - before anything imports Connexion

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any

from connexion.apps.asynchronous import AsyncApp
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.resolver import Resolver
from tempolor_spec import load_document

from . import control, operations
from .asgi import PipelineMiddleware
from .callbacks import HttpDispatcher
from .control import control_document
from .files.rendering import Renderings
from .files.serving import Files
from .pipeline import Pipeline
from .settings import CONTROL_BASE_PATH, FILES_PATH, PUBLIC_BASE_PATH, Settings
from .steps.endpoint import Endpoint
from .steps.faults import Rules
from .steps.log import RequestLog
from .store import Begin, Store, begin_empty, open_store
from .ui.pages import PAGES, get_page
from .worlds import WallClock, Worlds, new_clock, wall_clock


class MockApp(AsyncApp):
    """Connexion's application: it reads the documents and hosts the pipeline."""

    def __init__(self, worlds: Worlds, renderings: Renderings) -> None:
        self.worlds = worlds
        self.pipeline = Pipeline(worlds, _log(worlds))
        self._renderings = renderings
        worlds.metrics.gauges |= {
            "files_making": lambda: renderings.making,
            "files_waiting": lambda: renderings.waiting,
            "files_bytes": lambda: renderings.bytes,
            "files_made": lambda: renderings.made,
            "files_failed": lambda: renderings.failed,
        }
        self.dispatcher = worlds.dispatcher = HttpDispatcher(worlds)
        super().__init__(
            __package__,
            lifespan=self._lifespan,
            middlewares=[
                LifespanMiddleware,
                partial(PipelineMiddleware, pipeline=self.pipeline, settings=worlds.settings),
            ],
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Any) -> AsyncIterator[None]:
        await self.dispatcher.start()
        try:
            yield
        finally:
            await self.dispatcher.stop()
            self._renderings.close()
            self.worlds.uploads.close()
            await self.worlds.journal.close()
            await self.worlds.store.close()

    def serve_document(self, document: dict[str, Any], base_path: str, functions: ModuleType | SimpleNamespace) -> None:
        """Serve a document's operations by the functions of the same names."""
        self.add_api(document, base_path=base_path, resolver=Resolver(partial(getattr, functions)))

    def serve_files(self) -> None:
        """Serve what no document has: files, and the pages for people, which have covers and music of their own."""
        files = Files(self._renderings).get_file
        file_path = "/{handle}/{folder}/{name}"
        page = Endpoint.of_procedure(get_page)
        self.pipeline.add(FILES_PATH, {file_path: {"GET": Endpoint.of_procedure(files, rules=Rules(None))}})
        # Whoever looks on from there uses up no fault rule.
        self.pipeline.add(
            CONTROL_BASE_PATH,
            {FILES_PATH + file_path: {"GET": Endpoint.of_procedure(files)}, **{path: {"GET": page} for path in PAGES}},
        )


def create_app(settings: Settings | None = None, *, wall: WallClock = wall_clock) -> MockApp:
    """Return the mock as an ASGI application.

    `wall` returns the real moment in milliseconds since 1970. Give the application to an ASGI server, or to
    `httpx.ASGITransport(app)` for tests without a socket. StoreError where worlds cannot be kept, or begun, as the
    settings say, OverlayError where an overlay does not fit.
    """
    settings = settings or Settings()
    document = load_document(settings.policy.revision, settings.overlays)
    if settings.overlays:
        settings = _within(settings, document)
    worlds = Worlds(settings, _store(settings), wall)
    app = MockApp(worlds, Renderings(settings.files_bytes, settings.files_at_once))
    app.serve_document(document, PUBLIC_BASE_PATH, _functions(app, document))
    app.serve_document(control_document(), CONTROL_BASE_PATH, control)
    app.serve_files()
    return app


def _within(settings: Settings, document: dict[str, Any]) -> Settings:
    """Return settings by which a request starts no more jobs than the document allows: overlays may move that limit."""
    jobs = document["components"]["schemas"].get("CreatedJobs", {}).get("properties", {}).get("jobs", {})
    most = min(settings.policy.jobs_per_request, jobs.get("maxItems", settings.policy.jobs_per_request))
    return replace(settings, policy=settings.policy.with_changes(jobs_per_request=most))


def _functions(app: MockApp, document: dict[str, Any]) -> ModuleType | SimpleNamespace:
    """Return what has the service's operations: the module, and for what overlays add, functions that say as much."""
    settings = app.worlds.settings
    if not settings.overlays:
        return operations
    from .additions import Additions, functions  # noqa: PLC0415 - most mocks have no overlays

    app.pipeline.additions = Additions(settings.policy.revision, document)
    app.worlds.finish_callback = app.pipeline.additions.callback.shown_in
    return functions(operations, document)


def _log(worlds: Worlds) -> RequestLog | None:
    style = worlds.settings.log
    return None if style == "off" else RequestLog(worlds.wall, style)


def _store(settings: Settings) -> Store:
    return open_store(
        settings.store,
        settings.policy,
        new_clock(settings),
        _begin(settings),
        settings.limits,
        connections=settings.store_connections,
    )


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
