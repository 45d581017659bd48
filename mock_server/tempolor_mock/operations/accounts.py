"""Operations of the tag `accounts`."""

from ..domain import accounts
from ..domain.accounts import Account
from ..domain.clock import iso
from ..domain.world import World
from ..exchange import Answer, Call
from ..shapes import JsonObject, with_recorded


def create_account(call: Call, world: World) -> Answer:
    """Configure an account, or change its configuration."""
    account = accounts.configure(world, call.body["requestParams"], call.body.get("maxJobs"))
    return Answer(200, account_object(account))


def list_accounts(_call: Call, world: World) -> Answer:
    """Return every configured account by its user_id."""
    return Answer(200, {account.user_id: account_object(account) for account in accounts.all_of(world)})


def get_account(call: Call, world: World) -> Answer:
    """Return one account."""
    return Answer(200, account_object(accounts.get(world, call.parameters["user_id"])))


def delete_account(call: Call, world: World) -> Answer:
    """Forget one account."""
    accounts.delete(world, call.parameters["user_id"])
    return Answer(204)


def account_object(account: Account) -> JsonObject:
    """Return the account as the service shows it; `updated` and `updatedUTC` are the same moment."""
    shown = {
        "user_id": account.user_id,
        "updated": account.updated_ms,
        "updatedUTC": iso(account.updated_ms),
        "maxJobs": account.max_jobs,
        "requestParams": dict(account.request_params),
    }
    return with_recorded(account.recorded, lambda _moment: shown, account.updated_ms)
