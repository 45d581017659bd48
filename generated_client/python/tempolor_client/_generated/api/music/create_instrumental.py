"""POST /music/instrumental."""

from __future__ import annotations

from ...models.created_jobs import CreatedJobs
from ...models.instrumental_form import InstrumentalForm
from ...models.instrumental_request import InstrumentalRequest
from ...types import Call


def call(
    *,
    body: InstrumentalRequest | InstrumentalForm,
) -> Call[CreatedJobs]:
    """Create instrumental."""
    return Call(
        operation_id="create_instrumental",
        method="POST",
        path="/music/instrumental",
        parse=CreatedJobs.from_dict,
        json=body.to_dict() if isinstance(body, InstrumentalRequest) else None,
        form=body.to_dict() if isinstance(body, InstrumentalForm) else None,
    )
