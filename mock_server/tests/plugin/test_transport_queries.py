"""The transport without a socket carries whole addresses."""

import httpx


class Quiet(httpx.URL):
    """An address that is shown without its query, as careful clients do."""

    def __str__(self) -> str:
        return super().__str__().partition("?")[0]


def test_the_query_reaches_the_mock_though_the_client_hides_it(tempolor_mock):
    """A link's signature is in its query: without it, every download would be a 403."""
    tempolor_mock.add_account("111")
    with httpx.Client(transport=tempolor_mock.transport, base_url=tempolor_mock.api_url) as client:
        client.headers.update(tempolor_mock.headers)
        client.event_hooks["request"].append(lambda request: setattr(request, "url", Quiet(request.url)))

        listed = client.get("/music", params={"type": "nonsense"})

    assert listed.status_code == 400
