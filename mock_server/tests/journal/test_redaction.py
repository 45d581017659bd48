"""Secrets are hidden in whatever form they come."""

import time

import pytest
from tempolor_mock.journal.redaction import redacted_body, redacted_headers, redacted_query

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


KNOWN = ("hush+/hush",)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        (b"autorization", b"Bearer user:7-s", "Bearer user:7-***"),
        (b"x-auth", b"s", "***"),
        (b"x-api-key", b"s", "***"),
        (b"x-note", b"for user:7-s", "for user:7-***"),
        (b"x-note", b"say hush+/hush", "say ***"),
        (b"referer", b"http://host/?access_token=s&a=b", "http://host/?access_token=***&a=b"),
    ],
)
def test_secrets_under_other_names_are_hidden(name, value, shown):
    """A misspelt header, and a token anywhere in a value."""
    assert redacted_headers([(name, value)], KNOWN) == {name.decode(): shown}


@pytest.mark.parametrize(
    ("text", "media_type", "shown"),
    [
        pytest.param(b'{"note":"user:7-s"}', JSON, {"note": "user:7-***"}, id="JSON"),
        pytest.param(b'{"note":"say hush+/hush"}', JSON, {"note": "say ***"}, id="a known one"),
        pytest.param(b'{"note":"{\\"cookie\\":\\"s\\"}"}', JSON, {"note": '{"cookie":"***"}'}, id="JSON in JSON"),
        pytest.param(
            b'{"url":"http://host/a?auth_key=s&b=1"}', JSON, {"url": "http://host/a?auth_key=***&b=1"}, id="link"
        ),
        pytest.param(
            b'{"job":"user:7-tempolor:8-job:9"}', JSON, {"job": "user:7-tempolor:8-job:9"}, id="an id is none"
        ),
        pytest.param(b'{"author":"me"}', JSON, {"author": "me"}, id="nor is an author"),
        pytest.param(b'{"note":"user:7-s', JSON, '{"note":"user:7-***', id="cut JSON"),
        pytest.param(
            b'{"a":"{\\"token\\":\\"s\\",\\"b\\":1', JSON, '{"a":"{\\"token\\":\\"***\\",\\"b\\":1', id="cut, escaped"
        ),
        pytest.param(b"say hush%2B%2Fhush", b"text/plain", "say ***", id="encoded"),
        pytest.param(b"a=user%3A7-s", b"application/x-www-form-urlencoded", "a=user%3A7-***", id="form"),
        pytest.param(b"no delimiter, token=s", b"multipart/form-data", "***", id="a form that is none"),
    ],
)
def test_secrets_in_values_are_hidden(text, media_type, shown):
    """A token by its shape, others because they are known."""
    assert redacted_body(text, media_type, KNOWN) == shown


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        pytest.param(b'{"' + b'\\"' * 30_000, JSON, id="escaped quotes"),
        pytest.param(b'{"lyrics": "' + b'\\"la la\\" ' * 6_000, JSON, id="cut lyrics with quotes"),
        pytest.param(b'{"' + b"token" * 13_000, JSON, id="names"),
        pytest.param(b'"token": ' * 7_000, b"text/plain", id="names without values"),
        pytest.param(b'"token":\\"' * 6_000, b"text/plain", id="values without ends"),
        pytest.param(b"\\" * 65_000, b"text/plain", id="backslashes"),
        pytest.param(b"bearer " * 9_000, b"text/plain", id="bearers"),
        pytest.param(b"bearer" + b" " * 65_000, b"text/plain", id="spaces"),
        pytest.param(b"://" * 20_000, b"text/plain", id="addresses"),
        pytest.param(b"?a" * 30_000, b"text/plain", id="parameters"),
        pytest.param(b"user:1-" * 9_000, b"text/plain", id="tokens"),
        pytest.param(b"--x\r\ncontent-disposition:" + b' name="' * 9_000, b"multipart/form-data", id="form names"),
        pytest.param(b"--x\r\n" + b"content-disposition: name=\r\n" * 2_000, b"multipart/form-data", id="form heads"),
        pytest.param(b"--" + b"\n--" * 20_000, b"multipart/form-data", id="form parts"),
        pytest.param(b"token=&" * 9_000, b"application/x-www-form-urlencoded", id="form fields"),
        pytest.param(b'{"a":"' + b"[" * 60_000 + b'"}', JSON, id="lists in a text"),
    ],
)
def test_64_kb_of_anything_take_little_time(text, media_type):
    """Time in proportion to the length: with squares of it these took seconds to minutes of CPU."""
    begun = time.process_time()

    redacted_body(text, media_type, KNOWN)

    assert time.process_time() - begun < 2
