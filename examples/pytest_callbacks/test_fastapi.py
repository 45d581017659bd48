"""A FastAPI app gets its callbacks, without a server and without a socket."""

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tempolor_mock.testing import MockWorld

app = FastAPI()
statuses: dict[str, str] = {}


@app.post("/callback")
def callback(song: dict[str, object]) -> None:
    """Take note of how a song is getting on."""
    statuses[str(song["job_id"])] = str(song["status_name"])


@app.get("/statuses")
def show() -> dict[str, str]:
    """Show it."""
    return statuses


def test_a_song_is_followed_to_its_end(tempolor_mock: MockWorld) -> None:
    tempolor_mock.add_account()
    tempolor_mock.deliver_to(app)
    order = {"prompt": "A lighthouse waltz", "replyUrl": "https://my.app/callback"}
    with httpx.Client(headers=tempolor_mock.headers, transport=tempolor_mock.transport) as api:
        jobs = api.post(f"{tempolor_mock.api_url}/music/song", json=order).json()["jobs"]

    tempolor_mock.advance(60)

    with TestClient(app) as client:
        assert client.get("/statuses").json() == dict.fromkeys(jobs, "COMPLETED")
