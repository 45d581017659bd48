"""Counts how a service fails now and then: again and again, with good answers in between."""

from collections import Counter
from typing import Final

from ..document.call import Call
from ..rules.history.records import Crashes

_MANY: Final = 5
_OFTEN: Final = 0.01
_OFTEN_OF_ONE: Final = 0.02


class Relapses:
    """How often what was asked, and each operation, was answered 5xx or broke off after an answer that did not."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._crashes: Counter[str] = Counter()
        self._relapses: Counter[str] = Counter()
        self._last: dict[str, Call] = {}
        self._down = False
        self._broken_off = False

    def add(self, call: Call) -> None:
        """Take in a call."""
        crash = Crashes.is_crash(call) or call.exchange.broke_off
        self._broken_off = self._broken_off or call.exchange.broke_off
        for name in {"", call.operation}:  # What is no operation has none.
            self._seen[name] += 1
            self._crashes[name] += crash
            self._relapses[name] += crash and not self._down
            if crash:
                self._last[name] = call
        self._down = crash

    def worst(self) -> tuple[str, Call] | None:
        """Return what a broken service did and a call that shows it, None for one that was out for a while at most.

        Of an operation it is said where that has all of them.
        """
        for name in sorted(self._last, key=lambda each: (-self._crashes[each], not each)):
            often = _OFTEN_OF_ONE if name else _OFTEN
            if self._relapses[name] >= max(_MANY, often * self._seen[name]):
                what = f"{self._crashes[name]:,} of {self._seen[name]:,} requests{f' of {name}' if name else ''}"
                how = "were answered 5xx or broke off" if self._broken_off else "were answered 5xx"
                return f"{what} {how}, between others that were not", self._last[name]
        return None
