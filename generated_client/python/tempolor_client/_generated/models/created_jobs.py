from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, flag, items, members, take, text, whole


@dataclass(kw_only=True, slots=True)
class CreatedJobs:
    """The jobs that a request has started, and what is left of the plan."""

    result: bool | None = None
    """Inferred: true if the jobs were started."""
    item_ids: list[str] | None = None
    """The jobs' own ids. Inferred: in the order of `jobs`, usually two."""
    jobs: list[str] | None = None
    """The ids to read the jobs by. Inferred: usually two, sometimes one."""
    remain_seconds: int | None = None
    """Inferred: seconds until the plan's current period ends, a whole number."""
    max_gen_count_at_once: int | None = None
    """Inferred: how many tracks TemPolor generates for this account at a time, a whole number."""
    unlimited: bool | None = None
    """Inferred: whether the plan has no limit on generations."""
    remain_num: int | None = None
    """Inferred: generations left in the current period, a whole number."""
    total_num: int | None = None
    """Inferred: generations of the plan in a period, a whole number."""
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
            result=take(fields, "result", flag),
            item_ids=take(fields, "itemIds", items(text)),
            jobs=take(fields, "jobs", items(text)),
            remain_seconds=take(fields, "remainSeconds", whole),
            max_gen_count_at_once=take(fields, "maxGenCountAtOnce", whole),
            unlimited=take(fields, "unlimited", flag),
            remain_num=take(fields, "remainNum", whole),
            total_num=take(fields, "totalNum", whole),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "result": self.result,
                "itemIds": self.item_ids,
                "jobs": self.jobs,
                "remainSeconds": self.remain_seconds,
                "maxGenCountAtOnce": self.max_gen_count_at_once,
                "unlimited": self.unlimited,
                "remainNum": self.remain_num,
                "totalNum": self.total_num,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
