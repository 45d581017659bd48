"""`accounts`: the TemPolor accounts that the API may use."""

from __future__ import annotations

import json
from typing import Any, TextIO

import click

from .base import CannotRunError, ListingGroup, connection_options, examples, session, show


@click.group(name="accounts", cls=ListingGroup)
def accounts_command() -> None:
    """List, store and remove the accounts that make the music."""


@accounts_command.command(
    name="create",
    epilog=examples("tempolor accounts create", "tempolor accounts create account.json --max-jobs 4"),
)
@click.argument("parameters", type=click.File(encoding="utf-8"), required=False)
@click.option("--max-jobs", type=click.IntRange(min=1), help="How many jobs it may run at once.")
@connection_options
def create_command(parameters: TextIO | None, max_jobs: int | None, **arguments: Any) -> None:
    """Store an account, new or again.

    PARAMETERS is a file with the JSON that TemPolor's web page sends as requestParams, - for standard input. The mock
    takes an account without any.
    """
    with session(arguments) as (client, _):
        account = client.accounts.create(_parsed(parameters), max_jobs=max_jobs)
    show(account, [(account.user_id, account.max_jobs)], as_json=arguments["as_json"])


def _parsed(parameters: TextIO | None) -> dict[str, Any]:
    if parameters is None:
        return {}
    try:
        found = json.load(parameters)
    except ValueError as error:
        raise CannotRunError(f"{parameters.name} is not JSON: {error}") from error
    # What was copied may be the whole body of the request, or the parameters in it.
    inner = found.get("requestParams", found) if isinstance(found, dict) else None
    if not isinstance(inner, dict):
        raise CannotRunError(f"{parameters.name} holds no JSON object with the account's parameters")
    return inner


@accounts_command.command(name="list", epilog=examples("tempolor accounts", "tempolor accounts list --json"))
@connection_options
def list_command(**arguments: Any) -> None:
    """List the accounts, with how many jobs each may run."""
    with session(arguments) as (client, _):
        accounts = client.accounts.list()
    rows = [(user_id, account.max_jobs) for user_id, account in accounts.items()]
    show(accounts, rows, as_json=arguments["as_json"])


@accounts_command.command(name="delete", epilog=examples('tempolor accounts delete "$ACCOUNT"'))
@click.argument("user_id")
@connection_options
def delete_command(user_id: str, **arguments: Any) -> None:
    """Remove an account from the API; at TemPolor it stays."""
    with session(arguments) as (client, _):
        client.accounts.delete(user_id)
    show({"user_id": user_id, "deleted": True}, [(user_id, "deleted")], as_json=arguments["as_json"])
