from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, moment, need, take, text


@dataclass(kw_only=True, slots=True)
class RunningJob:
    """A job that is still running."""

    job_id: str
    """Id of a job: the number from the API token, the account and the `itemId`, put together."""
    started: datetime.datetime
    """When it started, as a date and time in UTC."""
    elapsed: str
    """Time since then as minutes and seconds; minutes run on past 59."""
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
