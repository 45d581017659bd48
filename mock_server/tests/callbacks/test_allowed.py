"""Who may get callbacks, and whose requests get any."""

import pytest
from tempolor_mock.callbacks.allowed_hosts import AllowedHosts, HostNotAllowedError, is_loopback
from tempolor_mock.callbacks.allowed_origins import AllowedOrigins, origin_not_allowed

ELSEWHERE = "192.0.2.7"


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:192.0.2.7", False),
        ("192.0.2.7", False),
        ("0.0.0.0", False),
        ("2001:db8::1", False),
        ("no address", False),
    ],
)
def test_loopback_is_this_machine_alone(address, ours):
    """In either version of IP, and in one dressed as the other."""
    assert is_loopback(address) is ours


def test_each_address_of_a_name_has_to_be_ours():
    """A name with one address here and one elsewhere would let a connection go to either."""
    hosts = AllowedHosts([])

    hosts.check("here.example", ["127.0.0.1", "::1"])
    with pytest.raises(HostNotAllowedError):
        hosts.check("both.example", ["127.0.0.1", ELSEWHERE])


def test_a_refused_host_is_told_with_the_address_it_has():
    """A name alone says nothing about where it leads; an address says it once."""
    hosts = AllowedHosts([])

    with pytest.raises(HostNotAllowedError, match=rf": there\.example \({ELSEWHERE}\) is not a loopback address"):
        hosts.check("there.example", [ELSEWHERE])
    with pytest.raises(HostNotAllowedError, match=rf": {ELSEWHERE} is not a loopback address"):
        hosts.check(ELSEWHERE, [ELSEWHERE])


@pytest.mark.parametrize("host", ["named.example", "NAMED.example", "named.example.", "2001:db8::1", "[2001:DB8::1]"])
def test_a_named_host_is_allowed_however_it_is_spelled(host):
    """With capitals, a dot at its end, or the brackets of a URL."""
    AllowedHosts(["Named.Example", "[2001:db8::1]"]).check(host, [ELSEWHERE])


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://app.example", True),
        ("HTTPS://App.Example", True),
        ("https://app.example:8443", False),
        ("https://other.example", False),
        ("http://localhost:5173", True),
        ("http://app.localhost:5173", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:8080", True),
        ("http://localhost.example", False),
        ("null", False),
        ("http://[", False),
    ],
)
def test_pages_of_this_machine_and_named_origins_may(origin, allowed):
    """A slash at the end of a named origin is what people copy from a browser."""
    assert AllowedOrigins(["https://App.example/"]).allow(origin) is allowed


def test_a_star_allows_any_origin():
    """Whoever says so wants no check."""
    assert AllowedOrigins(["*"]).allow("https://anybody.example")


def test_a_refused_origin_is_told_twice_and_cut_where_it_is_long():
    """It stands in a journal, which a page must not be able to fill."""
    told = origin_not_allowed("https://" + "x" * 192 + "yz")

    assert told.count("x" * 192 + ";") == told.count("x" * 192 + " to allow") == 1
