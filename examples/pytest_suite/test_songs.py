"""The app's tests: each has a mock of its own, in which no time passes but the app's own sleeping."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from songs import SongError, Songs
from tempolor_mock.testing import MockWorld

A_LONG_TIME = 60
LINKS_LAST = 3600


@pytest.fixture
def songs(tempolor_mock: MockWorld) -> Iterator[Songs]:
    """The app, on the mock instead of the service; when it sleeps, the mock's clock moves."""
    tempolor_mock.add_account()
    app = Songs(tempolor_mock.token, address=tempolor_mock.url, sleep=tempolor_mock.advance)
    yield app
    app.close()


def statuses(tempolor_mock: MockWorld, operation_id: str) -> list[int]:
    """Return what the requests of one operation were answered, in order."""
    return [each.status for each in tempolor_mock.requests if each.operation_id == operation_id]


def test_a_song_is_ordered_and_saved(songs: Songs, tmp_path: Path) -> None:
    saved = songs.make("A lighthouse waltz", tmp_path / "song.wav")

    assert saved.read_bytes().startswith(b"RIFF")


def test_the_prompt_is_sent_as_it_is(songs: Songs, tempolor_mock: MockWorld) -> None:
    songs.order("Ein Walzer für Zoë")

    (order,) = tempolor_mock.requests
    assert (order.operation_id, order.body) == ("create_song", {"prompt": "Ein Walzer für Zoë"})
    assert order.violations == ()


def test_an_order_waits_for_a_free_slot(songs: Songs, tempolor_mock: MockWorld) -> None:
    tempolor_mock.fill_account(max_jobs=2)

    songs.order("A lighthouse waltz")

    *refused, taken = statuses(tempolor_mock, "create_song")
    assert set(refused) == {429}
    assert taken == 200


def test_an_outage_is_waited_for(songs: Songs, tempolor_mock: MockWorld) -> None:
    tempolor_mock.fail_next(503, times=2, operation="create_song")

    songs.order("A lighthouse waltz")

    assert statuses(tempolor_mock, "create_song") == [503, 503, 200]


def test_waiting_has_an_end(songs: Songs, tempolor_mock: MockWorld) -> None:
    tempolor_mock.fail_next(effect="upstream_busy", times=None)

    with pytest.raises(SongError, match="no free slot: please wait for current Generations to finish"):
        songs.order("A lighthouse waltz")


def test_a_song_that_fails_is_an_error(songs: Songs, tempolor_mock: MockWorld, tmp_path: Path) -> None:
    tempolor_mock.fail_next(effect="job_fails")

    with pytest.raises(SongError, match="the song has failed"):
        songs.make("A lighthouse waltz", tmp_path / "song.wav")


def test_a_file_that_comes_late_is_waited_for(songs: Songs, tempolor_mock: MockWorld) -> None:
    tempolor_mock.fail_next(effect="download_lag", seconds=12)
    job_id = songs.order("A lighthouse waltz")

    songs.wait(job_id)
    songs.link(job_id)

    *early, there = statuses(tempolor_mock, "download_music")
    assert set(early) == {404}
    assert there == 200


def test_a_link_that_has_expired_is_replaced(songs: Songs, tempolor_mock: MockWorld, tmp_path: Path) -> None:
    job_id = songs.order("A lighthouse waltz")
    tempolor_mock.advance(A_LONG_TIME)
    link = songs.link(job_id)
    tempolor_mock.advance(LINKS_LAST)

    saved = songs.save(link, job_id, tmp_path / "song.wav")

    assert saved.read_bytes().startswith(b"RIFF")
    assert statuses(tempolor_mock, "download_music") == [200, 200]


@pytest.mark.parametrize(("status", "reason"), [(401, "Unauthorized"), (402, "Subscription required")])
def test_a_refusal_is_told_and_not_tried_again(
    songs: Songs, tempolor_mock: MockWorld, status: int, reason: str
) -> None:
    tempolor_mock.fail_next(status, operation="create_song")

    with pytest.raises(SongError, match=reason):
        songs.order("A lighthouse waltz")

    assert statuses(tempolor_mock, "create_song") == [status]


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An address for callbacks, and the callbacks that came."""
    callbacks: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            callbacks.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/callbacks", callbacks
        server.shutdown()
        thread.join()


def test_callbacks_lead_to_the_end_of_the_song(
    songs: Songs, tempolor_mock: MockWorld, receiver: tuple[str, list[dict[str, Any]]]
) -> None:
    address, callbacks = receiver
    job_id = songs.order("A lighthouse waltz", reply_url=address)

    happened = tempolor_mock.advance(A_LONG_TIME)

    told = [each["status_name"] for each in callbacks if each["job_id"] == job_id]
    assert told[0] == "GENERATING"
    assert told[-1] == "COMPLETED"
    assert {each.outcome for each in happened.callbacks} == {"delivered"}


@pytest.mark.tempolor(jobs_per_request=1, job_seconds=40)
def test_a_slow_song_is_polled_until_it_is_there(songs: Songs, tempolor_mock: MockWorld) -> None:
    songs.wait(songs.order("A lighthouse waltz"))

    assert len(statuses(tempolor_mock, "get_music")) == 1 + 40 / 5
