"""The changes that are said to change nothing are changes of code that is there."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
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
