"""Makes the view of the document that the generator is fed with.

The document is strict, because the contract tests and the mock need it so. A client has to be broader: it must read
what later revisions add, and must not send what the caller did not say. The generator, in turn, cannot take everything
that OpenAPI allows. Each function here loosens one thing.
"""

# ruff: noqa: INP001 - imported by a script, not a package

from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

from tempolor_spec import REVISIONS, load_document, operations
from tempolor_spec.walking import answer_schemas, objects

_RAW = "application/octet-stream"


def relaxed_view(overlays: Iterable[Path] = ()) -> dict[str, Any]:
    """Return the view: the newest revision's orders, every revision's answers, open where the document is closed.

    Raises:
        OverlayError: An overlay does not fit that revision.

    """
    document = load_document(REVISIONS[-1], overlays)
    widen_created_jobs(document)
    open_answers(document)
    part_forms(document)
    for node in objects(document["paths"], document["components"]):
        drop_what_is_not_for_clients(node)
        unwrap_description(node)
    merge_raw_bodies(document)
    name_parameter_values(document)
    return document


def widen_created_jobs(document: dict[str, Any]) -> None:
    """Let an order start any number of jobs.

    The newest revision says one, the older ones two: a client takes what comes.
    """
    oldest = load_document(REVISIONS[0])
    created = document["components"]["schemas"]["CreatedJobs"]["properties"]
    for name in ("itemIds", "jobs"):
        created[name] = oldest["components"]["schemas"]["CreatedJobs"]["properties"][name]


def open_answers(document: dict[str, Any]) -> None:
    """Drop the lists of values from whatever an answer or a callback can hold.

    A status that no page prints must reach the caller, not end in an error.
    """
    for name in answer_schemas(document):
        for node in objects(document["components"]["schemas"][name]):
            node.pop("enum", None)


def part_forms(document: dict[str, Any]) -> None:
    """Give each form a schema of its own, `SongForm` beside `SongRequest`: the generator mixes up a shared one."""
    schemas = document["components"]["schemas"]
    for operation in operations(document):
        form = operation.definition.get("requestBody", {}).get("content", {}).get("multipart/form-data")
        if form and "$ref" in form["schema"]:
            shared = form["schema"]["$ref"].rpartition("/")[2]
            own = shared.replace("Request", "Form")
            schemas[own] = deepcopy(schemas[shared])
            form["schema"] = {"$ref": f"#/components/schemas/{own}"}


def drop_what_is_not_for_clients(node: dict[str, Any]) -> None:
    """Drop defaults, examples, links, callbacks and conditions.

    A default would be sent with every call, and so override what the service would choose. Conditions such as `not`
    have no counterpart in a class; the service checks them.
    """
    for key in ("default", "example", "examples", "links", "callbacks", "not", "allowEmptyValue"):
        node.pop(key, None)


def unwrap_description(node: dict[str, Any]) -> None:
    """Join the lines of each paragraph, so that docstrings can be wrapped to their own width; tables stay."""
    description = node.get("description")
    if isinstance(description, str):
        paragraphs = description.strip().split("\n\n")
        node["description"] = "\n\n".join(
            text if text.startswith("|") else " ".join(text.split()) for text in paragraphs
        )


def merge_raw_bodies(document: dict[str, Any]) -> None:
    """Give an upload one media type in place of many.

    The generator makes a variant of the body for each, all of one type, so that the last one always wins. The caller
    names the media type instead.
    """
    for operation in operations(document):
        content = operation.definition.get("requestBody", {}).get("content", {})
        if content and all(schema["schema"].get("format") == "binary" for schema in content.values()):
            operation.definition["requestBody"]["content"] = {_RAW: {"schema": {"type": "string", "format": "binary"}}}


def name_parameter_values(document: dict[str, Any]) -> None:
    """Make a named schema of each parameter's list of values.

    Otherwise the generator names the type after the operation and the parameter, `DownloadMusicFileFormat`.
    """
    components = document["components"]
    for name, parameter in components["parameters"].items():
        if "enum" in parameter["schema"]:
            components["schemas"][name] = {"description": parameter["description"], **parameter["schema"]}
            parameter["schema"] = {"$ref": f"#/components/schemas/{name}"}
