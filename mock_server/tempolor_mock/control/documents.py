"""The documents themselves, for people, for Swagger UI, and for tools that start from a document."""

import asyncio
from copy import deepcopy
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from tempolor_spec import load_document

from ..exchange import Answer, Call
from ..settings import PUBLIC_BASE_PATH, Settings


async def get_control_document(_call: Call) -> Answer:
    """Return the document of the control plane."""
    return Answer(200, await asyncio.to_thread(_control_document))


async def get_service_document(call: Call) -> Answer:
    """Return the document that the mock plays, with the mock's own address before the service's."""
    document = await asyncio.to_thread(service_document, call.worlds.settings)
    here = {"url": call.base_url + PUBLIC_BASE_PATH, "description": "This mock."}
    return Answer(200, {**document, "servers": [here, *document["servers"]]})


def control_document() -> dict[str, Any]:
    """Return the control plane's own OpenAPI document; each call a copy of its own."""
    return deepcopy(_control_document())


@cache
def _control_document() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("openapi.yaml").read_text("utf-8")
    document: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    return document


def service_document(settings: Settings) -> dict[str, Any]:
    """Return the document that a mock of these settings plays; nobody may change it."""
    return _service_document(settings.policy.revision, settings.overlays)


@cache
def _service_document(revision: str, overlays: tuple[Path, ...]) -> dict[str, Any]:
    return load_document(revision, overlays)
