"""A file that cannot be used just now, and one that is damaged: each is told in one line, and nothing is half done."""

import sqlite3

import httpx
import pytest
from tempolor_mock.domain import room
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.store import sqlite


@pytest.fixture
def kept(keep):
    """A store in a file."""
    return keep("sqlite")


def limit_pages(kept, count):
    """Let the file have so many pages and no more, which SQLite takes for a full disk."""
    kept.store._connection.execute(f"PRAGMA max_page_count = {count}")


def test_a_full_disk_is_a_503_until_there_is_room(kept):
    """What was kept can be read meanwhile; what did not fit left nothing behind."""
    kept.run(lambda world: room.keep(world, "small", b"x"))
    limit_pages(kept, 1)
    with pytest.raises(
        ServiceError, match=r"the disk with worlds\.db is full\. Nothing was done; try again"
    ) as refusal:
        kept.run(lambda world: room.keep(world, "large", b"x" * 100_000))

    assert (refusal.value.code, refusal.value.headers) == (503, (("Retry-After", "1"),))
    kept.real_ms += 10 * sqlite.NOTED_USE_MS
    assert kept.run(lambda world: (list(world.blobs), world.counters()["bytes"])) == (["small"], 1)
    limit_pages(kept, 1_000_000)
    kept.run(lambda world: room.keep(world, "large", b"x" * 100_000))


def test_a_locked_file_is_a_503_soon(kept, tmp_path, monkeypatch):
    """Another program that holds it holds up nobody for long."""
    monkeypatch.setattr(sqlite, "LONGEST_WAIT_SECONDS", 0.01)
    other = sqlite3.connect(tmp_path / "worlds.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(ServiceError, match=r"another process has had worlds\.db for 0\.01 seconds") as refusal:
        kept.run(lambda world: world.now_ms)
    other.close()

    assert refusal.value.code == 503
    assert kept.run(lambda world: world.now_ms) == kept.real_ms


def test_a_damaged_page_is_told_in_one_line(keep, tmp_path):
    """With what to do; other worlds may still be read."""
    first = keep("sqlite")
    first.run(lambda world: [room.keep(world, f"file {number}", b"x" * 9_000) for number in range(20)])
    first.close()
    path = tmp_path / "worlds.db"
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half:] = b"\xee" * (len(content) - half)
    path.write_bytes(content)

    with pytest.raises(ServiceError, match=r"worlds\.db is damaged: .*Put back a copy") as refusal:
        keep("sqlite").run(lambda world: [len(world.accounts), *world.jobs, *world.blobs.items(), world.counters()])

    assert refusal.value.code == 500
    assert "\n" not in str(refusal.value)


def test_a_client_gets_it_in_the_envelope(new_client, tmp_path, monkeypatch, caplog):
    """From the service's paths and from the control plane; it is there again at once when the file is.

    The journal does not wait once more, for the virtual time.
    """
    monkeypatch.setattr(sqlite, "LONGEST_WAIT_SECONDS", 0.01)
    client: httpx.Client = new_client(store=f"sqlite:{tmp_path / 'worlds.db'}")
    other = sqlite3.connect(tmp_path / "worlds.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answers = [client.get("/accounts"), client.get(client.base_url.join("/_mock/clock"))]
    other.close()

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, 503)] * 2
    assert all("worlds.db" in answer.json()["error"] for answer in answers)
    assert "No virtual time" not in caplog.text
    assert client.get(client.base_url.join("/_mock/clock")).status_code == 200
