"""Several clients at once, on a real server."""

from concurrent.futures import ThreadPoolExecutor

import pytest

CLIENTS = 16


@pytest.fixture
def at_once(wire_client):
    """Run a call several times in parallel and return what came back."""

    def run(call, times=CLIENTS):
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(lambda _: call(wire_client), range(times)))

    return run


def test_clients_that_order_at_once_share_the_slots(wire_client, at_once):
    """Exactly as many orders are admitted as there is room for, however they meet."""
    wire_client.account("111", maxJobs=6)

    statuses = at_once(lambda client: client.post("/music/song", json={"prompt": "x"}).status_code)

    assert sorted(statuses) == [200] * 3 + [429] * (CLIENTS - 3)
    assert len(wire_client.get("/scheduler").json()) == 6


def test_clients_that_cancel_at_once_cancel_once(wire_client, at_once):
    """One of them frees the slot, the others come too late."""
    wire_client.account("111")
    job_id, *_ = wire_client.song()

    statuses = at_once(lambda client: client.delete(f"/scheduler/{job_id}").status_code)

    assert sorted(statuses) == [204] + [404] * (CLIENTS - 1)


def test_clients_that_advance_at_once_lose_no_time(wire_client, at_once):
    """Every second that was asked for has passed, and each end was told to one of them."""
    wire_client.account("111")
    jobs = wire_client.song()
    before = wire_client.now_ms()

    told = at_once(lambda client: client.advance(10))

    assert wire_client.now_ms() == before + CLIENTS * 10_000
    assert sorted(each["job_id"] for transitions in told for each in transitions) == sorted(jobs)


def test_a_slow_upload_holds_nobody_up(server, wire_client):
    """While a body trickles in, others are served."""
    import socket  # noqa: PLC0415

    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as slow:
        slow.sendall(
            b"POST /v1/tempolor/music/song HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer user:1-slow\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )

        assert wire_client.get("/scheduler").status_code == 200
