"""A body that arrives without a socket, part by part."""

from importlib import import_module

import httpx
import pytest

PAST_EVERY_JOB = 60
LONG = 270
WAV_BYTES = 44 + LONG * 44_100 * 4
A_MEGABYTE = 1 << 20

pytestmark = pytest.mark.tempolor(jobs_per_request=1, music_seconds=LONG)


@pytest.fixture(params=["httpx", "httpx2"])
def library(request):
    """Each of the HTTP clients that the transport is for."""
    return import_module(request.param)


@pytest.fixture
def anyio_backend():
    """What the asynchronous tests run on."""
    return "asyncio"


@pytest.fixture
def link(tempolor_mock):
    """The link to a file of 48 MB, which takes seconds to make."""
    tempolor_mock.add_account()
    with httpx.Client(headers=tempolor_mock.headers, transport=tempolor_mock.transport) as client:
        order = {"prompt": "x"}
        job = client.post(f"{tempolor_mock.api_url}/music/song", json=order).raise_for_status().json()["jobs"][0]
        tempolor_mock.advance(PAST_EVERY_JOB)
        address = f"{tempolor_mock.api_url}/music/download/{job}"
        return client.get(address, params={"file_format": "wav"}).json()["url"]


def test_a_body_arrives_while_it_is_made_and_may_be_left(tempolor_mock, library, link):
    """The head and the first parts come before the rest exists, and the journal knows how it ended."""
    with library.Client(transport=tempolor_mock.transport) as client, client.stream("GET", link) as answer:
        parts = answer.iter_raw()
        begun = next(parts)

    assert answer.headers["content-length"] == str(WAV_BYTES)
    assert begun.startswith(b"RIFF")
    assert len(begun) < A_MEGABYTE
    assert tempolor_mock.requests[-1].status == 200


@pytest.mark.anyio
async def test_a_body_arrives_in_parts_on_a_loop_too(tempolor_mock, library, link):
    """And may be left there."""
    async with library.AsyncClient(transport=tempolor_mock.transport) as client, client.stream("GET", link) as answer:
        begun = await anext(answer.aiter_raw())

    assert begun.startswith(b"RIFF")
    assert tempolor_mock.requests[-1].status == 200


def test_a_body_that_is_cut_short_has_its_beginning(tempolor_mock, library, link):
    """As on a socket: the head, some bytes, and then the library's own error."""
    tempolor_mock.fail_next(effect="truncate", bytes=1000, times=1)

    with library.Client(transport=tempolor_mock.transport) as client, client.stream("GET", link) as answer:
        read = []
        with pytest.raises(library.RemoteProtocolError):
            read.extend(answer.iter_raw(100))

    assert answer.status_code == 200
    assert 0 < len(b"".join(read)) <= 1000


def test_a_part_that_does_not_come_is_a_timeout(tempolor_mock, library):
    """The time is counted for each part."""
    tempolor_mock.add_account()
    tempolor_mock.fail_next(effect="dribble", bytes=5, seconds=30)

    with library.Client(transport=tempolor_mock.transport, timeout=0.1, headers=tempolor_mock.headers) as client:
        with client.stream("GET", f"{tempolor_mock.api_url}/accounts") as answer, pytest.raises(library.ReadTimeout):
            answer.read()
        assert answer.status_code == 200
