"""The control plane of a mock: where it is, and how its clocks are made to stand still."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

import httpx

from ..document.service import CONTROL_PATH
from .target import Target

_SECONDS_TO_ANSWER: Final = 5.0


class ControlPlaneError(Exception):
    """A control plane does not do what it is there for; the message says what to do, in one line."""


def find_control_plane(base_url: str, token: str, transport: httpx.BaseTransport | None = None) -> str | None:
    """Return the control plane of a mock whose clock this token may move, None if there is none."""
    parts = urlsplit(base_url)
    url = f"{parts.scheme}://{parts.netloc}{CONTROL_PATH}"
    target = Target(base_url, token, control_url=url, transport=transport, timeout=_SECONDS_TO_ANSWER)
    with suppress(httpx.HTTPError, ValueError), target.control(token) as client:
        answer = client.get(f"{url}/clock")
        if answer.status_code == 200 and "now" in answer.json():
            return url
    return None


@contextmanager
def steady(target: Target) -> Iterator[None]:
    """Have the clocks of a mock stand still, so that time moves only when a run moves it; let them go on at the end.

    ControlPlaneError if its control plane does not do so.
    """
    with ExitStack() as stack:
        for token in filter(None, (target.token, target.other_token) if target.steers else ()):
            stack.enter_context(_frozen(target, token))
        yield


@contextmanager
def _frozen(target: Target, token: str) -> Iterator[None]:
    clock = f"{(target.control_url or '').rstrip('/')}/clock"
    with target.control(token) as client:
        try:
            was_frozen = client.get(clock).raise_for_status().json()["frozen"]
            client.post(f"{clock}/freeze").raise_for_status()
        except (httpx.HTTPError, LookupError, TypeError, ValueError) as error:
            told = f"{type(error).__name__}: {error}".splitlines()[0]
            raise ControlPlaneError(f"{clock} is no clock that can be stopped ({told})") from None
        try:
            yield
        finally:
            if not was_frozen:
                with suppress(httpx.HTTPError):
                    client.post(f"{clock}/resume")
