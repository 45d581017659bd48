"""What a stream of calls has shown about a service, one world for each token.

A small model of its own: it holds only what was seen, tells "never seen" from "not there", and knows nothing of how a
mock works. Rules compare the next call with it; then it learns from that call.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from ...document.call import CALLBACK, FILE, Call
from ...exchanges.exchange import NotRecordedError
from .links import links_in
from .observe import observe
from .present import present
from .records import Clock, Link, Shared
from .world import World

_MOST_FILES: Final = 32
_MOST_TIMELESS: Final = 1024
_OK: Final = 200
_NO_FILE: Final = frozenset({403, 404, 410})


class Worlds:
    """The worlds of all tokens of a stream."""

    def __init__(self) -> None:
        self._worlds: dict[str, World] = {}
        self._shared = Shared()
        self._kept = 0

    def __iter__(self) -> Iterator[World]:
        return iter(self._worlds.values())

    def of(self, call: Call) -> World:
        """Return the world a call belongs to: that of its token, or for a callback the one its job is known in."""
        if call.operation == CALLBACK:
            with suppress(NotRecordedError):
                return self.with_job(call.exchange.request.json) or self._world("")
        return self._world(call.token or "")

    def with_job(self, item: Any) -> World | None:
        """Return the world in which an item's job is known."""
        job_id = item.get("job_id") if isinstance(item, dict) else None
        return next((world for world in self if job_id in world.jobs), None)

    @property
    def links(self) -> dict[str, Link]:
        """The addresses that answers have handed out."""
        return self._shared.links

    def observe(self, call: Call) -> None:
        """Take in a call. What it has changed cannot be known if its bodies were not recorded: its world begins anew.

        Raises:
            NotRecordedError: The bodies were not recorded.

        """
        self._shared.authorized = self._shared.authorized or bool(call.token)
        if call.method == "DELETE" and not call.refused:
            self._shared.deletion = call
        try:
            observe(self.of(call), call)
        except NotRecordedError:
            if call.method != "GET" and call.operation != CALLBACK and not call.refused:
                self._worlds.pop(call.token or "", None)
            raise
        self._timed(call)
        self._fetched(call)
        clock = self._clock(call)
        for url, link in links_in(call).items():
            self._handed_out(url, replace(link, since_ms=clock.told_ms))
            if len(clock.timeless) < _MOST_TIMELESS:
                clock.timeless.append(url)

    def _handed_out(self, url: str, link: Link) -> None:
        known = self.links.get(url)
        self.links[url] = link if known is None else link.after(known)

    def _clock(self, call: Call) -> Clock:
        token, clocks = call.token or "", self._shared.clocks
        if token not in clocks:
            clocks[token] = Clock()
        return clocks[token]

    def _timed(self, call: Call) -> None:
        """Take in what time it is at the service: what was handed out since its last word was so by now."""
        moment = present(call)
        if moment is None:
            return
        clock = self._clock(call)
        for url in clock.timeless:
            self.links[url] = replace(self.links[url], until_ms=moment)
        clock.timeless.clear()
        clock.refused.clear()
        clock.worked.clear()
        clock.told_ms = max(moment, clock.told_ms or 0)
        if not clock.runs_on(call, moment):
            clock.steady = (call, moment)

    def _fetched(self, call: Call) -> None:
        """Keep what a link gave, to compare ranges of it with, and where it led on."""
        link = self.links.get(call.exchange.request.url) if call.operation == FILE else None
        if link is None:
            return
        clock = self._clock(link.call)
        if call.status in _NO_FILE and len(clock.refused) < _MOST_FILES:
            clock.refused.append((link, call))
        if call.accepted and link.outlived_at(call) and len(clock.worked) < _MOST_FILES:
            clock.worked.append((link, call))
        elsewhere = call.exchange.redirected_to
        if elsewhere is not None:
            self._handed_out(elsewhere, replace(link, seconds=None, fetched=None))
        elif call.status == _OK and link.fetched is None and call.method == "GET" and self._kept < _MOST_FILES:
            self._kept += 1
            self.links[call.exchange.request.url] = replace(link, fetched=call)

    def linked(self, call: Call) -> Call:
        """Return a call outside of the API as one of `FILE` if its address was handed out before."""
        if call.path is None and not call.operation and call.exchange.request.url in self.links:
            return replace(call, operation=FILE)
        return call

    def _world(self, token: str) -> World:
        if token not in self._worlds:
            self._worlds[token] = World(token, shared=self._shared)
        return self._worlds[token]
