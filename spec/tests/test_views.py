"""The views for other tools are valid, and differ from the document where they say so."""

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from tempolor_spec import REVISIONS, load_document, operations, views


@pytest.fixture(params=REVISIONS)
def simple(request):
    """The document of each revision as generators want it."""
    return views.for_generators(load_document(request.param))


def test_the_view_for_generators_is_valid(simple):
    """It is OpenAPI 3.0 still."""
    assert list(OpenAPIV30SpecValidator(simple).iter_errors()) == []


def test_generators_see_one_body_for_each_operation(simple):
    """JSON where there is a choice, else one media type for files."""
    bodies = {
        operation.operation_id: list(operation.definition["requestBody"]["content"])
        for operation in operations(simple)
        if "requestBody" in operation.definition
    }

    assert bodies == {
        "create_account": ["application/json"],
        "create_song": ["application/json"],
        "create_instrumental": ["application/json"],
        "upload_midi": ["audio/midi"],
        "clone_voice": ["audio/wav"],
        "split_stems": ["audio/wav"],
    }


def test_generators_see_open_lists_in_answers_and_no_defaults(simple, walk):
    """A list of values is closed in requests only."""
    schemas = simple["components"]["schemas"]

    assert {name for name, schema in schemas.items() if "enum" in schema} == {
        "SongModel",
        "InstrumentalModel",
        "Tonality",
    }
    assert [path for path, node in walk(simple) if isinstance(node, dict) and "default" in node] == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_view_as_openapi_31_is_valid_and_says_the_same(revision, walk):
    """Examples of schemas are lists there, and the bytes of a body have no schema; nothing else differs."""
    newer = views.as_openapi_31(load_document(revision))

    assert list(OpenAPIV31SpecValidator(newer).iter_errors()) == []
    older = load_document(revision)
    for schema in views._schemas(older):
        if "example" in schema:
            schema["examples"] = [schema.pop("example")]
    for _, node in walk(older["paths"]):
        if isinstance(node, dict) and node.get("schema", {}) == {"type": "string", "format": "binary"}:
            node["schema"] = {}
    assert newer == older | {"openapi": "3.1.1"}
