"""Putting into a world what a test needs there, without requests that would stand in the journal."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..domain import accounts, music
from ..domain.accounts import Account
from ..domain.errors import ServiceError
from ..domain.jobs import MusicRequest
from ..domain.world import World

SLOTS = 2
"""How many slots an account has that is made to be full: enough for a request's jobs."""


def configure_account(world: World, request_params: Mapping[str, Any], max_jobs: int | None) -> str:
    """Configure an account as a request to the service would, and return its id."""
    _check_slots(max_jobs)
    return accounts.configure(world, request_params, max_jobs).user_id


def fill_accounts(world: World, user_id: str | None, max_jobs: int | None) -> list[str]:
    """Let jobs take every slot of an account (None: of each), and return the ids of all jobs that do."""
    _check_slots(max_jobs)
    if user_id is None:
        chosen = [accounts.get(world, each) for each in sorted(world.accounts)] or [
            accounts.configure(world, {}, max_jobs or SLOTS)
        ]
    elif user_id in world.accounts:
        chosen = [accounts.get(world, user_id)]
    else:
        chosen = [accounts.configure(world, {"user_id": user_id}, max_jobs or SLOTS)]
    return [job_id for account in chosen for job_id in _fill(world, _with_slots(world, account, max_jobs))]


def _with_slots(world: World, account: Account, max_jobs: int | None) -> Account:
    if max_jobs is None or account.max_jobs == max_jobs:
        return account
    return accounts.configure(world, {**account.request_params, "user_id": account.user_id}, max_jobs)


def _fill(world: World, account: Account) -> list[str]:
    request = MusicRequest(prompt="A request that takes a slot", model="v3", user_id=account.user_id)
    while accounts.free_slots(world, account) > 0:
        music.start(world, "song", request)
    return [str(job.id) for job in world.jobs.active(account.user_id)]


def _check_slots(max_jobs: int | None) -> None:
    if max_jobs is not None and max_jobs < 1:
        raise ServiceError(400, f"max_jobs must be at least 1, not {max_jobs}")


@contextmanager
def refusals_as(error: type[Exception]) -> Iterator[None]:
    """Raise the domain's refusals as an error of this package."""
    try:
        yield
    except ServiceError as refusal:
        raise error(refusal.text) from None
