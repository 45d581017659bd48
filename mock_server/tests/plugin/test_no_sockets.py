"""Where pytest-socket forbids sockets, nothing makes one, and everything works in process."""

import pytest

pytest_plugins = ["pytester"]

OTHERS = ("-p", "no:anyio", "-p", "no:schemathesis", "-p", "no:hypothesispytest", "-p", "no:cacheprovider")
TELLS = "ignore:A test tried to use socket:UserWarning"
"""Pytest-socket warns beside what it raises."""

SUITE = """
    import socket
    from concurrent.futures import ThreadPoolExecutor

    import fastapi
    import httpx
    import pytest
    from pytest_socket import SocketBlockedError

    def client_of(world):
        return httpx.Client(base_url=world.api_url, headers=world.headers, transport=world.transport)

    def test_sockets_are_forbidden_indeed():
        with pytest.raises(SocketBlockedError):
            socket.socket()

    @pytest.mark.tempolor(music_seconds=1, download_lag_seconds=0)
    def test_a_song_is_made_and_its_callbacks_arrive(tempolor_mock):
        app, seen = fastapi.FastAPI(), []

        @app.post("/callback")
        def receive(song: dict):  # FastAPI runs it in a thread of its own
            seen.append(song["status_name"])

        tempolor_mock.add_account()
        tempolor_mock.deliver_to(app)
        with client_of(tempolor_mock) as client:
            order = {"prompt": "x", "replyUrl": "https://my.app/callback"}
            job = client.post("/music/song", json=order).json()["jobs"][0]
            tempolor_mock.advance(60)
            link = client.get(f"/music/download/{job}").json()["url"]
            assert client.get(link).content.startswith(b"ID3")
        assert seen.count("COMPLETED") == 2

    def test_worlds_do_not_wait_for_each_other(tempolor_mock):
        tempolor_mock.add_account()
        tempolor_mock.fail_next(effect="delay", seconds=5)
        with client_of(tempolor_mock) as client, ThreadPoolExecutor() as threads:
            slow = threads.submit(client.get, "/accounts")
            while not slow.done():
                tempolor_mock.advance(5)
        assert slow.result().status_code == 200

    def test_a_receiver_elsewhere_is_told_of_in_the_records(tempolor_mock):
        tempolor_mock.add_account()
        with client_of(tempolor_mock) as client:
            client.post("/music/song", json={"prompt": "x", "replyUrl": "http://127.0.0.1:9/"})
        attempts = tempolor_mock.advance(60).callbacks[0].attempts
        assert "socket" in attempts[0].error

    def test_the_address_leads_nowhere(tempolor_mock):
        with pytest.raises(SocketBlockedError):
            httpx.get(tempolor_mock.url, trust_env=False)

    @pytest.mark.enable_socket
    def test_a_test_that_may_use_sockets_has_a_port(tempolor_mock):
        assert httpx.get(f"{tempolor_mock.url}/_mock/health").status_code == 200
"""


def test_nothing_makes_a_socket(pytester):
    """A song from its order to its file, callbacks, a clock that others wait for."""
    pytester.makepyfile(SUITE)

    result = pytester.runpytest_subprocess("-W", "error", "-W", TELLS, "--disable-socket", *OTHERS)

    result.assert_outcomes(passed=6)
    assert result.ret == pytest.ExitCode.OK
