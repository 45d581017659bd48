"""Tests of the examples in the documentation."""

import re
from pathlib import Path

import pytest
from tempolor_mock.testing import MockServer

PAGE = Path(__file__).parents[2] / "docs" / "contract-testing.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_page_has_examples():
    """There is something to test."""
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("number", range(3))
def test_an_example_runs(number):
    """Each example runs as it is printed, on a mock of its own."""
    code = EXAMPLES[number].replace("receiver.wait_for(", "(lambda *_a, **_o: None)(")
    with MockServer(job_seconds=1) as server:
        names: dict[str, object] = {}
        exec(code.replace("http://127.0.0.1:4010", server.url), names)
        for name, found in names.items():
            if name.startswith("test_"):
                found()
