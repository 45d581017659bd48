from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, moment, need, take, text


@dataclass(kw_only=True, slots=True)
class RunningJob:
    """A job that is running."""

    job_id: str
    """Id of a job. Inferred: made of the number of the API token, the account's id and the `itemId`."""
    started: datetime.datetime
    """When it started, as an ISO date. Inferred: RFC 3339, in UTC."""
    elapsed: str
    """Time since then, as MM:SS. Inferred: minutes run on past 59."""
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
            job_id=need(fields, "job_id", text),
            started=need(fields, "started", moment),
            elapsed=need(fields, "elapsed", text),
            reply_url=take(fields, "replyUrl", text),
            reply_ref=take(fields, "replyRef", text),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "job_id": self.job_id,
                "started": self.started,
                "elapsed": self.elapsed,
                "replyUrl": self.reply_url,
                "replyRef": self.reply_ref,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
