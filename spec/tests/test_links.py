"""The links lead somewhere, with what is needed to get there."""

import re

import pytest
from tempolor_spec import operations

EXPRESSION = re.compile(r"\$(?:response\.body(?:#(?P<pointer>/\S+))?|request\.(?P<place>path|query)\.(?P<name>\w+))")


@pytest.fixture(scope="module")
def links(document, resolve):
    """All links, each with the operation and the response it leaves from."""
    return [
        (operation, resolve(response), link)
        for operation in operations(document)
        for response in operation.definition["responses"].values()
        for link in resolve(response).get("links", {}).values()
    ]


def pointed_at(value, pointer):
    """Return what a JSON pointer finds, or None."""
    for part in filter(None, (pointer or "").split("/")):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (IndexError, KeyError):
            return None
    return value


def outcomes(operation, response, expression, resolve):
    """Return what an expression gives, over the response's examples; a parameter of the request counts as given."""
    found = EXPRESSION.fullmatch(expression)
    if found["place"]:
        parameters = [resolve(parameter) for parameter in operation.definition.get("parameters", [])]
        return [
            found["name"]
            for parameter in parameters
            if (parameter["in"], parameter["name"]) == (found["place"], found["name"])
        ]
    examples = response["content"]["application/json"]["examples"].values()
    return [value for example in examples if (value := pointed_at(example["value"], found["pointer"])) is not None]


def test_links_lead_to_operations_and_their_parameters(links, by_id, resolve):
    """A link names an operation of the document and only parameters that operation has."""
    assert len(links) > 30
    for _, _, link in links:
        target = by_id[link["operationId"]].definition
        names = {resolve(parameter)["name"] for parameter in target.get("parameters", [])}
        assert set(link.get("parameters", {})) <= names


def test_expressions_find_something(links, resolve):
    """Each expression of a link finds a value in an example of the answer, or a parameter of the request."""
    for operation, response, link in links:
        for expression in [*link.get("parameters", {}).values(), *filter(None, [link.get("requestBody")])]:
            assert outcomes(operation, response, expression, resolve), (operation.operation_id, expression)


def test_linked_values_fit_the_parameter(links, by_id, resolve):
    """A composite id goes where an id of its kind is wanted."""
    for operation, response, link in links:
        for name, expression in link.get("parameters", {}).items():
            target = by_id[link["operationId"]].definition
            [parameter] = [found for found in map(resolve, target["parameters"]) if found["name"] == name]
            pattern = resolve(parameter["schema"]).get("pattern", "")
            if expression.startswith("$response"):
                assert all(re.search(pattern, value) for value in outcomes(operation, response, expression, resolve))


def test_linked_bodies_carry_a_field_of_the_order(links, by_id, resolve):
    """The body a link suggests holds at least one field of the order beyond the ignored ones."""
    for operation, response, link in links:
        if "requestBody" in link:
            content = by_id[link["operationId"]].definition["requestBody"]["content"]["application/json"]
            fields = set(resolve(content["schema"])["properties"])
            assert all(fields & set(body) for body in outcomes(operation, response, link["requestBody"], resolve))


@pytest.mark.parametrize(
    ("start", "targets"),
    [
        ("create_account", {"get_account", "delete_account", "create_song", "create_instrumental", "list_music"}),
        ("create_song", {"get_music", "download_music", "cancel_job", "delete_music"}),
        ("create_instrumental", {"get_music", "download_music", "cancel_job", "delete_music"}),
        ("get_music", {"download_music", "delete_music", "cancel_job"}),
        ("download_music", {"delete_music"}),
        ("upload_midi", {"create_song", "delete_midi"}),
        ("clone_voice", {"create_song", "delete_cloned_voice", "list_cloned_voices"}),
        ("list_running_jobs", {"get_music", "cancel_job"}),
    ],
)
def test_lives_can_be_followed(links, start, targets):
    """From where something is made, links lead on to its use and its end."""
    assert targets <= {link["operationId"] for operation, _, link in links if operation.operation_id == start}


def test_each_list_leads_to_its_next_page(links, by_id, resolve):
    """An operation with a cursor links to itself."""
    paged = {
        name
        for name, operation in by_id.items()
        if any(resolve(parameter)["name"] == "cursor" for parameter in operation.definition.get("parameters", []))
    }
    turning = {operation.operation_id for operation, _, link in links if link["operationId"] == operation.operation_id}

    assert turning == paged


def test_everything_taking_an_id_can_be_reached(links, by_id):
    """Every operation with an id in its path is the end of a link."""
    needing = {name for name, operation in by_id.items() if "{" in operation.path}

    assert needing <= {link["operationId"] for _, _, link in links}
