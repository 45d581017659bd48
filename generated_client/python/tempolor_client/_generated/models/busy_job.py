from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, need, take, text, whole


@dataclass(kw_only=True, slots=True)
class BusyJob:
    """A running job. Inferred: the first three fields are always there."""

    user_id: str
    """Id of a TemPolor account, a part of every composite id. Inferred: without colon and slash."""
    job_id: str
    """Id of a job. Inferred: made of the number of the API token, the account's id and the `itemId`."""
    started: int
    """When it started, in milliseconds since 1970. Unlike in the scheduler, a number. Inferred: a whole number."""
    reply_url: str | None = None
    """The address to call with progress updates until the generation is complete or has failed. At most 1024
    characters. To look at such calls, a site like webhook.site is of help. Inferred: an absolute http or https
    address."""
    reply_ref: str | None = None
    """A text of your own that the callbacks repeat. At most 1024 characters. Inferred: without the character NUL."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Fields the document does not know, those it describes otherwise, and those that came as null."""

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Read the object from JSON; unknown fields are kept in `additional_properties`.

        Raises:
            MisfitError: It is not an object, or a field that must be there is not.

        """
        fields = members(source)
        return cls(
            user_id=need(fields, "user_id", text),
            job_id=need(fields, "job_id", text),
            started=need(fields, "started", whole),
            reply_url=take(fields, "replyUrl", text),
            reply_ref=take(fields, "replyRef", text),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "user_id": self.user_id,
                "job_id": self.job_id,
                "started": self.started,
                "replyUrl": self.reply_url,
                "replyRef": self.reply_ref,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
