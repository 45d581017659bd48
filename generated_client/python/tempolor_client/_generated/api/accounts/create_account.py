"""POST /accounts."""

from __future__ import annotations

from ...models.account import Account
from ...models.account_request import AccountRequest
from ...types import Call


def call(
    *,
    body: AccountRequest,
) -> Call[Account]:
    """Create or update account."""
    return Call(
        operation_id="create_account",
        method="POST",
        path="/accounts",
        parse=Account.from_dict,
        json=body.to_dict(),
    )
