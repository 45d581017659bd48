"""Rules the document keeps so that it reads the same all over and no tool stumbles over it."""

import re
from collections import Counter
from itertools import groupby

import pytest
import yaml
from ruamel.yaml import YAML
from tempolor_spec import operations

KEY_ORDER = [
    "operationId",
    "tags",
    "summary",
    "description",
    "externalDocs",
    "x-evidence",
    "x-inferred",
    "security",
    "parameters",
    "requestBody",
    "responses",
    "callbacks",
]
PASCAL = re.compile(r"([A-Z][a-z0-9]+)+")
SNAKE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
KEBAB_OR_PARAMETER = re.compile(r"[a-z]+(-[a-z]+)*|\{\w+\}")


@pytest.fixture(scope="module")
def all_operations(document, walk):
    """The operations, those of callbacks included."""
    return [
        node
        for _, node in walk(document["paths"])
        if isinstance(node, dict) and "operationId" in node and "tags" in node
    ]


@pytest.fixture(scope="module")
def all_responses(document, walk):
    """The responses with their paths, shared ones included."""
    found = [(path, node) for path, node in walk(document["paths"]) if re.search(r"/responses/\w+$", path)]
    return found + list(document["components"]["responses"].items())


def test_operations_name_their_parts_in_one_order(all_operations):
    """Every operation has its keys in the same order."""
    for operation in all_operations:
        assert list(operation) == [key for key in KEY_ORDER if key in operation], operation["operationId"]


def test_responses_come_success_first_then_ascending(by_id):
    """An operation's responses begin with its success and go up from there."""
    for operation in by_id.values():
        statuses = list(operation.definition["responses"])

        assert statuses == sorted(statuses)
        assert statuses[0].startswith("2")


def test_operation_ids_are_snake_case_and_unique(all_operations):
    """An operation's id can be a function's name, and no other operation has it."""
    ids = [operation["operationId"] for operation in all_operations]

    assert [name for name in ids if not SNAKE.fullmatch(name)] == []
    assert [name for name, count in Counter(ids).items() if count > 1] == []


@pytest.mark.parametrize("kind", ["schemas", "parameters", "responses"])
def test_components_are_pascal_case_nouns(document, kind):
    """A component's name is in Pascal case, so it can be a class's."""
    assert [name for name in document["components"][kind] if not PASCAL.fullmatch(name)] == []


def test_links_are_pascal_case(document, walk):
    """A link's name is in Pascal case."""
    names = [name for path, node in walk(document) if path.endswith("/links") for name in node]

    assert names
    assert [name for name in names if not PASCAL.fullmatch(name)] == []


def test_examples_are_snake_case(document, walk):
    """An example's name can be sent in a header as it is."""
    names = {name for path, node in walk(document) if path.endswith("/examples") for name in node}

    assert names
    assert [name for name in names if not SNAKE.fullmatch(name)] == []


def test_paths_are_kebab_case_without_trailing_slash(document):
    """A path's segments are in kebab case or a parameter, and no path ends with a slash."""
    segments = [segment for path in document["paths"] for segment in path.split("/")[1:]]

    assert [segment for segment in segments if not KEBAB_OR_PARAMETER.fullmatch(segment)] == []


def test_each_operation_has_one_declared_tag(document, all_operations):
    """Every operation is in exactly one of the groups declared at the top, and no group is empty."""
    declared = [tag["name"] for tag in document["tags"]]

    assert [operation["operationId"] for operation in all_operations if len(operation["tags"]) != 1] == []
    assert {operation["tags"][0] for operation in all_operations} == set(declared)


def test_paths_are_grouped_by_tag(document):
    """The operations of a group stand together, the groups in the order they are declared in."""
    tags = [operation.definition["tags"][0] for operation in operations(document)]

    assert [tag for tag, _ in groupby(tags)] == [tag["name"] for tag in document["tags"]]


def test_summaries_are_short(all_operations):
    """A summary is two to four words with a capital and without a full stop."""
    summaries = [operation["summary"] for operation in all_operations]

    assert [text for text in summaries if not re.fullmatch(r"[A-Z]\S+( \S+){1,3}(?<!\.)", text)] == []


def test_everything_is_described(document, walk, resolve):
    """Operations, parameters, bodies, answers, headers, links, schemas and their fields all say what they are."""
    kinds = re.compile(
        r"/(?:get|post|delete|requestBody)$|/parameters/\w+$|/responses/\w+$|/headers/\w+$|/links/\w+$"
        r"|/schemas/\w+$|/properties/\w+$|/tags/\d+$|/servers/\d+$"
    )
    nodes = [(path, resolve(node)) for path, node in walk(document) if kinds.search(path) and isinstance(node, dict)]

    # A link's parameters are expressions, not things to describe.
    assert [path for path, node in nodes if not node.get("description") and "/links/" not in path] == []
    assert len(nodes) > 400


def test_descriptions_are_sentences(document, walk):
    """A description is not blank, does not repeat a summary, and ends like a sentence or a table."""
    described = [
        (path, node) for path, node in walk(document) if path.endswith("/description") and isinstance(node, str)
    ]

    assert [
        path
        for path, text in described
        if not path.startswith("/servers") and "/externalDocs/" not in path and text.strip()[-1] not in ".|)"
    ] == []


def test_no_template_braces(source):
    """Connexion runs the file through Jinja, which would swallow its braces without a word."""
    assert re.search(r"\{\{|\{%|\{#", source) is None


def test_both_yaml_versions_read_the_same(source):
    """YAML 1.1 and 1.2 readers agree, so no `3:25`, `no` or `on` stands unquoted."""
    assert YAML(typ="safe", pure=True).load(source) == yaml.safe_load(source)


def test_lines_are_short(source):
    """No line is over 120 characters long."""
    assert [number for number, line in enumerate(source.splitlines(), start=1) if len(line) > 120] == []


def test_references_have_no_siblings(document, walk):
    """A reference stands alone, since readers drop whatever stands beside it."""
    assert [path for path, node in walk(document) if isinstance(node, dict) and "$ref" in node and len(node) > 1] == []


def test_references_stay_inside_and_every_component_is_used(document, walk):
    """The loaded document is self-contained and carries nothing that nothing refers to."""
    references = {node["$ref"] for _, node in walk(document) if isinstance(node, dict) and "$ref" in node}
    components = {
        f"#/components/{kind}/{name}"
        for kind, named in document["components"].items()
        for name in named
        if kind != "securitySchemes"
    }

    assert references == components


def test_schemas_keep_to_what_draft_4_knows(document, walk):
    """No keyword of a newer JSON Schema slips in, and no schema closes an object or allows null."""
    newer = {"const", "examples", "$defs", "if", "contains", "propertyNames", "prefixItems", "unevaluatedProperties"}
    schemas = [(path, node) for path, node in walk(document["components"]["schemas"]) if isinstance(node, dict)]

    assert [path for path, node in schemas if newer & set(node)] == []
    assert [path for path, node in schemas if node.get("additionalProperties") is False or "nullable" in node] == []


def test_answers_require_nothing_but_what_the_pages_do(document):
    """Every field of an answer is optional, except with accounts, the scheduler, and errors."""
    schemas = document["components"]["schemas"]
    requiring = {name for name, schema in schemas.items() if "required" in schema}

    assert requiring == {
        "Account", "AccountCapacity", "AccountRequest", "BusyError", "BusyJob", "Capacity", "ErrorResponse",
        "InstrumentalRequest", "RunningJob", "SongRequest",
    }  # fmt: skip


def test_shared_responses_answer_where_they_should(by_id):
    """A wrong token can come everywhere, a huge body only with a body, a lapsed plan where it is printed.

    A wrong method is no answer of an operation, unless its path without the id is one that lacks the method.
    """
    declaring = {
        status: {name for name, operation in by_id.items() if status in operation.definition["responses"]}
        for status in ("401", "402", "405", "413", "429")
    }

    assert declaring["401"] == set(by_id)
    assert declaring["405"] == {"cancel_job", "delete_account", "delete_music"}
    assert declaring["402"] == {"create_account", "create_song", "create_instrumental"}
    assert declaring["413"] == {name for name, operation in by_id.items() if "requestBody" in operation.definition}
    assert declaring["429"] == {"create_song", "create_instrumental"}


def test_faults_are_not_part_of_the_contract(all_responses):
    """The document promises no server error and none of the codes that only other services of the vendor send."""
    statuses = {path.rsplit("/", 1)[-1] for path, _ in all_responses}

    assert not statuses & {"410", "412", "415", "422", "default"}
    assert [status for status in statuses if status.startswith("5")] == []


def test_a_wrong_method_is_told_the_right_ones(document):
    """The answer to a wrong method carries `Allow`."""
    assert document["components"]["responses"]["MethodNotAllowed"]["headers"]["Allow"]["required"] is True


def test_readings_are_marked_one_way(document, walk):
    """`x-inferred` is true, or names keywords that stand beside it, each once."""
    for path, node in _marked(document, walk):
        mark = node["x-inferred"]
        assert mark is True or (mark and set(mark) <= set(node) and len(set(mark)) == len(mark)), path


def test_readings_are_told_in_words(any_document, walk):
    """What is a reading as a whole says so first, in its description or summary; else the description says where."""
    for path, node in _marked(any_document, walk):
        text = node.get("description", node.get("summary"))
        if node["x-inferred"] is True:
            assert text is None or text.startswith("Inferred: "), path
        elif "description" in node:
            assert "Inferred: " in text, path


def test_no_reading_is_told_without_a_mark(any_document, walk):
    """A text with a reading in it stands beside `x-inferred`."""
    texts = [
        (path, node)
        for path, node in walk(any_document)
        if isinstance(node, dict)
        and any(
            "Inferred: " in str(node.get(key)) for key in ("description", "summary") if isinstance(node.get(key), str)
        )
    ]

    assert len(texts) > 200
    assert [path for path, node in texts if "x-inferred" not in node] == []


def test_whole_numbers_are_readings(document, walk):
    """The pages print `number`: that one is whole is marked wherever it is said."""
    whole = [
        (path, node)
        for path, node in walk(document["components"]["schemas"])
        if isinstance(node, dict) and node.get("type") == "integer"
    ]

    assert len(whole) > 30
    assert [path for path, node in whole if "type" not in node["x-inferred"]] == []


def test_each_operation_leads_to_its_page(by_id):
    """A viewer's link is the first page of the evidence."""
    for operation in by_id.values():
        assert operation.definition["externalDocs"]["url"] == operation.definition["x-evidence"][0]


def _marked(document, walk):
    return [(path, node) for path, node in walk(document) if isinstance(node, dict) and "x-inferred" in node]


def test_examples_of_a_reading_are_marked_too(document, walk):
    """Whatever a response that was read into the pages shows as an example is marked as a reading."""
    for name, response in document["components"]["responses"].items():
        for example in response["content"]["application/json"]["examples"].values():
            assert (response.get("x-inferred") is True) == (example.get("x-inferred") is True), name


def test_enums_hold_each_value_once(any_document, walk):
    """No choice is listed twice, in any revision, and a default is one of the choices."""
    choices = [(path, node) for path, node in walk(any_document) if isinstance(node, dict) and "enum" in node]

    assert [path for path, node in choices if len(set(node["enum"])) != len(node["enum"])] == []
    assert [path for path, node in choices if node.get("default", node["enum"][0]) not in node["enum"]] == []
