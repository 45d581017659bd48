"""Configured accounts: create or update, look up, choose, delete. Source: the accounts pages."""

import re
from collections.abc import Mapping
from typing import Any

from tempolor_spec.secrets import redact_json

from . import callbacks, errors, room
from .ids import seeded_number
from .recorded import Recorded
from .records import Record
from .world import World

DEFAULT_MAX_JOBS = 10


class Account(Record, frozen=True):
    """A configured account; `max_jobs` is how many jobs it runs at once, unless a request says otherwise."""

    user_id: str
    max_jobs: int
    updated_ms: int
    request_params: Mapping[str, Any] = {}
    recorded: Recorded | None = None


def configure(world: World, request_params: Mapping[str, Any], max_jobs: int | None) -> Account:
    """Create the account that `request_params` describe, or update it.

    `max_jobs` None means the default, also on an update. Without `user_id` or `ucid` in the parameters (the page's
    own sample posts `{}`) the account is one whose id depends on the token alone, so that posting again updates it.
    Raises a 400 for an id that no composite id could hold. Secrets are dropped before anything is kept: no answer,
    snapshot or log can show them.
    """
    kept = redact_json(request_params, text=str)
    user_id = _identity(kept) or str(100_000_000 + seeded_number(world.policy.seed, world.token) % 900_000_000)
    room.take(world, room.size_of_account(kept) - _kept_size(world, user_id))
    account = Account(user_id, max_jobs or DEFAULT_MAX_JOBS, world.now_ms, kept)
    world.accounts[user_id] = account
    return account


def _kept_size(world: World, user_id: str) -> int:
    account = world.accounts.get(user_id)
    return 0 if account is None else room.size_of_account(account.request_params)


def _identity(request_params: Mapping[str, Any]) -> str | None:
    """Return the account's id; it becomes a part of composite ids, so it can hold neither colon nor slash."""
    for name in ("user_id", "ucid"):
        found = request_params.get(name)
        # Any object is accepted, and only a text or a number can be an id.
        if found and isinstance(found, str | int) and not isinstance(found, bool):
            if re.fullmatch(r"[^:/\x00-\x1f]+", str(found)) is None:
                raise errors.incorrect_format(f"requestParams.{name}")
            return str(found)
    return None


def get(world: World, user_id: str) -> Account:
    """Return a configured account, or raise the 404 of the page."""
    try:
        return world.accounts[user_id]
    except KeyError:
        raise errors.no_record(user_id) from None


def all_of(world: World) -> list[Account]:
    """Return every account by user_id, or raise the 404 of an empty configuration."""
    if not world.accounts:
        raise errors.no_accounts()
    return [world.accounts[user_id] for user_id in sorted(world.accounts)]


def delete(world: World, user_id: str) -> None:
    """Forget an account's configuration; its running jobs are no longer tracked."""
    get(world, user_id)
    for job in world.jobs.active(user_id):
        callbacks.cancel(world, job)
        world.jobs.put(job.released())
    room.take(world, -_kept_size(world, user_id))
    del world.accounts[user_id]


def the_one(world: World, user_id: str | None) -> Account:
    """Return the account a listing or an upload is about: the named one, or the only one there is."""
    if user_id:
        return get(world, user_id)
    if len(world.accounts) > 1:
        raise errors.required("user_id")
    return all_of(world)[0]


def freest(world: World) -> Account:
    """Return the account with most free slots; of equals, the one with the lowest user_id."""
    if len(world.accounts) == 1:
        return next(iter(world.accounts.values()))
    return min(all_of(world), key=lambda account: (-free_slots(world, account), account.user_id))


def free_slots(world: World, account: Account) -> int:
    """Return how many slots are free: below 0 once the limit was lowered, or requests raised it for themselves.

    The scheduler's page prints the sum: `maxJobs - executing`.
    """
    return account.max_jobs - world.jobs.count_active(account.user_id)
