"""GET /accounts/{user_id}."""

from __future__ import annotations

from ...models.account import Account
from ...types import Call, path_of


def call(
    user_id: str,
) -> Call[Account]:
    """Get account."""
    return Call(
        operation_id="get_account",
        method="GET",
        path=path_of("/accounts/{user_id}", user_id=user_id),
        subject=user_id,
        parse=Account.from_dict,
    )
