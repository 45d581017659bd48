"""Which tests a mutant is tried with, and what is said of those that change nothing."""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools" / "mutation"))

from choice import Reach, chosen  # noqa: E402 - a program's own module

PACKAGES = {
    "tempolor_mock": ROOT / "mock_server",
    "tempolor_contract": ROOT / "contract_tests",
    "tempolor_client": ROOT / "generated_client" / "python",
}


def test_what_changes_nothing_is_a_change_of_the_code_as_it_is():
    """A reason that outlives its code would excuse another change some day."""
    listed = tomllib.loads((ROOT / "tools/mutation/equivalents.toml").read_text(encoding="utf-8"))["mutant"]

    for each in listed:
        code = " ".join((PACKAGES[each["file"].partition("/")[0]] / each["file"]).read_text(encoding="utf-8").split())
        assert " ".join(each["before"].split()) in code, each
        assert each["after"] != each["before"]
        assert each["reason"]


def test_a_mutant_is_tried_with_the_tests_that_look_at_little_else():
    """As many as fit into the time, those of one file together; the first of them however long it takes."""
    reach = {
        "whole.py::story": Reach(0.1, frozenset("abcd")),
        "unit.py::two": Reach(0.3, frozenset("ab")),
        "other.py::three": Reach(0.2, frozenset("abc")),
        "unit.py::long": Reach(0.6, frozenset("abcd")),
        "unit.py::one": Reach(0.1, frozenset("a")),
        "unit.py::another": Reach(5.0, frozenset("d")),
    }

    assert chosen("a", reach, 1.2) == ["unit.py::one", "unit.py::two", "other.py::three", "whole.py::story"]
    assert chosen("a", reach, 1.4) == [
        "unit.py::one",
        "unit.py::two",
        "unit.py::long",
        "other.py::three",
        "whole.py::story",
    ]
    assert chosen("d", reach, 0.1) == ["unit.py::another"]
    assert chosen("e", reach, 1) == []
