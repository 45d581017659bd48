"""The README's figures are those of the last measurement."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def ratios(page):
    """Return the numbers of the table of ratios by the first word of the server they compare with."""
    (table,) = re.findall(r"\| the mock to .*\n\| --- .*\n((?:\| .*\n)+)", page.read_text("utf-8"))
    rows = [re.split(r"\s*\|\s*", line)[1:-1] for line in table.splitlines()]
    return {re.split(r"\W", name)[0]: figures for name, *figures in rows}


def test_the_readme_shows_the_last_benchmark():
    """`make bench` writes one of the two tables; whoever runs it carries the figures over."""
    assert ratios(ROOT / "README.md") == ratios(ROOT / "benchmarks" / "RESULTS.md")


def test_the_readme_shows_the_last_score():
    """`make score` writes what each detector noticed, in columns; the README shows them in rows."""
    score = (ROOT / "contract_tests" / "broken" / "SCORE.md").read_text("utf-8")
    (detectors,), (everything,) = (re.findall(rf"(?m)^\| {name} \|(.*)\|", score) for name in ("class", r"\*\*all\*\*"))
    noticed = {
        name.strip(): cell.strip().replace("/", "of")
        for name, cell in zip(detectors.split("|"), everything.split("|"), strict=True)
    }
    (table,) = re.findall(r"\| detector .*\n\| --- .*\n((?:\| .*\n)+)", (ROOT / "README.md").read_text("utf-8"))
    shown = [re.split(r"\s*\|\s*", line)[2] for line in table.splitlines()]
    order = ("schema", "stateful", "rules", "generated", "check", "schemathesis")
    assert shown == [noticed[each] for each in order if each in noticed]
