"""Later revisions of the service."""

import pytest
from tempolor_mock import Policy


@pytest.mark.parametrize(
    ("revision", "asked", "shown"),
    [
        ("2025-05", {"model_song": "v3"}, "v3"),
        ("2026-03", {"model_song": "v4.5+"}, "v4.5+"),
        ("2026-08", {"model_song": "v3"}, "v4.8"),
        ("2026-08", {}, "v4.8"),
    ],
    ids=["own", "added", "routed", "default"],
)
def test_the_last_revision_routes_older_models_to_its_own(new_client, revision, asked, shown):
    """Older names are still taken, and the item shows what made the music."""
    client = new_client(policy=Policy(revision=revision))
    client.account()

    job_id, *_ = client.song(**asked)

    assert client.get(f"/music/{job_id}").json()["ltmMaterialExtendDto"]["modelShowName"] == shown
