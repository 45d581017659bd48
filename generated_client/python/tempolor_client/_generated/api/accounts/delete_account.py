"""DELETE /accounts/{user_id}."""

from __future__ import annotations

from ...types import Call, path_of


def call(
    user_id: str,
) -> Call[None]:
    """Delete account."""
    return Call(
        operation_id="delete_account",
        method="DELETE",
        path=path_of("/accounts/{user_id}", user_id=user_id),
        subject=user_id,
        parse=None,
    )
