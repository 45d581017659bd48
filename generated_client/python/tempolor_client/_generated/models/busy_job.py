from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, need, take, text, whole


@dataclass(kw_only=True, slots=True)
class BusyJob:
    """A job that takes up a slot. Unlike in the scheduler, `started` is a number here."""

    user_id: str
    """Id of a TemPolor account. A part of every composite id, so it holds neither colon nor slash."""
    job_id: str
    """Id of a job: the number from the API token, the account and the `itemId`, put together."""
    started: int
    """When it started, in milliseconds since 1970."""
    reply_url: str | None = None
    """Where to report progress to, until the job is final. At most 1024 characters."""
    reply_ref: str | None = None
    """Text of your own that every report repeats. At most 1024 characters."""
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
