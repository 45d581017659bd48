"""JSON is read only as deep as anybody nests it, in pieces of any size, and is otherwise left as it is."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tempolor_contract.exchanges.nesting import MOST_LEVELS, ShallowReader, is_too_deep

TEXTS = st.text(st.sampled_from('[]{}"\\ax,:'), max_size=6)
VALUES = st.recursive(
    st.none() | TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)


def kept(text: bytes, size: int) -> bytes:
    """Read a text in pieces of a size."""
    reader = ShallowReader(io.BytesIO(text))
    return b"".join(iter(lambda: reader.read(size), b""))


def cut(value, levels):
    """Return a value with null in place of what stands deeper than some levels."""
    if isinstance(value, list):
        return [cut(each, levels - 1) for each in value] if levels else None
    if isinstance(value, dict):
        return {name: cut(each, levels - 1) for name, each in value.items()} if levels else None
    return value


@settings(database=None, derandomize=True, deadline=None)
@given(value=VALUES, size=st.integers(1, 9))
def test_what_is_shallow_is_left_as_it_is(value, size):
    """Brackets, quotes and backslashes in texts do not count, wherever a piece ends."""
    text = json.dumps(value).encode()

    assert kept(text, size) == text


@settings(database=None, derandomize=True, deadline=None)
@given(value=VALUES, size=st.integers(1, 9))
def test_null_stands_for_what_is_too_deep(value, size):
    """All around it is kept."""
    levels = MOST_LEVELS - 2
    text = b"[" * levels + json.dumps(value).encode() + b"]" * levels

    assert kept(text, size)[levels:-levels] == kept(text, 10**6)[levels:-levels]
    assert json.loads(kept(text, size)[levels:-levels]) == cut(value, 2)


@pytest.mark.parametrize(("levels", "deep"), [(MOST_LEVELS, False), (MOST_LEVELS + 1, True), (10**5, True)])
def test_depth_is_measured(levels, deep):
    """As many levels as may be are fine, one more is not; brackets in texts are no levels."""
    assert is_too_deep(b"[" * levels + b"]" * levels) is deep
    assert not is_too_deep(json.dumps(["[" * levels]).encode())
