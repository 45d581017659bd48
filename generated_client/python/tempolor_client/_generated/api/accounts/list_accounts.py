"""GET /accounts."""

from __future__ import annotations

from ...models.account_map import AccountMap
from ...types import Call


def call() -> Call[AccountMap]:
    """List accounts."""
    return Call(
        operation_id="list_accounts",
        method="GET",
        path="/accounts",
        parse=AccountMap.from_dict,
    )
