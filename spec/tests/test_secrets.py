"""What is hidden, and what is known at a glance to have nothing to hide."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tempolor_spec.secrets import is_secret_name, may_have_secret, redact_fragment, redact_json, redact_text

KNOWN = ("user:7-known", "a control token")

WORDS = st.sampled_from(
    [
        *("user:1-x", "USER%3A12-y", "-tempolor:", "user:1-tempolor:2-job:3", "://a:b@c", "a control token"),
        *("auth", "author", "Ticket", "to\u212aen", "pa\u017f\u017fword", "s\u0131d", "S\u0130D", "sid", "API key"),
        *("bearer ", "%74oken", "\\u0074oken", "abcdefghijklmnopq", "user:7-known", *"?&=\"'\\:{}[] "),
    ]
)
TEXTS = st.lists(WORDS | st.text(max_size=5), max_size=8).map("".join)


@given(TEXTS)
def test_what_looks_harmless_at_a_glance_has_nothing_to_hide(text):
    """Else a secret would be shown, or written down, that is hidden elsewhere."""
    if not may_have_secret(text, KNOWN):
        value = {text: [text]}
        assert redact_text(text, KNOWN) == redact_fragment(text, KNOWN) == text
        assert not is_secret_name(text)
        assert redact_json(value, text=lambda each: redact_fragment(each, KNOWN)) == value


@pytest.mark.parametrize(
    "text", ["A harbour ballad", json.dumps({"job": "user:12345-tempolor:204816357-job:8f3c1d5ab27e940", "bpm": 90})]
)
def test_most_of_what_goes_by_looks_harmless(text):
    """Ids of jobs begin like tokens, and are in every answer."""
    assert not may_have_secret(text, KNOWN)


@pytest.mark.parametrize("nothing", [None, False, [], {}], ids=str)
def test_what_is_no_secret_is_not_marked_as_one(nothing):
    """Its mark would look like a secret that was there."""
    assert redact_json({"service_ticket": nothing}) == {"service_ticket": nothing}
    assert redact_json({"service_ticket": ["abc"]}) != {"service_ticket": ["abc"]}
