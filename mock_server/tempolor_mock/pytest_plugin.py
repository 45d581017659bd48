"""The pytest plugin: the fixture `tempolor_mock` is a fresh world on a mock that runs in a thread of the test run.

pytest imports this in every run of an environment that has the kit, so nothing heavy is imported here.
"""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .settings import Settings
    from .testing import MockServer, MockWorld

MARKER = "tempolor"
USER_NUMBER = "12345"
_WORLD = pytest.StashKey["MockWorld"]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, for `--markers` and `--strict-markers`."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(frozen=True, speed=1, start=..., seed=0, jobs_per_request=2, ...): "
        "how the world of the fixture tempolor_mock begins, and how its mock behaves",
    )


class MockServers:
    """The servers of a test run: one, and one more for each other set of settings that tests ask for.

    Tests that may not use sockets have servers of their own, which listen nowhere.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._by_settings: dict[tuple[Settings, bool], MockServer] = {}

    def world(self, name: str, **options: Any) -> "MockWorld":
        """Return a fresh world whose token, and with it every id, depends on nothing but `name`."""
        from .testing import MockServer, Options, OptionsError  # noqa: PLC0415 - loaded with the first world
        from .testing.loops import may_use_sockets  # noqa: PLC0415 - the same

        try:
            chosen = Options.of(options)
        except OptionsError as error:
            raise pytest.UsageError(f"tempolor: {error}") from None
        kind = chosen.settings, may_use_sockets()
        server = self._by_settings.get(kind)
        if server is None:
            server = self._by_settings[kind] = self._stack.enter_context(MockServer(chosen))
        return server.world(_token(name), chosen)

    def stop(self) -> None:
        """Stop every server."""
        self._stack.close()


def _token(name: str) -> str:
    return f"user:{USER_NUMBER}-{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}"


@pytest.fixture(scope="session")
def tempolor_mock_servers() -> Iterator[MockServers]:
    """What makes worlds, for fixtures of a wider scope than a test's: `tempolor_mock_servers.world("any name")`."""
    servers = MockServers()
    yield servers
    servers.stop()


@pytest.fixture
def tempolor_mock_options() -> dict[str, Any]:
    """Override this in a conftest.py to set options for many tests; a test's marker wins over it."""
    return {}


@pytest.fixture
def tempolor_mock(
    request: pytest.FixtureRequest, tempolor_mock_servers: MockServers, tempolor_mock_options: dict[str, Any]
) -> "Iterator[MockWorld]":
    """A fresh world of useapi.net's TemPolor API on a running mock; its clock stands still until it is advanced."""
    options = tempolor_mock_options | _marked(request.node)
    world = tempolor_mock_servers.world(request.node.nodeid, **options)
    request.node.stash[_WORLD] = world
    yield world
    world.close()


def _marked(node: pytest.Item) -> dict[str, Any]:
    """Return the options of all markers of a test; the one nearest to it wins."""
    options: dict[str, Any] = {}
    for marker in node.iter_markers(MARKER):
        if marker.args:
            raise pytest.UsageError(f"tempolor: options are given by name, as in @pytest.mark.{MARKER}(seed=7)")
        options = {**marker.kwargs, **options}
    return options


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what a failed test sent."""
    report = yield
    if report.failed and report.when != "teardown":
        world = item.stash.get(_WORLD, None)
        if world is not None:
            report.sections.append(("tempolor_mock: last requests", _described(world)))
    return report


def _described(world: "MockWorld") -> str:
    from .testing.report import described  # noqa: PLC0415 - for tests that failed only

    try:
        return described(world)
    except Exception as error:  # noqa: BLE001 - the test's own failure must be told whatever happens here
        return f"The mock could not tell: {error!r}"
