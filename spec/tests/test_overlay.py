"""Overlays change what they target, and nothing else, or say why they cannot."""

import json
import subprocess
import sys

import pytest
from tempolor_spec import REVISIONS, OverlayError, apply_overlay, load_document, operations, read_overlay


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


def test_a_list_of_required_names_goes_with_its_last_name():
    """OpenAPI 3.0 has no empty one; other lists may be empty."""
    document = {"required": ["a", "b"], "tags": ["a"]}

    apply_overlay(
        document,
        {
            "actions": [
                {"target": "$.required[?(@ == 'a')]", "remove": True},
                {"target": "$.required[?(@ == 'b')]", "remove": True},
                {"target": "$.tags[0]", "remove": True},
            ]
        },
    )

    assert document == {"tags": []}


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


def test_an_overlay_applied_again_changes_nothing():
    """What a list holds is not added again, and what is gone need not be removed."""
    actions = (
        {"target": "$.a", "update": {"enum": ["x", "y"], "old": 1}},
        {"target": "$.a.enum", "update": "z"},
        {"target": "$.a.gone", "remove": True},
    )

    once = overlaid({"a": {"enum": ["x"], "gone": 1}}, *actions)

    assert once == {"a": {"enum": ["x", "y", "z"], "old": 1}}
    assert overlaid(once, *actions) == {"a": {"enum": ["x", "y", "z"], "old": 1}}


def test_true_is_not_1_in_a_list():
    """Python thinks otherwise."""
    assert overlaid({"a": [1]}, {"target": "$.a", "update": True}) == {"a": [1, True]}


def test_version_1_1_copies_concatenates_and_replaces():
    """What 1.1 has over 1.0: `copy`, arrays that are joined, values in the place of values."""
    before = {"a": {"x": 1, "list": [1]}, "b": {"y": 2}}
    actions = [
        {"target": "$.b", "copy": "$.a"},
        {"target": "$.a.list", "update": [2, 3]},
        {"target": "$.a.x", "update": 9},
    ]

    apply_overlay(before, {"overlay": "1.1.0", "actions": actions})

    assert before == {"a": {"x": 9, "list": [1, 2, 3]}, "b": {"y": 2, "x": 1, "list": [1]}}


def test_the_number_of_the_action_is_told():
    """An overlay may have a hundred of them."""
    with pytest.raises(OverlayError, match=r"action 2: target \$\.b selects nothing"):
        overlaid({"a": {}}, {"target": "$.a", "update": {}}, {"target": "$.b", "update": {}})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a: [", "no YAML: did not find expected node content in line 2"),
        ("openapi: 3.0.3", "no OpenAPI overlay: it has no field overlay"),
        ("- 1", "no OpenAPI overlay"),
        ("overlay: 2.0.0\ninfo: {}\nactions: []", "Overlay 2.0.0 is not known; use 1.0.0 or 1.1.0"),
        ("overlay: 1.0.0\nactions: []", "no field info"),
        ("overlay: 1.0.0\ninfo: {}\nactions: []", "actions is no list of actions"),
        ("overlay: 1.0.0\ninfo: {}\nactions: [x]", "action 1 is no object"),
        ("overlay: 1.0.0\ninfo: {}\nactions: [{update: {}}]", "action 1 has no target"),
        ("overlay: 1.0.0\ninfo: {}\nactions: [{target: $.a}]", "action 1 has neither update nor remove nor copy"),
        ("- " * 5000, "nested more than 200 deep"),
        ("\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]" for n in range(1, 9))]), "more than 200000"),
        ("#" * (9 << 20), "larger than 8 MB"),
        ("a: \x00", "no YAML"),
    ],
    ids=lambda value: value[:20] if len(value) < 200 else f"{len(value)} characters",
)
def test_what_is_no_overlay_is_told_in_one_line(tmp_path, content, reason):
    """However large, deep or foreign the file is."""
    file = tmp_path / "o.yaml"
    file.write_text(content)

    with pytest.raises(OverlayError, match=r"o\.yaml") as caught:
        read_overlay(file)

    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    """And so is one that may not be read."""
    with pytest.raises(OverlayError, match="cannot be read: No such file"):
        read_overlay(tmp_path / "none.yaml")


def document_with(tmp_path, *actions, version="1.0.0", revision=REVISIONS[0]):
    """Return the document with an overlay of these actions."""
    file = tmp_path / "o.yaml"
    file.write_text(json.dumps({"overlay": version, "info": {}, "actions": actions}))
    return load_document(revision, [file])


def test_overlays_are_applied_one_after_the_other(tmp_path):
    """The second one sees what the first one did, and one given twice changes nothing more."""
    first, second = tmp_path / "1.yaml", tmp_path / "2.yaml"
    field = {"overlay": "1.0.0", "info": {}, "actions": [{"target": "$.components.schemas.SongModel"}]}
    for file, model in ((first, "v5"), (second, "v6")):
        field["actions"][0]["update"] = {"enum": [model]}
        file.write_text(json.dumps(field))

    found = load_document(REVISIONS[0], [first, second, first])

    assert found["components"]["schemas"]["SongModel"]["enum"] == ["v3", "v3.5", "v5", "v6"]


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ({"target": "$.components.schemas.Nope", "update": {}}, "does not fit revision 2025-05: action 1: target"),
        ({"target": "$.paths['/music/song'].post.responses", "remove": True}, '"responses" is a required property'),
        ({"target": "$.components.schemas.Prompt", "update": {"type": "text"}}, 'Prompt/type: "text" is not one of'),
        ({"target": "$.components.schemas.Prompt", "update": {"pattern": "("}}, '"(" is not a "regex"'),
        ({"target": "$.components.schemas.Prompt", "remove": True}, "nothing is at #/components/schemas/Prompt"),
        (
            {
                "target": "$.components.schemas.Account.properties",
                "update": {"me": {"$ref": "#/components/schemas/Account"}},
            },
            "refers to itself",
        ),
        ({"target": "$.paths['/music/song'].post", "update": {"operationId": "get_music"}}, "is that of"),
        ({"target": "$", "update": {"openapi": "3.1.0"}}, "openapi: is not 3.0.x"),
    ],
)
def test_an_overlay_that_breaks_the_document_is_refused(tmp_path, action, reason):
    """The message says where, before anything is judged or served by it."""
    with pytest.raises(OverlayError) as caught:
        document_with(tmp_path, action)

    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_operation_without_an_id_gets_one(tmp_path):
    """And the parameters of its path are its own."""
    path = {
        "parameters": [{"$ref": "#/components/parameters/JobId"}],
        "get": {"responses": {"200": {"description": "The words."}}},
    }

    found = document_with(tmp_path, {"target": "$.paths", "update": {"/music/{job_id}/lyrics": path}})

    [added] = [each for each in operations(found) if each.path.endswith("/lyrics")]
    assert added.operation_id == "get_music_job_id_lyrics"
    assert added.definition["parameters"] == path["parameters"]


def test_no_soundness_is_looked_at_without_overlays():
    """The default start-up does not pay for what only overlays need."""
    program = (
        "import sys; from tempolor_spec import load_document; load_document(); print('jsonschema_rs' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert said == "False\n"
