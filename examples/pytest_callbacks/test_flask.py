"""A Flask app that is busy gets its callbacks again; the newest one is sent a second time by hand."""

import flask
import httpx
from tempolor_mock.testing import MockWorld

app = flask.Flask(__name__)
seen: list[str] = []


@app.post("/callback")
def callback() -> tuple[str, int]:
    """Take a callback, but not the first one."""
    seen.append(flask.request.get_json()["status_name"])
    return ("", 204) if len(seen) > 1 else ("busy", 503)


def test_a_callback_that_failed_comes_again(tempolor_mock: MockWorld) -> None:
    tempolor_mock.add_account()
    tempolor_mock.deliver_to(app)
    order = {"prompt": "A lighthouse waltz", "replyUrl": "https://my.app/callback"}
    with httpx.Client(headers=tempolor_mock.headers, transport=tempolor_mock.transport) as api:
        api.post(f"{tempolor_mock.api_url}/music/song", json=order)

    first = tempolor_mock.advance(60).callbacks[0]

    assert [attempt.status for attempt in first.attempts] == [503, 204]
    assert [(attempt.at - first.at).seconds for attempt in first.attempts] == [0, 1]


def test_a_callback_may_come_twice(tempolor_mock: MockWorld) -> None:
    tempolor_mock.add_account()
    tempolor_mock.deliver_to(app.test_client())
    order = {"prompt": "A lighthouse waltz", "replyUrl": "https://my.app/callback"}
    with httpx.Client(headers=tempolor_mock.headers, transport=tempolor_mock.transport) as api:
        api.post(f"{tempolor_mock.api_url}/music/song", json=order)
    *_, last = tempolor_mock.advance(60).callbacks

    tempolor_mock.send_again(last)

    assert seen[-1] == "COMPLETED"
