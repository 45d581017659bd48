"""Tests of the receiver of callbacks."""

import http.client
import json
import socket

import httpx
import pytest
from tempolor_contract.exchanges.receiver import CallbackReceiver


@pytest.fixture
def receiver():
    """A receiver on a port of its own."""
    with CallbackReceiver() as receiver:
        yield receiver


def post(receiver, body, **options) -> int:
    """Report something."""
    return httpx.post(receiver.url, json=body, trust_env=False, **options).status_code


def test_reports_are_kept_in_the_order_of_arrival(receiver):
    """What was posted is there, first come first, with method, address, headers and body."""
    for progress in (0, 50, 100):
        post(receiver, {"job_id": "a", "progress": progress}, params={"x": 1})

    requests = [exchange.request for exchange in receiver.exchanges]
    assert [request.json["progress"] for request in requests] == [0, 50, 100]
    assert {request.url for request in requests} == {f"{receiver.url}?x=1"}
    assert {(request.method, request.media_type) for request in requests} == {("POST", "application/json")}
    assert {exchange.source for exchange in receiver.exchanges} == {"callback"}


def test_each_report_is_handed_over_once(receiver):
    """`received` returns what is new; `exchanges` keeps all."""
    post(receiver, {"job_id": "a"})
    first = receiver.received()
    post(receiver, {"job_id": "b"})

    assert [[each.request.json["job_id"] for each in part] for part in (first, receiver.received())] == [["a"], ["b"]]
    assert receiver.received() == []
    assert len(receiver.exchanges) == 2


def test_reports_can_be_asked_for_by_job(receiver):
    """`for_job` returns the items of one job, and is not disturbed by what is no JSON."""
    post(receiver, {"job_id": "a", "progress": 1})
    httpx.post(receiver.url, content=b"\xff", trust_env=False)
    post(receiver, {"job_id": "b", "progress": 2})

    assert receiver.for_job("b") == [{"job_id": "b", "progress": 2}]


def test_answers_can_be_planned(receiver):
    """Planned statuses come first, then those of the function."""
    receiver.answers(500, 302)
    receiver.answer_with(lambda request: 204 if request.json["job_id"] == "a" else 410)

    assert [post(receiver, {"job_id": name}) for name in "aaab"] == [500, 302, 204, 410]
    assert [exchange.status for exchange in receiver.exchanges] == [500, 302, 204, 410]


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 200), ("?answer=503", 503), ("?a=1&answer=204", 204), ("?answer=x", 200), ("?first=503", 503)],
)
def test_an_address_can_ask_for_its_answer(receiver, query, status):
    """The query of an address decides on the answer, where it names a status."""
    assert httpx.post(receiver.url + query, json={}, trust_env=False).status_code == status


def test_the_first_callback_of_an_address_is_answered_as_asked(receiver):
    """Those after it are taken; another address has a first one of its own."""
    urls = [f"{receiver.url}?first=503&of={of}" for of in "aab"]

    assert [httpx.post(url, json={}, trust_env=False).status_code for url in urls] == [503, 200, 503]


def test_reports_of_any_method_are_received(receiver):
    """A report by a wrong method is judged, not refused."""
    httpx.request("PUT", receiver.url, json={}, trust_env=False)

    assert receiver.exchanges[0].request.method == "PUT"


def test_chunked_reports_are_read(receiver):
    """A body without a length is read to its end."""
    httpx.post(receiver.url, content=iter([b'{"job_id":', b'"a"}']), trust_env=False)

    assert receiver.for_job("a") == [{"job_id": "a"}]


@pytest.mark.parametrize(
    ("sent", "body", "truncated"),
    [
        (b"1;a=b\r\n{\r\n1\r\n}\r\n0\r\n\r\n", b"{}", False),
        (b"2\r\n{}\r\n-1\r\nmore", b"{}", True),
        (b"2\r\n{}\r\n\r\n", b"{}", True),
        (b"ffffffff\r\n{}", b"{}", True),
        (b"xyz\r\n", b"", True),
    ],
)
def test_chunks_that_are_none_cut_a_report(receiver, sent, body, truncated):
    """What came until then is kept; no size of a chunk has memory taken for it."""
    host, port = receiver.url.removeprefix("http://").removesuffix("/callback").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /callback HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + sent)
        connection.shutdown(socket.SHUT_WR)

        assert receiver.wait_for(lambda exchanges: len(exchanges) == 1, 5)
    [exchange] = receiver.exchanges
    assert (exchange.request.body, exchange.request.truncated) == (body, truncated)


def test_what_finds_no_room_is_refused_and_the_oldest_goes(receiver, monkeypatch):
    """Nothing is lost that nobody has asked for: a service calls back again after a 503."""
    monkeypatch.setattr("tempolor_contract.exchanges.receiver._MOST_KEPT", 3 * 2500)
    assert post(receiver, {}, headers={"X-Long": "x" * 7000}) == 503

    assert [post(receiver, {"job_id": name}) for name in "abcd"] == [200, 200, 200, 503]
    assert len(receiver.received()) == 3
    assert [post(receiver, {"job_id": name}) for name in "de"] == [200, 200]
    assert [each.request.json["job_id"] for each in receiver.exchanges] == ["c", "d", "e"]
    assert [each.request.json["job_id"] for each in receiver.received()] == ["d", "e"]


def test_addresses_are_remembered_for_a_while(receiver, monkeypatch):
    """Whoever makes up addresses takes no memory."""
    monkeypatch.setattr("tempolor_contract.exchanges.receiver._MOST_ADDRESSES", 2)
    urls = [f"{receiver.url}?first=503&of={of}" for of in "abcba"]

    assert [httpx.post(url, json={}, trust_env=False).status_code for url in urls] == [503, 503, 503, 200, 503]


def test_a_cut_report_is_marked(receiver):
    """Nothing may be concluded from a body of which only the beginning came."""
    host, port = receiver.url.removeprefix("http://").removesuffix("/callback").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    connection.putrequest("POST", "/callback")
    connection.putheader("Content-Length", "100")
    connection.endheaders(b'{"job_id": "a"}')
    connection.sock.shutdown(1)

    assert receiver.wait_for(lambda exchanges: len(exchanges) == 1, 5)
    assert receiver.exchanges[0].request.truncated
    connection.close()


def test_waiting_ends_with_the_predicate_or_the_time(receiver):
    """`wait_for` tells whether what it waited for is there."""
    post(receiver, {"job_id": "a"})

    assert receiver.wait_for(lambda exchanges: len(exchanges) == 1, 5)
    assert not receiver.wait_for(lambda exchanges: len(exchanges) == 2, 0)


def test_a_closed_receiver_takes_nothing():
    """After `close` nobody listens."""
    receiver = CallbackReceiver()
    receiver.close()

    with pytest.raises(httpx.ConnectError):
        httpx.post(receiver.url, content=json.dumps({}), trust_env=False)


def test_the_address_can_be_another_for_the_service():
    """Behind a container or a tunnel the service is told another address."""
    with CallbackReceiver(public_url="http://host.example/x") as receiver:
        assert receiver.url == "http://host.example/x"
