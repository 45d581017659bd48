"""Overlays change what they target, and nothing else, or say why they cannot."""

import pytest
from tempolor_spec import OverlayError, apply_overlay


def overlaid(document, *actions):
    """Return a document after these actions."""
    apply_overlay(document, {"overlay": "1.0.0", "actions": list(actions)})
    return document


def test_an_update_is_merged_into_an_object():
    """Objects are merged deeply, lists grow, other values are replaced."""
    before = {"a": {"keep": 1, "change": 1, "deep": {"keep": 1}, "list": [1]}}

    after = overlaid(before, {"target": "$.a", "update": {"change": 2, "deep": {"new": 3}, "list": [4]}})

    assert after == {"a": {"keep": 1, "change": 2, "deep": {"keep": 1, "new": 3}, "list": [1, 4]}}


def test_an_update_is_appended_to_a_list():
    """A list that is targeted itself gets the update as its last item."""
    assert overlaid({"a": [1]}, {"target": "$.a", "update": 2}) == {"a": [1, 2]}


def test_an_update_changes_every_match():
    """Each match gets a copy of its own."""
    after = overlaid({"a": {}, "b": {}}, {"target": "$.*", "update": {"x": [1]}})

    after["a"]["x"].append(2)

    assert after["b"] == {"x": [1]}


def test_removal_takes_out_fields_and_items():
    """What is removed leaves its object or list, however many items go at once."""
    before = {"a": {"x": 1, "y": 2}, "b": [0, 1, 2, 3]}

    after = overlaid(before, {"target": "$.a.x", "remove": True}, {"target": "$.b[0, 2]", "remove": True})

    assert after == {"a": {"y": 2}, "b": [1, 3]}


def test_actions_come_one_after_the_other():
    """A later action sees what an earlier one did."""
    after = overlaid({"a": {}}, {"target": "$.a", "update": {"x": 1}}, {"target": "$.a.x", "remove": True})

    assert after == {"a": {}}


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ({"target": "$.missing", "update": {}}, r"\$\.missing selects nothing"),
        ({"target": "$.[", "update": {}}, r"\$\.\[ is not a JSONPath"),
        ({"target": "$.a.x", "update": {"y": 1}}, r"\$\.a\.x selects a value that cannot be updated"),
        ({"target": "$.a", "update": 1}, r"\$\.a selects a value that cannot be updated"),
        ({"target": "$", "remove": True}, r"\$ selects the whole document"),
    ],
)
def test_an_overlay_that_does_not_fit_is_refused(action, reason):
    """The error names the target and what is wrong with it."""
    with pytest.raises(OverlayError, match=reason):
        overlaid({"a": {"x": 1}}, action)
