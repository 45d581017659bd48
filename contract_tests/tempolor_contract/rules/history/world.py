"""What is known of everything one token may see."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...document.call import Call
from ...document.ids import token_number
from .records import Account, Crashes, Job, Order, Refusal, Shared, Upload, Walk


@dataclass
class World:
    """What is known of everything one token may see.

    `configured` has the ids of all accounts, None where that is not known, and `only_account` the call since which
    there is a single one. `listed` has the last list of accounts, and `unlisted` what worked on accounts that it did
    not have, by their ids.
    `authorized` is the first call that took the token, `unauthorized` has those that refused it before. `artists` has
    the artists' voices on offer.

    `ends` counts the jobs that were seen to end, by whether they were cancelled before and whether they FAILED.

    `unreported` has the jobs that a poll has shown to have ended, while their final callback is due.

    `refused` has the refused orders by their `replyRef`; `references` those that stand for orders which may have begun;
    `unclear_order` says that an order had no clear answer, so that jobs may run that nobody has named. `turned` has the
    later pages by list, account, kind and cursor. `echoed` has the first call that showed a field of orders, for each.
    """

    token: str
    jobs: dict[str, Job] = field(default_factory=dict)
    unfinished: dict[str, Job] = field(default_factory=dict)
    unreported: dict[str, Job] = field(default_factory=dict)
    ends: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    orders: list[Order] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    midi: dict[str, Upload] = field(default_factory=dict)
    voices: dict[str, Upload] = field(default_factory=dict)
    walks: dict[tuple[str, ...], Walk] = field(default_factory=dict)
    turned: dict[tuple[str, ...], Call] = field(default_factory=dict)
    listing: Call | None = None
    listing_before: Call | None = None
    capacity: Call | None = None
    system_time: Call | None = None
    crashes: Crashes = field(default_factory=Crashes)
    refused: dict[str, Refusal] = field(default_factory=dict)
    configured: frozenset[str] | None = None
    only_account: Call | None = None
    listed: Call | None = None
    unauthorized: list[Call] = field(default_factory=list)
    authorized: Call | None = None
    artists: dict[str, Call] = field(default_factory=dict)
    unlisted: dict[str, Call] = field(default_factory=dict)
    echoed: dict[tuple[object, ...], Call] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)
    unclear_order: bool = False
    shared: Shared = field(default_factory=Shared, repr=False)

    @property
    def number(self) -> str | None:
        """The number in the token, None if the token has another form."""
        return token_number(self.token)

    def job_of(self, call: Call) -> Job | None:
        """Return the job a call's path names, if anything is known of it."""
        return self.jobs.get(call.arguments.get("job_id", ""))

    def may_be_cancelled(self, job: Job) -> bool:
        """Whether a job was cancelled, perhaps: by whoever has another token, too, if the service lets them."""
        return job.cancel_tried is not None or job.id in self.shared.cancelled

    def known_accounts(self, call: Call) -> list[Account]:
        """Return the accounts that exist as far as is known, and that an answer before a call has shown as stored."""
        return [account for account in self.live_accounts() if account.shown and account.stored.before(call)]

    def live_accounts(self) -> list[Account]:
        """Return the accounts that exist as far as is known."""
        return [account for account in self.accounts.values() if account.gone is None]

    def orders_during(self, job: Job, call: Call) -> Iterator[Order]:
        """Yield the accepted orders sent while a job held a slot: it was there before, and runs still at `call`.

        A cancelled job holds no slot, whatever its item says.
        """
        for order in reversed(self.orders):
            if not job.first.before(order.call):
                # Orders stand in the order in which they were sent, so the ones before came before the job, too.
                return
            if (
                order.account == job.account
                and job.id not in order.jobs
                and order.call.before(call)
                and not (job.cancel_tried and not order.call.before(job.cancel_tried))
            ):
                yield order
