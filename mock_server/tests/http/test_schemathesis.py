"""Schemathesis makes up requests from the document, good and bad ones, and holds every answer against it."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from tempolor_mock.app import create_app
from tempolor_mock.settings import Settings
from tempolor_spec import load_document

TOKEN = "user:12345-schemathesis"


schema = schemathesis.openapi.from_dict(load_document())


@pytest.fixture(scope="module")
def app():
    """An application of its own: Schemathesis starts and stops it with each request."""
    return create_app(Settings(frozen=True, validate_responses=True), wall=lambda: 1_747_731_600_125)


@pytest.fixture(scope="module", autouse=True)
def recordings(wav, mid):
    """Uploads are files of their type: a document can only call them bytes."""
    for media_type in ("audio/midi", "audio/x-midi"):
        schemathesis.openapi.media_type(media_type, st.just(mid))
    for media_type in ("mpeg", "wav", "wave", "mp4", "x-m4a", "flac", "x-flac"):
        schemathesis.openapi.media_type(f"audio/{media_type}", st.just(wav))


@schema.parametrize()
@seed(20250520)
@settings(
    max_examples=12,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_made_up_request_gets_an_answer_outside_the_document(case, app):
    """All of Schemathesis' checks, on every operation."""
    case.operation.schema.app = case.operation.app = app
    if isinstance(case.query.get("cursor"), str):
        case.query["cursor"] = ""  # No schema can say which texts the service has written before.
    case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"})
