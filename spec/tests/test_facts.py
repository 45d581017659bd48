"""The document states every fact that the vendor's pages print."""

from collections import Counter
from copy import deepcopy

import pytest
from count_facts import Reader, coarse_count, load_register
from extract_facts import Fact, page_facts
from tempolor_spec import operations

COUNTS = {
    "authorization": 21,
    "condition": 7,
    "default": 5,
    "enum value": 9,
    "error text": 49,
    "example field": 339,
    "exclusion": 3,
    "limit": 10,
    "media type": 21,
    "model field": 250,
    "operation": 21,
    "parameter": 21,
    "prose": 75,
    "request example field": 39,
    "request field": 21,
    "status": 71,
    "status value": 3,
    "tonality": 24,
}

PAGE = """# GET tunes

Source page: https://example.com/tunes

`GET https://api.useapi.net/v1/tempolor/tunes/job_id/?...`

##### Request Headers

- `API token` is **required**.

##### Query Parameters
- `kind` is optional. Supported values:
  * `waltz` - Slow (default)
  * `polka` - Fast

##### Responses

**200** 200 OK

```json
{ "tunes": [ { "name": "One" }, { "name": "Two" } ] }
```

##### Model

```typescript
{
  tunes: {
    name: string
  }[]
}
```
"""


@pytest.fixture(scope="module")
def register():
    """The committed register."""
    return load_register()


def test_register_is_complete(register):
    """The register holds as many facts of each kind as the pages do, each once."""
    assert Counter(fact.kind for fact in register) == COUNTS
    assert len(set(register)) == len(register) == 914 + COUNTS["prose"]


def test_register_gives_the_coarse_count_too(register):
    """With each error text counted once, and requests' samples and side conditions left out, there are 814."""
    assert coarse_count(register) == 814


def test_document_states_every_fact(document, register):
    """Nothing the pages print is missing, changed, or marked as a reading."""
    reader = Reader(document)

    assert [fact for fact in register if not reader.states(fact)] == []


def test_document_has_no_operation_beyond_the_pages(document, register):
    """The operations are those of the pages, no more."""
    declared = {f"{operation.method.upper()} {operation.path}" for operation in operations(document)}

    assert declared == {fact.value for fact in register if fact.kind == "operation"}


def test_statuses_beyond_the_pages_are_marked(document, register, resolve):
    """A status is a plain fact if a page prints it, and marked as a reading if not."""
    printed = {(fact.operation, fact.value) for fact in register if fact.kind == "status"}
    plain = {
        (f"{operation.method.upper()} {operation.path}", status)
        for operation in operations(document)
        for status, response in operation.definition["responses"].items()
        if resolve(response).get("x-inferred") is not True
    }

    assert plain == printed


def test_each_operation_names_its_own_page(by_id, register):
    """The evidence of an operation is made of pages in the register, its own first."""
    pages = {fact.page for fact in register}
    own = {fact.value: fact.page for fact in register if fact.kind == "operation"}

    for operation in by_id.values():
        evidence = operation.definition["x-evidence"]
        assert evidence[0] == own[f"{operation.method.upper()} {operation.path}"]
        assert set(evidence) <= pages


def _lose_key(document):
    document["components"]["schemas"]["Tonality"]["enum"].remove("C#:minor")


def _shift_limit(document):
    document["components"]["schemas"]["Lyrics"]["maxLength"] = 2000


def _doubt_status(document):
    document["components"]["responses"]["AccountBusy"]["x-inferred"] = True


def _retype_field(document):
    document["components"]["schemas"]["MusicMaterial"]["properties"]["bpm"]["type"] = "string"


def _require_field(document):
    document["components"]["schemas"]["SongRequest"]["required"].append("lyrics")


def _stay_silent(document):
    busy = document["components"]["responses"]["AccountBusy"]
    busy["description"] = "Inferred: wait at least 30 seconds."


def _reword_error(document):
    document["components"]["responses"]["Unauthorized"]["content"]["application/json"]["examples"]["unauthorized"][
        "value"
    ]["error"] = "Who are you"


@pytest.mark.parametrize(
    ("damage", "kinds"),
    [
        (_lose_key, {"tonality"}),
        (_shift_limit, {"limit"}),
        (_doubt_status, {"status"}),
        (_retype_field, {"example field", "model field"}),
        (_require_field, {"request field"}),
        (_reword_error, {"error text"}),
        (_stay_silent, {"prose"}),
    ],
)
def test_a_damaged_document_loses_facts(document, register, damage, kinds):
    """The check notices a document that has strayed from the pages, and says what it lost."""
    damaged = deepcopy(document)
    damage(damaged)
    reader = Reader(damaged)

    assert {fact.kind for fact in register if not reader.states(fact)} == kinds


def test_facts_are_read_off_a_page():
    """A page's layout alone tells its operation, parameters, choices, statuses, fields and models."""
    facts = {(fact.kind, fact.where, fact.value) for fact in page_facts(PAGE)}

    assert facts == {
        ("operation", "", "GET /tunes/{job_id}"),
        ("authorization", "header Authorization", "required"),
        ("parameter", "query kind", "optional"),
        ("enum value", "query kind", "waltz"),
        ("enum value", "query kind", "polka"),
        ("default", "query kind", "waltz"),
        ("status", "200", "200"),
        ("example field", "200 tunes", "array"),
        ("example field", "200 tunes.name", "string"),
        ("model field", "tunes", "array"),
        ("model field", "tunes.name", "string"),
    }


def test_a_page_without_source_has_no_facts():
    """A page that does not say where it comes from is no evidence."""
    assert list(page_facts("# Readme\n")) == []


def test_an_unknown_operation_is_not_stated(document):
    """A fact about an operation the document lacks is missing, not an error."""
    fact = Fact("operation", "https://example.com", "GET /tunes", "", "GET /tunes")

    assert Reader(document).states(fact) is False
