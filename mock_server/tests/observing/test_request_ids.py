"""One id for a request in its answer, the log, the journal, and at those who passed it on."""

import pytest
from tempolor_mock.journal.request_ids import given_id

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, None),
        ({"x-request-id": "7f3a-1"}, "7f3a-1"),
        ({"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}, TRACE),
        ({"x-request-id": "mine", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}, "mine"),
        ({"x-request-id": "two words", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}, TRACE),
        ({"x-request-id": "x" * 129}, None),
        ({"x-request-id": "a\nb"}, None),
        ({"traceparent": f"00-{'0' * 32}-b7ad6b7169203331-01"}, None),
        ({"traceparent": "00-short-b7ad6b7169203331-01"}, None),
    ],
    ids=str,
)
def test_an_id_is_taken_where_it_is_one(headers, found):
    """What could forge a line or fill the log is none."""
    assert given_id([(name.encode(), value.encode()) for name, value in headers.items()]) == found


def test_a_given_id_comes_back_and_stands_in_the_journal(client):
    """So that whoever called finds the request again."""
    answer = client.get("/accounts", headers={"X-Request-Id": "build-17"})

    (entry,) = client.get("http://mock/_mock/requests").json()["requests"]
    assert (answer.headers["x-request-id"], entry["requestId"]) == ("build-17", "build-17")


def test_a_request_without_an_id_is_answered_as_by_the_service(client):
    """The journal's ids are made then, each another one."""
    answers = [client.get("/accounts", headers={"X-Request-Id": sent} if sent else {}) for sent in ("", "no id", "")]

    ids = {entry["requestId"] for entry in client.get("http://mock/_mock/requests").json()["requests"]}
    assert all("x-request-id" not in answer.headers for answer in answers)
    assert len(ids) == 3
