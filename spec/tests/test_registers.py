"""The registers beside the document are regular and complete."""

import re
from collections import Counter

import pytest
from tempolor_spec import REVISIONS


@pytest.fixture(scope="module")
def decisions(linters):
    """The rows of the register of decisions, each as its cells."""
    text = (linters.parent / "DECISIONS.md").read_text(encoding="utf-8")
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\| [DT]-", line)
    ]


def test_decisions_have_ids_of_their_own(decisions):
    """No two decisions share an id, and ids ascend within their kind."""
    ids = [row[0] for row in decisions]

    assert [name for name, count in Counter(ids).items() if count > 1] == []
    for kind in "DT":
        numbers = [int(name[2:]) for name in ids if name[0] == kind]
        assert numbers == sorted(numbers)


def test_decisions_are_complete(decisions):
    """A reading has a question, an answer, a reason, evidence and a verdict; a choice of tool has its rivals."""
    for row in decisions:
        assert len(row) == (6 if row[0].startswith("D") else 4), row[0]
        assert all(row), row[0]


def test_readings_tell_what_the_tests_do(decisions):
    """A reading's last cell begins with what contract tests do about it."""
    assert [row[0] for row in decisions if row[0][0] == "D" and not re.match("assert|tolerate", row[-1])] == []


def test_change_log_has_each_revision(linters):
    """The newest revision stands first, and none is missing."""
    headings = re.findall(r"^## (\S+)$", (linters.parent / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert headings == list(reversed(REVISIONS))
