"""A real file of a song, where pytest-socket forbids every socket: `pytest --disable-socket`."""

import httpx
import pytest
from tempolor_mock.testing import MockWorld


@pytest.mark.tempolor(music_seconds=1, download_lag_seconds=0)
def test_a_song_is_downloaded(tempolor_mock: MockWorld) -> None:
    tempolor_mock.add_account()
    with httpx.Client(headers=tempolor_mock.headers, transport=tempolor_mock.transport) as api:
        order = api.post(f"{tempolor_mock.api_url}/music/song", json={"prompt": "A lighthouse waltz"})
        tempolor_mock.advance(60)
        link = api.get(f"{tempolor_mock.api_url}/music/download/{order.json()['jobs'][0]}").json()["url"]
        file = api.get(link)

    assert file.headers["content-type"] == "audio/mpeg"
    assert file.content.startswith(b"ID3")
