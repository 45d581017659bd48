# Made from _async/resources/accounts.py by tools/generate.py: never edited.
"""Accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from ..._generated.models import Account, AccountRequest, RequestParams
from ...errors import NotFoundError
from ...options import CallOptions, refuse_unknown
from .base import Resource


class Accounts(Resource):
    """TemPolor accounts that the API may use."""

    def create(
        self,
        request_params: Mapping[str, Any] | RequestParams,
        *,
        max_jobs: int | None = None,
        **options: Unpack[CallOptions],
    ) -> Account:
        """Store an account, new or again.

        Args:
            request_params: The parameters TemPolor's web page sends, as copied from a browser; the mock takes {}.
            max_jobs: How many jobs it may run at once.
            **options: See `CallOptions`.

        Raises:
            BadRequestError: Something is missing or wrong.

        """
        refuse_unknown(options, self.create)
        if not isinstance(request_params, RequestParams):
            request_params = RequestParams.from_dict(request_params)
        body = AccountRequest(request_params=request_params, max_jobs=max_jobs)
        return self._operations.create_account(body=body, **options)

    def list(self, **options: Unpack[CallOptions]) -> dict[str, Account]:
        """Return all accounts by their `user_id`; none is no error."""
        try:
            accounts = self._operations.list_accounts(**options)
        except NotFoundError as error:
            # The service says so when nothing is configured; a gateway's 404 is another matter.
            if error.text and not error.error:
                raise
            return {}
        return accounts.additional_properties

    def get(self, user_id: str, **options: Unpack[CallOptions]) -> Account:
        """Return one account.

        Raises:
            NotFoundError: It is not configured.

        """
        return self._operations.get_account(user_id, **options)

    def delete(self, user_id: str, **options: Unpack[CallOptions]) -> None:
        """Remove an account from the API; at TemPolor it stays.

        Raises:
            NotFoundError: It is not configured.

        """
        self._operations.delete_account(user_id, **options)
