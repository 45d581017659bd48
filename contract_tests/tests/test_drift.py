"""`tempolor drift` names what the service does that the document does not say, and nothing else."""

import pytest
from planting import recording
from tempolor_contract.drift.session import Drift
from tempolor_spec import REVISIONS, load_document


def learned(exchanges, document=None):
    """Return the report of some exchanges."""
    session = Drift("here", document or load_document(), revision="2025-05")
    for each in exchanges:
        session.see(each)
    return session.close()


def sights(report):
    """Return each difference wherever it was seen: kind, detail, operation, status, message, place."""
    return {
        (each.kind, each.detail, sight.spot.operation, sight.spot.status, sight.spot.where, sight.spot.place)
        for each in report.differences
        for sight in each.sights
    }


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_the_document_prints_is_no_difference(revision):
    """A recording of all examples of a revision conforms to it."""
    report = learned(recording(revision), load_document(revision))

    assert report.differences == ()
    assert report.answers > 150
    assert report.exit_code == 0
