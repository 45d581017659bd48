"""Operations of the tag `accounts`."""

from ..domain import accounts
from ..domain.accounts import Account
from ..domain.clock import iso
from ..exchange import Answer, Call
from ..shapes import JsonObject


async def create_account(call: Call) -> Answer:
    """Configure an account, or change its configuration."""
    account = await call.run(
        lambda world: accounts.configure(world, call.body["requestParams"], call.body.get("maxJobs"))
    )
    return Answer(200, account_object(account))


async def list_accounts(call: Call) -> Answer:
    """Return every configured account by its user_id."""
    found = await call.run(accounts.all_of)
    return Answer(200, {account.user_id: account_object(account) for account in found})


async def get_account(call: Call) -> Answer:
    """Return one account."""
    return Answer(200, account_object(await call.run(lambda world: accounts.get(world, call.parameters["user_id"]))))


async def delete_account(call: Call) -> Answer:
    """Forget one account."""
    await call.run(lambda world: accounts.delete(world, call.parameters["user_id"]))
    return Answer(204)


def account_object(account: Account) -> JsonObject:
    """Return the account as the service shows it; `updated` and `updatedUTC` are the same moment."""
    return {
        "user_id": account.user_id,
        "updated": account.updated_ms,
        "updatedUTC": iso(account.updated_ms),
        "maxJobs": account.max_jobs,
        "requestParams": dict(account.request_params),
    }
