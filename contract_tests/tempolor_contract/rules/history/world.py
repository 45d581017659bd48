"""What a stream of calls has shown about a service, one world for each token.

A small model of its own: it holds only what was seen, tells "never seen" from "not there", and knows nothing of how a
mock works. Rules compare the next call with it; then it learns from that call.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ...document.call import CALLBACK, FILE, Call
from ...document.ids import token_number
from .links import links_in
from .observe import LESSONS
from .records import Account, Crashes, Job, Link, Order, Refusal, Upload, Walk


@dataclass
class World:
    """What is known of everything one token may see.

    `only_account` is the list of accounts that showed a single one, None where there may be more by now.

    `refused` has the refused orders by their `replyRef`; `references` those that stand for orders which may have begun.
    """

    token: str
    jobs: dict[str, Job] = field(default_factory=dict)
    unfinished: dict[str, Job] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    midi: dict[str, Upload] = field(default_factory=dict)
    voices: dict[str, Upload] = field(default_factory=dict)
    walks: dict[tuple[str, ...], Walk] = field(default_factory=dict)
    listing: Call | None = None
    listing_before: Call | None = None
    system_time: Call | None = None
    crashes: Crashes = field(default_factory=Crashes)
    refused: dict[str, Refusal] = field(default_factory=dict)
    only_account: Call | None = None
    references: set[str] = field(default_factory=set)
    changed: dict[str, Call] = field(default_factory=dict)
    worlds: "Worlds | None" = field(default=None, repr=False)

    @property
    def number(self) -> str | None:
        """The number in the token, None if the token has another form."""
        return token_number(self.token)

    def job_of(self, call: Call) -> Job | None:
        """Return the job a call's path names, if anything is known of it."""
        return self.jobs.get(call.arguments.get("job_id", ""))

    def live_accounts(self) -> list[Account]:
        """Return the accounts that exist as far as is known."""
        return [account for account in self.accounts.values() if account.gone is None]

    def learn(self, call: Call) -> None:
        """Take in a call."""
        self.crashes.learn(call)
        lesson = LESSONS.get(call.operation)
        if lesson is not None:
            lesson(self, call)


class Worlds:
    """The worlds of all tokens of a stream."""

    def __init__(self) -> None:
        self._worlds: dict[str, World] = {}
        self.authorized = False
        self.links: dict[str, Link] = {}

    def __iter__(self) -> Iterator[World]:
        return iter(self._worlds.values())

    def of(self, call: Call) -> World:
        """Return the world a call belongs to: that of its token, or for a report the one its job is known in."""
        if call.operation == CALLBACK:
            return self.with_job(call.exchange.request.json) or self._world("")
        return self._world(call.token or "")

    def with_job(self, item: Any) -> World | None:
        """Return the world in which an item's job is known."""
        job_id = item.get("job_id") if isinstance(item, dict) else None
        return next((world for world in self if job_id in world.jobs), None)

    def learn(self, call: Call) -> None:
        """Take in a call."""
        self.authorized = self.authorized or bool(call.token)
        self.of(call).learn(call)
        for url, link in links_in(call).items():
            known = self.links.get(url)
            self.links[url] = replace(link, upload=link.upload or (known.upload if known else None))

    def linked(self, call: Call) -> Call:
        """Return a call outside of the API as one of `FILE` if its address was handed out before."""
        if call.path is None and not call.operation and call.exchange.request.url in self.links:
            return replace(call, operation=FILE)
        return call

    def _world(self, token: str) -> World:
        if token not in self._worlds:
            self._worlds[token] = World(token, worlds=self)
        return self._worlds[token]
