"""Secrets are hidden in whatever form they come."""

import pytest
from tempolor_mock.journal import redacted_body, redacted_headers, redacted_query

JSON = b"application/json"


@pytest.mark.parametrize(
    ("text", "media_type", "shown"),
    [
        pytest.param(b'{"a":{"service_ticket":"s"},"b":1}', JSON, {"a": {"service_ticket": "***"}, "b": 1}, id="JSON"),
        pytest.param(b'[{"apiKey":"s"}]', JSON, [{"apiKey": "***"}], id="inside a list"),
        pytest.param(b'{"service_ticket": "s", "b', JSON, '{"service_ticket": "***", "b', id="cut JSON"),
        pytest.param(b'{"service_ticket": "s', JSON, '{"service_ticket": "***"', id="JSON cut inside the secret"),
        pytest.param(
            b'{"requestParams":{"service_ticket":"s","a":1},"pad":"y',
            JSON,
            '{"requestParams":{"service_ticket":"***","a":1},"pad":"y',
            id="cut JSON with something nested",
        ),
        pytest.param(b'{"a":1,"cookie":{"x":"s"},"b', JSON, '{"a":1,"cookie":"***"', id="a cut secret that is nested"),
        pytest.param(b"[" * 300 + b"]" * 300, JSON, "[" * 300 + "]" * 300, id="deeper than anybody looks"),
        pytest.param(b"password=s&b=1", b"application/x-www-form-urlencoded", "password=***&b=1", id="form"),
        pytest.param(b'"http://me:s@host/"', JSON, "http://***@host/", id="user in an address"),
        pytest.param(b"caf\xe9", b"text/plain", "caf\ufffd", id="not UTF-8"),
    ],
)
def test_secrets_in_bodies_are_hidden(text, media_type, shown):
    """By the names of fields, at any depth, and in JSON that was cut before it could be parsed."""
    assert redacted_body(text, media_type) == shown


def test_secrets_in_multipart_forms_are_hidden():
    """As a part of its own, and inside the JSON of another; the rest stays readable."""
    form = (
        b'--x\r\nContent-Disposition: form-data; name="service_ticket"\r\n\r\nhidden\r\n'
        b'--x\r\nContent-Disposition: form-data; name="requestParams"\r\n\r\n{"service_ticket":"hidden","a":1}\r\n--x--'
    )

    shown = redacted_body(form, b"multipart/form-data")
    assert "hidden" not in shown
    assert '"a":1' in shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        (b"Authorization", b"Bearer user:7-s", "Bearer user:7-***"),
        (b"authorization", b"Basic s", "***"),
        (b"cookie", b"s", "***"),
        (b"x-mock-control-token", b"s", "***"),
        (b"content-type", JSON, "application/json"),
    ],
)
def test_secrets_in_headers_are_hidden(name, value, shown):
    """Of a token its world's number stays; other headers are shown as they came."""
    assert redacted_headers([(name, value)]) == {name.decode().lower(): shown}


def test_headers_given_twice_are_joined():
    """With a comma, as HTTP has it: neither value is lost."""
    assert redacted_headers([(b"accept", b"a"), (b"accept", b"b")]) == {"accept": "a, b"}


@pytest.mark.parametrize(
    ("query", "shown"),
    [(b"auth_key=1-0-0-s", "auth_key=***"), (b"a=%20&b", "a=%20&b"), (b"%74oken=s&b=", "token=***&b=")],
)
def test_secrets_in_queries_are_hidden(query, shown):
    """Also under a name in percent-encoding; what is no secret keeps its spelling."""
    assert redacted_query(query) == shown
