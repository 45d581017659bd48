"""What a client can make grow stops growing, and says so."""

import pytest
from tempolor_mock import Policy
from tempolor_mock.domain.room import Limits

MEGABYTE = 1 << 20


@pytest.fixture
def client(new_client):
    """A client of a world of one megabyte."""
    return new_client(policy=Policy(world_bytes=MEGABYTE))


def test_a_full_world_refuses_accounts(client, refused):
    """With what to do; an account that gets smaller, or is deleted, makes room."""
    big = {"requestParams": {"user_id": "111", "pad": "x" * 600_000}}
    client.post("/accounts", json=big).raise_for_status()
    refused(
        client.post("/accounts", json={"requestParams": {"user_id": "222", "pad": "x" * 600_000}}),
        413,
        "This token's world is full: it keeps at most 1 MB of uploads and accounts. "
        "Empty it with POST /_mock/reset, or start the mock with a larger --world-mb",
    )
    client.post("/accounts", json=big).raise_for_status()
    client.delete("/accounts/111").raise_for_status()
    client.post("/accounts", json=big).raise_for_status()


def test_a_snapshot_larger_than_a_world_is_refused(client, refused):
    """And the world stays as it was."""
    client.account("111")
    saved = client.get(client.base_url.join("/_mock/snapshot")).json()
    saved["blobs"]["stems/x"] = "A" * 2 * MEGABYTE

    answer = client.put(client.base_url.join("/_mock/snapshot"), json=saved)

    assert (answer.status_code, "world is full" in answer.json()["error"]) == (413, True)
    assert len(client.get("/accounts").json()) == 1


def test_what_is_kept_beside_a_world_goes_with_it(new_client):
    """Its journal too: 20,000 tokens do not stay for ever."""
    first = new_client("user:1-a", limits=Limits(worlds=2))
    first.get("/accounts")
    for number in range(2, 10):
        first.get("/accounts", headers={"Authorization": f"Bearer user:{number}-a"})

    worlds = first.get(first.base_url.join("/_mock/worlds")).json()["worlds"]
    assert [(each["token"], each["requests"]) for each in worlds] == [("user:8-***", 1), ("user:9-***", 1)]
