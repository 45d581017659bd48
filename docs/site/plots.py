"""Draws speed and score as plain SVG, from the pages that `make bench` and `make score` write, which run it too."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
PICTURES: Final = ROOT / "docs" / "pictures"
_WIDTH: Final = 720
_LABELS: Final = 190
_ROW: Final = 22
_SPACE: Final = 90  # for the figure behind the longest bar
_STYLE: Final = """\
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.bar { fill: #8c959f }
.ours { fill: #4051b5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .bar { fill: #6e7681 }
  .ours { fill: #8c9eff }
}"""


class Bar(NamedTuple):
    """A bar: its label, its length, the figure behind it, and whether it is the kit's own."""

    label: str
    length: float
    figure: str
    ours: bool


class Group(NamedTuple):
    """Bars that are compared with each other, under a title."""

    title: str
    bars: Sequence[Bar]


def plots() -> dict[str, str]:
    """Return every plot by the name of its file."""
    return {
        "speed.svg": speed_plot((ROOT / "benchmarks" / "RESULTS.md").read_text("utf-8")),
        "score.svg": score_plot((ROOT / "contract_tests" / "broken" / "SCORE.md").read_text("utf-8")),
    }


def rows_of(page: str, first_column: str) -> list[list[str]]:
    """Return the cells of the table whose header begins with a text, header first.

    Raises:
        ValueError: No table begins so.

    """
    found = re.search(rf"^\| {re.escape(first_column)} \|.*\n\|[-: |]+\n(?:\|.*\n?)+", page, re.MULTILINE)
    if found is None:
        raise ValueError(f"no table begins with the column {first_column!r}")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found[0].splitlines()]
    return [rows[0], *rows[2:]]


def speed_plot(results: str) -> str:
    """Return the plot of requests per second from the page that `make bench` writes."""
    header, *servers = rows_of(results, "server")
    groups = []
    for title in ("polls/s", "orders/s"):
        column = header.index(title)
        groups.append(
            Group(
                title.replace("/s", " per second"),
                [
                    Bar(row[0], float(row[column].replace(",", "")), row[column], row[0] == "the mock")
                    for row in servers
                ],
            )
        )
    return _drawn("Speed of the mock beside its peers", groups)


def score_plot(score: str) -> str:
    """Return the plot of noticed mutants from the page that `make score` writes."""
    header, *rows = rows_of(score, "class")
    (everything,) = (row for row in rows if row[0] == "**all**")
    bars = []
    for name, cell in list(zip(header, everything, strict=True))[1:]:
        if name != "any" and cell != "-":  # a detector that was left out
            noticed, played = map(float, cell.split("/"))
            bars.append(Bar(name, noticed / played, cell.replace(" / ", " of "), name != "schemathesis"))
    return _drawn("Score of the contract tests", [Group("Broken services noticed", bars)])


def _drawn(title: str, groups: Sequence[Group]) -> str:
    lines = list(_lines(groups))
    height = _ROW * (sum(len(group.bars) + 1.6 for group in groups) + 0.2)
    size = f'width="{_WIDTH}" height="{height:.0f}" viewBox="0 0 {_WIDTH} {height:.0f}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">'
    return "\n".join([opening, f"<style>\n{_STYLE}\n</style>", *lines, "</svg>"]) + "\n"


def _lines(groups: Sequence[Group]) -> Iterator[str]:
    top = 0.0
    for group in groups:
        yield f'<text class="title" x="0" y="{top + 16:.0f}">{escape(group.title)}</text>'
        top += _ROW
        longest = max(bar.length for bar in group.bars)
        for bar in group.bars:
            width = max((_WIDTH - _LABELS - _SPACE) * bar.length / longest, 1)
            kind = "bar ours" if bar.ours else "bar"
            yield f'<text x="0" y="{top + 16:.0f}">{escape(bar.label)}</text>'
            place = f'x="{_LABELS}" y="{top + 4:.0f}" width="{width:.0f}" height="{_ROW - 7}"'
            yield f'<rect class="{kind}" {place} rx="2"/>'
            yield f'<text x="{_LABELS + width + 6:.0f}" y="{top + 16:.0f}">{escape(bar.figure)}</text>'
            top += _ROW
        top += _ROW * 0.6


if __name__ == "__main__":
    for name, drawing in plots().items():
        (PICTURES / name).write_text(drawing, "utf-8")
