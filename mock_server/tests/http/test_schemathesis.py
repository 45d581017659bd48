"""Schemathesis makes up requests from the document, good and bad ones, and holds every answer against it."""

import asyncio
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, unsupported_method
from tempolor_mock.app import create_app
from tempolor_mock.domain import accounts
from tempolor_mock.domain.ids import Token
from tempolor_mock.settings import Settings
from tempolor_spec import load_document

ACCOUNT = {"user_id": "204816357"}
MIDI = ("audio/midi", "audio/x-midi")
AUDIO = tuple(f"audio/{name}" for name in ("mpeg", "wav", "wave", "mp4", "x-m4a", "flac", "x-flac"))
FIXED_NAMES_BESIDE_AN_ID = {
    "/music/song",
    "/music/instrumental",
    "/music/midi",
    "/music/cloned-voices",
    "/music/artist-voices",
    "/music/stems-splitter",
    "/scheduler/available",
}
"""Where a method is not documented, the path beside it, `/music/{job_id}`, reads the name as an id and answers 400.

That is a reading the project has decided on; Schemathesis wants a 405. `test_paths.py` holds what happens there.
"""
QUERY_NAMES = {each["name"] for each in load_document()["components"]["parameters"].values() if each["in"] == "query"}


@schemathesis.serializer(*MIDI, *AUDIO)
def file_as_it_is(_context, value):
    """Send a file's own bytes."""
    return {"data": value}


schema = schemathesis.openapi.from_dict(load_document())


@pytest.fixture(scope="module")
def app():
    """An application of its own: Schemathesis starts and stops it with each request."""
    return create_app(Settings(frozen=True, validate_responses=True), wall=lambda: 1_747_731_600_125)


def token_of_a_world_with_an_account(app, label):
    """Return the token of an operation's own world, where an account is configured whatever happened before."""
    token = Token("12345", re.sub(r"\W+", "-", label))
    asyncio.run(app.worlds.run(token, lambda world: accounts.configure(world, ACCOUNT, None)))
    return token


def is_forgiven(case):
    """Whether the service takes what the schema does not: unknown parameters are ignored, empty values are absent."""
    fields = [*case.query.values(), *(case.body.values() if isinstance(case.body, dict) else ())]
    return "" in fields or None in fields or not set(case.query) <= QUERY_NAMES


@schema.parametrize()
@seed(20250520)
@settings(
    max_examples=10,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_made_up_request_gets_an_answer_outside_the_document(case, app, wav, mid):
    """All of Schemathesis' checks, on every operation, but where a decision of ours rules one out."""
    case.operation.schema.app = case.operation.app = app
    if isinstance(case.query.get("cursor"), str):
        case.query["cursor"] = ""  # No schema can say which texts the service has written before.
    if case.media_type in MIDI + AUDIO:
        case.body = mid if case.media_type in MIDI else wav  # Nor which bytes are a file of their type.
    excluded = [unsupported_method] if case.operation.path in FIXED_NAMES_BESIDE_AN_ID else []
    # With a file in place of its own bytes, a request is no longer as bad as Schemathesis made it.
    if is_forgiven(case) or case.media_type in MIDI + AUDIO:
        excluded.append(negative_data_rejection)
    token = token_of_a_world_with_an_account(app, case.operation.label)

    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=excluded)
