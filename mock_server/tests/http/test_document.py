"""The mock and the document are about the same operations, and the document's own requests are understood."""

import inspect
from importlib import resources

import pytest
import yaml
from tempolor_mock import control, operations
from tempolor_spec import REVISIONS, load_document
from tempolor_spec import operations as documented

DOCUMENT = load_document()
EXAMPLES = [
    (operation, media_type, name, example["value"])
    for operation in documented(DOCUMENT)
    for media_type, content in operation.definition.get("requestBody", {}).get("content", {}).items()
    for name, example in content.get("examples", {}).items()
]
ACCOUNT = "204816357"


def public_functions(module, is_one=inspect.isfunction):
    """Return the functions a module exports."""
    return {name for name, value in vars(module).items() if is_one(value)}


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_documented_operation_has_a_function_and_every_function_is_documented(revision):
    """One name in both places, and no function nobody can call."""
    ids = {each.operation_id for each in documented(load_document(revision))}

    assert public_functions(operations) == ids == set(operations.__all__)
    assert len(ids) == 21


def test_every_control_operation_has_a_function_and_every_function_is_documented():
    """The control plane has a document of its own."""
    document = yaml.safe_load(resources.files(control).joinpath("openapi.yaml").read_text("utf-8"))

    assert public_functions(control, inspect.iscoroutinefunction) == {
        each.operation_id for each in documented(document)
    }


@pytest.mark.parametrize(
    "example",
    EXAMPLES,
    ids=[f"{each[0].operation_id}-{each[2]}-{each[1].partition('/')[2]}" for each in EXAMPLES],
)
def test_every_request_example_of_the_document_is_accepted(client, wav, mid, example):
    """Where an example names a voice or a MIDI file, one that exists takes its place."""
    operation, media_type, _, body = example
    client.account(ACCOUNT)
    named = {"user_id": ACCOUNT, "name": "x"}
    if "clonedVoiceItemId" in body:
        voice = client.post("/music/cloned-voices", params=named, content=wav, headers={"Content-Type": "audio/wav"})
        body = body | {"clonedVoiceItemId": voice.json()["clonedVoiceItemId"]}
    if "midiItemId" in body:
        file = client.post("/music/midi", params=named, content=mid, headers={"Content-Type": "audio/midi"})
        body = body | {"midiItemId": file.json()["midiRenderVO"]["midiItemId"]}
    if "artistVoiceItemId" in body:
        body = body | {"artistVoiceItemId": client.get("/music/artist-voices").json()["records"][0]["itemId"]}

    if media_type == "multipart/form-data":
        answer = client.post(operation.path, files={key: (None, str(value)) for key, value in body.items()})
    else:
        answer = client.post(operation.path, json=body)

    assert answer.status_code == 200


def test_the_documents_artist_can_sing(client):
    """The example's own artist voice id is one the mock offers, so the printed request works as it stands."""
    client.account(ACCOUNT)
    body = next(each[3] for each in EXAMPLES if each[2] == "request_artist_voice")

    assert client.post("/music/song", json=body).status_code == 200


def test_every_link_of_the_document_leads_to_an_operation():
    """A link names an operation that exists, and parameters that it has."""
    known = {each.operation_id: each for each in documented(DOCUMENT)}
    links = [
        link
        for each in known.values()
        for response in each.definition["responses"].values()
        for link in response.get("links", {}).values()
    ]

    assert links
    assert {link["operationId"] for link in links} <= set(known)
