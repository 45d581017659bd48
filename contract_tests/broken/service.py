"""A mock in this process that can be made a mutant, and the original again."""

import asyncio
import gc
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import _lru_cache_wrapper, cache, cached_property, wraps
from types import FunctionType, TracebackType
from typing import Any, Final, Self, cast
from unittest import mock

import httpx
from tempolor_contract import Level, Target
from tempolor_mock.exchange import Reply, Request
from tempolor_mock.pipeline import Pipeline
from tempolor_mock.testing import MockServer
from tempolor_mock.waiting import in_task
from tempolor_mock.worlds import Worlds
from tempolor_spec import load_document, operations

from .mutant import Answer, Asked, Mutant, Patch, Rewrite

BASE_PATH: Final = "/v1/tempolor"
TOKEN: Final = "user:12345-broken"  # noqa: S105 - of a mock
OTHER_TOKEN: Final = "user:777-broken"  # noqa: S105 - of a mock
_CONTROL: Final = "/_mock"
_WITHOUT_BODY: Final = frozenset({204, 304})
_STEPS: Final = "tempolor_mock.steps"


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    known = sorted(operations(load_document()), key=lambda each: each.path.count("{"))
    return tuple(
        (each.method.upper(), re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(each.path))), each.operation_id)
        for each in known
    )


def operation_of(method: str, path: str) -> str:
    """Return the operation a request is for, empty if for none."""
    below = path.removeprefix(BASE_PATH).rstrip("/")
    found = (name for verb, pattern, name in _patterns() if verb == method and pattern.fullmatch(below))
    return next(found, "")


class Interceptor:
    """The mock's pipeline with a place where replies can be rewritten; it counts what passes and what is changed."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.rewrite: Rewrite | None = None
        self.calls = 0
        self.touched = 0

    def touch(self) -> None:
        """Count that the changed place was reached."""
        self.touched += 1

    async def answer(self, request: Request) -> Reply:
        """Answer one request."""
        if request.path.startswith(_CONTROL):
            return await self.pipeline.answer(request)
        self.calls += 1
        if self.rewrite is None:
            return await self.pipeline.answer(request)
        await in_task()
        if request.body is None:
            request.body = b"".join([part async for part in _parts(request)])
        return await self._rewritten(self.rewrite, request, await self.pipeline.answer(request))

    async def _rewritten(self, rewrite: Rewrite, request: Request, reply: Reply) -> Reply:
        if not reply.status:
            return reply
        asked = Asked(
            request.method,
            request.path,
            request.target.partition(b"?")[0],
            request.query,
            dict(request.headers),
            request.body or b"",
            operation_of(request.method, request.path) if request.path.startswith(BASE_PATH) else "",
        )
        body = reply.body if isinstance(reply.body, bytes) else b"".join([part async for part in reply.body])
        before = Answer(reply.status, dict(reply.headers), body)
        after = Answer(before.status, dict(before.headers), body)
        rewrite(asked, after)
        self.touched += after != before
        if asked.method != "HEAD" and after.status not in _WITHOUT_BODY:
            after.headers[b"content-length"] = b"%d" % len(after.body)
        return Reply(after.status, list(after.headers.items()), after.body, reply.ends)


async def _parts(request: Request) -> AsyncIterator[bytes]:
    while part := await request.sender.receive():
        yield part


class Service:
    """A running mock, empty and unbroken at the beginning and after each mutant."""

    def __init__(self) -> None:
        self.server = MockServer()
        mock_app: Any = self.server._mock  # noqa: SLF001 - no test double has a public place
        self.worlds: Worlds = mock_app.worlds
        self.app = Interceptor(mock_app.pipeline)
        mock_app.pipeline = self.app
        self.server.pipeline = cast("Pipeline", self.app)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.server.stop()

    @cached_property
    def _caches(self) -> list[Any]:
        """The memories of the mock's steps, some of which hang on objects that only it knows."""
        found = (each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper))
        return [each for each in found if str(getattr(each, "__module__", "")).startswith(_STEPS)]

    @property
    def transport(self) -> httpx.BaseTransport:
        """What carries requests to it; no subclass of httpx's, but like one."""
        return cast("httpx.BaseTransport", self.server.transport)

    def target(self) -> Target:
        """Return the service as a target at full level, with two users and a clock that can be moved."""
        return Target(
            f"{self.server.url}{BASE_PATH}",
            TOKEN,
            OTHER_TOKEN,
            Level.FULL,
            control_url=f"{self.server.url}{_CONTROL}",
            transport=self.transport,
            timeout=10.0,
        )

    @contextmanager
    def mutated(self, mutant: Mutant | None = None) -> Iterator[Self]:
        """Have a mutant in place of the service, beginning with empty worlds; everything is restored at the end."""
        with ExitStack() as stack:
            self._begin_anew()
            stack.callback(self._begin_anew)
            if mutant is not None:
                self._mutate(mutant, stack)
            self.app.calls = self.app.touched = 0
            yield self

    def _mutate(self, mutant: Mutant, stack: ExitStack) -> None:
        for patch in mutant.patches() if mutant.patches else ():
            # What a class holds is looked up there, not through it, so that a property stays one.
            found = vars(patch.owner).get(patch.name) or getattr(patch.owner, patch.name)
            stack.enter_context(mock.patch.object(patch.owner, patch.name, self._counted(patch, found)))
        if mutant.policy:
            self._set_policy(mutant.policy, stack)
        if mutant.rewrite is not None:
            stack.callback(setattr, self.app, "rewrite", None)
            self.app.rewrite = mutant.rewrite()

    def _counted(self, patch: Patch, found: Any) -> Any:
        made = patch.make(found)
        return _watched(made, self.app.touch)

    def _set_policy(self, changes: Mapping[str, Any], stack: ExitStack) -> None:
        store: Any = self.worlds.store
        before = store._policy  # noqa: SLF001 - the store's settings are fixed for whoever does not break it
        stack.callback(setattr, store, "_policy", before)
        store._policy = before.with_changes(**changes)  # noqa: SLF001 - the same
        self.app.touch()

    def _begin_anew(self) -> None:
        # What a mutant has read must not be remembered by the unbroken mock, nor the reverse.
        for each in self._caches:
            each.cache_clear()
        loop = self.server._loop  # noqa: SLF001 - the only loop that may touch the worlds
        asyncio.run_coroutine_threadsafe(self._reset(), loop).result()

    async def _reset(self) -> None:
        self.worlds.dispatcher.forget(None)
        await self.worlds.store.reset(None)


def _watched(made: Any, touch: Callable[[], None]) -> Any:
    """Return a replacement that says when it is used; a value cannot."""
    if isinstance(made, property) and made.fget is not None:
        return property(_watched(made.fget, touch))
    if not isinstance(made, FunctionType):
        touch()
        return made
    if asyncio.iscoroutinefunction(made):

        @wraps(made)
        async def waited(*arguments: Any, **named: Any) -> Any:
            touch()
            return await made(*arguments, **named)

        return waited

    @wraps(made)
    def called(*arguments: Any, **named: Any) -> Any:
        touch()
        return made(*arguments, **named)

    return called
