"""Tokens and the composite ids that carry their owner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tempolor_mock.domain.errors import ServiceError
from tempolor_mock.domain.ids import CompositeId, Token, item_id

parts = st.text(st.characters(exclude_characters=":/", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
kinds = st.sampled_from(["job", "voice", "midi"])


@given(st.integers(0, 10**12).map(str), parts, kinds, parts)
def test_an_id_is_read_as_it_was_written(number, user_id, kind, item):
    """Whatever the account is called, its id survives the way through a client."""
    written = CompositeId(number, user_id, kind, item)

    assert CompositeId.parse(str(written), kind, name="job_id") == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "job:abc",
        "user:12345-tempolor:678-job:",
        "user:12345-tempolor:-job:abc",
        "user:-tempolor:678-job:abc",
        "user:x-tempolor:678-job:abc",
        "user:12345-tempolor:678-job:a:b",
        "user:12345-tempolor:6:8-job:abc",
        "user:12345-tempolor:678-song:abc",
        "user:12345-tempolor:678-voice:abc",
        "User:12345-tempolor:678-job:abc",
        " user:12345-tempolor:678-job:abc",
        "user:12345-runway:678-job:abc",
    ],
)
def test_other_shapes_and_kinds_are_refused_by_name(text):
    """The text names the parameter, as the pages do."""
    with pytest.raises(ServiceError) as refusal:
        CompositeId.parse(text, "job", name="job_id")

    assert (refusal.value.code, refusal.value.text) == (400, "job_id has incorrect format")


def test_a_hyphenated_account_is_part_of_the_id():
    """Only colons end the account's id."""
    parsed = CompositeId.parse("user:1-tempolor:a-job-b-job:c", "job", name="job_id")

    assert (parsed.user_id, parsed.item_id) == ("a-job-b", "c")


@pytest.mark.parametrize("number", ["١٢٣", "१२"], ids=["arabic", "devanagari"])
def test_other_digits_than_ascii_are_no_user_number(number):
    """The document's pattern knows the digits 0 to 9 alone."""
    with pytest.raises(ServiceError):
        CompositeId.parse(f"user:{number}-tempolor:678-job:abc", "job", name="job_id")


@pytest.mark.parametrize("value", ["user:12345-x", "user:0-abc-def", "user:12345-a:b/c?d=e"])
def test_a_token_is_user_number_and_text(value):
    """Any text without spaces will do."""
    assert str(Token.parse(value)) == value


@pytest.mark.parametrize(
    "value",
    ["", "12345-x", "user:-x", "user:x-y", "user:12345", "user:12345-", "user:12345-a b", "user:12345-é"],
)
def test_other_tokens_are_not_known(value):
    """A token of another shape names no world."""
    assert Token.parse(value) is None


def test_a_worlds_handle_does_not_give_its_token_away():
    """Links name the world by a handle that holds no part of the token."""
    token = Token.parse("user:12345-secret")

    assert "secret" not in token.handle
    assert "12345" not in token.handle
    assert token.handle != Token.parse("user:12345-other").handle


@given(st.lists(st.text(max_size=5), min_size=1, max_size=3), st.lists(st.text(max_size=5), min_size=1, max_size=3))
def test_item_ids_have_15_hexadecimal_digits_and_differ(first, second):
    """Different parts make different ids, as long as those in the samples."""
    ids = [item_id(*first), item_id(*second)]

    assert all(len(each) == 15 and set(each) <= set("0123456789abcdef") for each in ids)
    assert (ids[0] == ids[1]) == (first == second) or "\x1f" in "".join(first + second)
