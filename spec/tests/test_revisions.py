"""Each revision of the document loads and is valid."""

import subprocess
import sys

import pytest
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator
from tempolor_spec import REVISIONS, load_document, operations

MODELS = {
    "2025-05": (["v3", "v3.5"], ["i3", "i3.5 beta"]),
    "2026-03": (["v3", "v3.5", "v4.5+"], ["i3", "i3.5 beta"]),
    "2026-08": (["v3", "v3.5", "v4.5+", "v4.8"], ["i3", "i3.5 beta", "i4"]),
}


def test_each_revision_is_valid(any_document):
    """An OpenAPI validator finds nothing to complain about."""
    assert [error.message for error in OpenAPIV30SpecValidator(any_document).iter_errors()] == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_revision_names_itself(revision):
    """A document tells its revision, and a version that package managers take: no leading zero, three numbers."""
    info = load_document(revision)["info"]
    year, month = revision.split("-")

    assert (info["x-revision"], info["version"]) == (revision, f"{year}.{int(month)}.0")


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_revision_has_its_models(revision):
    """A revision lists the models of its time, and the newest is the default."""
    schemas = load_document(revision)["components"]["schemas"]

    for name, models in zip(("SongModel", "InstrumentalModel"), MODELS[revision], strict=True):
        assert schemas[name]["enum"] == models
        assert schemas[name]["default"] == models[-1]
        assert all(model in schemas[name]["description"] for model in models[-1:])


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_revision_refuses_by_its_models(revision):
    """The text that refuses an unknown model names every known one."""
    for path, models in zip(("/music/song", "/music/instrumental"), MODELS[revision], strict=True):
        responses = load_document(revision)["paths"][path]["post"]["responses"]
        text = responses["400"]["content"]["application/json"]["examples"]["invalid_model"]["value"]["error"]
        assert all(f"'{model}'" in text for model in models)


@pytest.mark.parametrize(("revision", "jobs"), [("2025-05", 2), ("2026-03", 2), ("2026-08", 1)])
def test_each_revision_starts_its_number_of_jobs(revision, jobs):
    """An order's example starts as many jobs as the revision's models make."""
    for path in ("/music/song", "/music/instrumental"):
        responses = load_document(revision)["paths"][path]["post"]["responses"]
        started = responses["200"]["content"]["application/json"]["examples"]["ok"]["value"]
        assert (len(started["jobs"]), len(started["itemIds"])) == (jobs, jobs)


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_later_revisions_change_no_operation(revision, by_id):
    """Later revisions widen values; operations and statuses stay."""
    later = {operation.operation_id: operation for operation in operations(load_document(revision))}

    assert list(later) == list(by_id)
    for name, operation in by_id.items():
        assert list(later[name].definition["responses"]) == list(operation.definition["responses"])


@pytest.mark.parametrize("revision", REVISIONS)
def test_loading_repeats_itself(revision):
    """Two calls give equal documents that share nothing that could be changed."""
    first, second = load_document(revision), load_document(revision)
    assert first == second

    first["components"]["schemas"]["SongModel"]["enum"].clear()

    assert load_document(revision) == second


def test_an_unknown_revision_is_refused():
    """The error names what was asked for and what there is."""
    with pytest.raises(ValueError, match=r"'2024-01'; the revisions are 2025-05, 2026-03, 2026-08"):
        load_document("2024-01")


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_each_later_revision_is_an_overlay(package, revision):
    """An overlay says what it is, what it applies to, and of each action why."""
    overlay = yaml.safe_load((package / "overlays" / f"{revision}.yaml").read_bytes())

    assert overlay["overlay"] == "1.0.0"
    assert overlay["info"]["version"] == load_document(revision)["info"]["version"]
    assert overlay["extends"] == "../openapi.yaml"
    assert all(action["description"] for action in overlay["actions"])


def test_no_overlay_is_left_over(package):
    """Each overlay in the folder belongs to a revision."""
    assert {file.stem for file in (package / "overlays").iterdir()} == set(REVISIONS[1:])


def test_loading_the_first_revision_needs_no_json_path():
    """A server that starts pays for YAML only."""
    program = "import sys; from tempolor_spec import load_document; load_document(); print('jsonpath' in sys.modules)"

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "False"


def test_operations_are_listed_in_document_order(document):
    """The list begins as the document does, and tells id, method, path and definition."""
    first = next(operations(document))

    assert first[:3] == ("create_account", "post", "/accounts")
    assert first.definition is document["paths"]["/accounts"]["post"]
