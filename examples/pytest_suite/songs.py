"""A small app on useapi.net's TemPolor API: it orders a song, waits for it, and saves the file."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

LIVE = "https://api.useapi.net"
SECONDS_BETWEEN_TRIES = 5
TRIES = 60
FORBIDDEN = 403
BUSY_OR_DOWN = {429, 502, 503, 504}


class SongError(Exception):
    """There is no song; the message says why."""


class Songs:
    """Makes songs for one API token; `sleep` is what it waits with."""

    def __init__(self, token: str, *, address: str = LIVE, sleep: Callable[[float], object] = time.sleep) -> None:
        self._api = httpx.Client(base_url=f"{address}/v1/tempolor", headers={"Authorization": f"Bearer {token}"})
        self._sleep = sleep

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def make(self, prompt: str, path: Path) -> Path:
        """Order a song, wait until it is there, and save it."""
        job_id = self.order(prompt)
        self.wait(job_id)
        return self.save(self.link(job_id), job_id, path)

    def order(self, prompt: str, reply_url: str | None = None) -> str:
        """Order a song and return its job's id; wait while the account has no free slot."""
        order = {"prompt": prompt} | ({"replyUrl": reply_url} if reply_url else {})
        for _ in range(TRIES):
            answer = self._api.post("/music/song", json=order)
            if answer.status_code not in BUSY_OR_DOWN:
                return str(_checked(answer)["jobs"][0])
            self._sleep(SECONDS_BETWEEN_TRIES)
        raise SongError(f"no free slot: {_reason(answer)}")

    def wait(self, job_id: str) -> None:
        """Return when the song is complete."""
        for _ in range(TRIES):
            song = _checked(self._api.get(f"/music/{job_id}"))
            if song["status_name"] == "COMPLETED":
                return
            if song["status_final"]:
                raise SongError(f"the song has {song['status_name'].lower()}")
            self._sleep(SECONDS_BETWEEN_TRIES)
        raise SongError("the song takes too long")

    def link(self, job_id: str) -> str:
        """Return a link to the file, which is there some seconds after the song is complete."""
        for _ in range(TRIES):
            answer = self._api.get(f"/music/download/{job_id}", params={"file_format": "wav"})
            if answer.status_code != httpx.codes.NOT_FOUND:
                return str(_checked(answer)["url"])
            self._sleep(SECONDS_BETWEEN_TRIES)
        raise SongError(f"no file: {_reason(answer)}")

    def save(self, link: str, job_id: str, path: Path) -> Path:
        """Save the file behind a link, or behind a new one where that has expired."""
        answer = httpx.get(link)
        if answer.status_code == FORBIDDEN:
            answer = httpx.get(self.link(job_id))
        if answer.is_error:
            raise SongError(f"no file: status {answer.status_code}")
        path.write_bytes(answer.content)
        return path


def _checked(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise SongError(_reason(answer))
    return dict(answer.json())


def _reason(answer: httpx.Response) -> str:
    return str(answer.json().get("error", answer.status_code))
