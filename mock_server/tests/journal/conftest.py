"""Journals without HTTP: in memory, and in the database of each store."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from tempolor_mock.domain.clock import Clock
from tempolor_mock.domain.ids import Token
from tempolor_mock.domain.policy import Policy
from tempolor_mock.exchange import Notes
from tempolor_mock.journal import Entry, Filters, RequestHead, Wording, open_journal
from tempolor_mock.settings import Settings
from tempolor_mock.store import Store, open_store

from ..stores import STORES, Places

START_MS = 1_747_731_600_125


def _entry(size=0, path="/v1/tempolor/accounts", method="GET", status=200, **notes):
    head = RequestHead(method, path, b"", ())
    return Entry(START_MS, 1_000, head, b"x" * size, status, (), b"", Notes(now_ms=START_MS, **notes))


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """Make an entry with a body of that size."""
    return _entry


class Journals:
    """A journal as a process has it; the event loop is everybody's, so that all of them go on while one is asked."""

    def __init__(self, store: Store, limit: int, runner: asyncio.Runner) -> None:
        self._runner = runner
        self.journal = open_journal(store, Wording(Settings(), "this"), limit)

    def run(self, coroutine: Any) -> Any:
        """Run a coroutine of the journal to its end."""
        return self._runner.run(coroutine)

    def append(self, token: Token, *entries: Entry) -> None:
        """Append entries, as one answer after the other."""

        async def append_all() -> None:
            for each in entries:
                self.journal.append(token, each)

        self.run(append_all())

    def numbers(self, token: Token, **filters: Any) -> list[int]:
        """Return the numbers of all requests that fit, newest first."""
        page = self.run(self.journal.find(token, Filters(**filters), limit=1000, brief=True))
        assert len(page.requests) == page.matched
        return [each.facts["number"] for each in page.requests]

    def counts(self, token: Token) -> Any:
        """Return the counts of a world."""
        return self.run(self.journal.counts(token))

    def close(self) -> None:
        """End, as a process does that is told to stop."""
        self.run(self.journal.close())


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, place_of: Places) -> str:
    """The name of a store."""
    return place_of(request.param)


@pytest.fixture
def open_one(store: str) -> Iterator[Callable[..., Journals]]:
    """Open a journal of the store; every call is another process to it."""
    kept = open_store(store, Policy(), lambda real_ms: Clock(real_ms, real_ms, 1, frozen=False))
    with asyncio.Runner() as runner, ExitStack() as stack:
        runner.run(kept.tokens())  # As with every request, the store has a connection before the journal needs one.

        def make(limit: int = 1 << 20) -> Journals:
            opened = Journals(kept, limit, runner)
            stack.callback(opened.close)
            return opened

        yield make
        runner.run(kept.close())
