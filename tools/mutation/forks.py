"""Runs tests in forks of one process that has collected them: for a mutant, only some that reach its function.

What a test sets up (servers, event loops, databases) lives in the fork that runs it and ends with it.
"""

import gc
import json
import os
import resource
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import pytest
from choice import Reach, chosen
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

Told = Callable[[str, str, float], None]
_Cache: Final = type(lru_cache(len))
_SURVIVED, _NOTICED, _BROKEN = 0, 1, 3
# Tests may take this many times as long for a mutant as they do without, and some seconds more.
_SLOWER: Final = 5
_SECONDS_MORE: Final = 30
_MOST_BYTES: Final = 3 << 30
"""How much memory a process may take: a mutant that never ends may also never stop to take more."""


class Forks:
    """A pytest plugin that finds out what each test reaches, and then runs tests for each mutant."""

    def __init__(self, mutants: Iterable[str], seconds: float, reach: Path, told: Told) -> None:
        """Tests of about `seconds` are run for each mutant; `told` gets its name, what became of it, and the seconds.

        The file `reach` says what tests reach; those it does not know are run to find out.
        """
        self._mutants = list(mutants)
        self._seconds = seconds
        self._file = reach
        self._told = told
        self._failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure, wherever in a test it was."""
        self._failed = self._failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run everything here, in place of pytest's own loop."""
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        items = {item.nodeid: item for item in session.items}
        reach = self._reach(items)
        for mutant in self._mutants:
            start = time.monotonic()
            tests = chosen(mutant.partition("__mutmut_")[0], reach, self._seconds)
            limit = _SLOWER * sum(reach[each].seconds for each in tests) + _SECONDS_MORE
            verdict = self._try(mutant, [items[each] for each in tests], limit) if tests else "no tests"
            self._told(mutant, verdict, time.monotonic() - start)
        return True

    def _reach(self, items: dict[str, pytest.Item]) -> dict[str, Reach]:
        known = self._known()
        new = [item for name, item in items.items() if name not in known]

        # A test is run once in a process, as some stumble over what they left behind. What fills a cache costs it time,
        # which it does not take behind others; and where caches are full, it does not reach what fills them.
        if new and (_forked(partial(self._time, new, known)) or _forked(partial(self._find_reached, new))):
            raise pytest.UsageError("the tests cannot be run; see above")
        return {
            name: Reach(seconds, frozenset(functions))
            for name, (seconds, functions) in self._known().items()
            if name in items
        }

    def _known(self) -> dict[str, tuple[float, list[str]]]:
        return json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else {}

    def _time(self, items: Sequence[pytest.Item], known: dict[str, tuple[float, list[str]]]) -> int:
        """Note how long tests take."""
        found: dict[str, tuple[float, list[str]]] = {}
        for item, following in _in_turn(items):
            start = time.monotonic()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            found[item.nodeid] = time.monotonic() - start, []
        self._file.write_text(json.dumps(known | found), encoding="utf-8")
        return 0

    def _find_reached(self, items: Sequence[pytest.Item]) -> int:
        """Note what tests reach; one that fails where nothing was changed counts as one that reaches nothing."""
        set_mutant_under_test("stats")
        reached = state()._stats  # noqa: SLF001 - where mutmut notes it
        caches = [each for each in gc.get_objects() if isinstance(each, _Cache)]
        known = self._known()
        for item, following in _in_turn(items):
            for cache in caches:
                cache.cache_clear()
            reached.clear()
            self._failed = False
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            known[item.nodeid] = known[item.nodeid][0], [] if self._failed else sorted(reached)
        self._file.write_text(json.dumps(known), encoding="utf-8")
        return 0

    def _try(self, mutant: str, tests: Sequence[pytest.Item], limit: float) -> str:
        def run_until_noticed() -> int:
            set_mutant_under_test(mutant)
            for item, following in _in_turn(tests):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self._failed:
                    return _NOTICED
            return _SURVIVED

        status = _forked(run_until_noticed, limit)
        return {_SURVIVED: "survived", -signal.SIGALRM: "timeout"}.get(status, "killed")


def _in_turn(tests: Sequence[pytest.Item]) -> Iterable[tuple[pytest.Item, pytest.Item | None]]:
    return zip(tests, [*tests[1:], None], strict=True)


def _forked(work: Callable[[], int], limit: float = 0) -> int:
    """Run the work in a process of its own, and end with it whatever it started; its result, or minus a signal.

    The limit is in seconds; 0 is none.
    """
    child = os.fork()
    if not child:
        status = _BROKEN
        try:
            os.setpgid(0, 0)
            resource.setrlimit(resource.RLIMIT_DATA, (_MOST_BYTES, _MOST_BYTES))
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, limit)
            status = work()
        finally:
            os._exit(status)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
