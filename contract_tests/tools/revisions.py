"""Prints docs/revisions.md: what each revision changed, by `tempolor drift --between`, and what it does to clients."""

from itertools import pairwise

from tempolor_contract.drift.between import between
from tempolor_contract.drift.report import Difference
from tempolor_contract.drift.telling import seen
from tempolor_spec import REVISIONS, load_document

_HEAD = """\
# What each revision changed

`make docs` wrote this page, by what [`tempolor drift --between`](drift.md#between-two-documents) says of two revisions.
"Breaks clients": what a client of the older one sends is refused, or what it gets is not what it was promised.
"May break": a client that knows all values, texts or defaults by heart meets another one.

`spec/CHANGELOG.md` tells where each change was seen.
"""


def page() -> str:
    """Return the page."""
    parts = [_HEAD]
    for old, new in pairwise(REVISIONS):
        report = between(load_document(old), load_document(new), names=(old, new))
        parts += [f"## From {old} to {new}\n", "| where | what | the document | clients |", "| --- | --- | --- | --- |"]
        parts += [*(_row(each) for each in report.differences), ""]
    return "\n".join(parts).rstrip() + "\n"


def _row(difference: Difference) -> str:
    where = ", ".join(f"`{seen(each)}`" for each in difference.sights)
    cells = (where, f"{difference.kind} `{difference.detail}`", difference.change, difference.breaks or "go on")
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"


if __name__ == "__main__":
    print(page(), end="")
