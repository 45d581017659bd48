"""The page of a mutation run: how many changes were noticed, which were not, and which of those change nothing."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

EQUIVALENTS: Final = Path(__file__).parent / "equivalents.toml"
WANTED: Final = 0.95
_NOTICED: Final = frozenset({"killed", "timeout"})
_HEAD: Final = """# What the tests notice

Made by `make mutation`: each row is code that was changed in one place at a time (a comparison turned, a number moved,
a condition negated, a value lost), and how many of those changes its tests notice.
{tried} of {made} mutants were tried, drawn with the seed `{seed}`; for each, tests that reach the changed function were
run for a while, and what they did not notice was tried again with more of them. {wanted:.0%} of those that change
anything are to be noticed.
Left out: other spellings of texts, calls with an argument less, and what stands outside of functions.

| code | mutants | tried | noticed | change nothing | survived | noticed of the others |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
"""

Results = Mapping[str, Any]


def write_page(results: Mapping[str, Results], seed: str, left_out: Sequence[str], file: Path | None) -> bool:
    """Write the page, print its table, and return whether enough was noticed in each area."""
    known = reasons()
    rows = {area: _row(found, known) for area, found in results.items()}
    made, tried = (sum(row[place] for row in rows.values()) for place in (0, 1))
    text = _HEAD.format(made=made, tried=tried, seed=seed, wanted=WANTED)
    text += "".join(_line(area, row) for area, row in rows.items())
    text += _line("**all**", tuple(sum(column) for column in zip(*rows.values(), strict=True)))
    if left_out:
        text += f"\nNot tried yet: {', '.join(left_out)}.\n"
    survivors = [
        each
        for found in results.values()
        for each in found["mutants"]
        if not is_noticed(each) and key_of(each) not in known
    ]
    if survivors:
        text += "\n## Survivors\n\n| where | instead of | it says |\n| --- | --- | --- |\n"
        text += "".join(
            f"| {_where(each)} | {_code(each['before'])} | {_code(each['after'])} |\n" for each in survivors
        )
    tried_keys = {key_of(each) for found in results.values() for each in found["mutants"]}
    if same := {key: reason for key, reason in known.items() if key in tried_keys}:
        text += "\n## Changes that change nothing\n\n| where | instead of | it says | why nobody can tell |\n"
        text += "| --- | --- | --- | --- |\n"
        for (place, function, before, after), reason in same.items():
            text += f"| `{place}` `{function}` | {_code(before)} | {_code(after)} | {reason} |\n"
    print(text)
    if file is not None:
        file.write_text(text, encoding="utf-8")
    return all(_share(row) >= WANTED for row in rows.values())


def reasons() -> dict[tuple[str, str, str, str], str]:
    """Return why changes that change nothing do so, by what they are told by (`key_of`)."""
    listed = tomllib.loads(EQUIVALENTS.read_text(encoding="utf-8")).get("mutant", [])
    return {(each["file"], each["function"], each["before"], each["after"]): each["reason"] for each in listed}


def _row(found: Results, known: Mapping[tuple[str, str, str, str], str]) -> tuple[int, ...]:
    mutants = found["mutants"]
    noticed = sum(is_noticed(each) for each in mutants)
    same = sum(not is_noticed(each) and key_of(each) in known for each in mutants)
    return found["made"], len(mutants), noticed, same, len(mutants) - noticed - same


def _share(row: tuple[int, ...]) -> float:
    _, _, noticed, _, survived = row
    return noticed / ((noticed + survived) or 1)


def _line(name: str, row: tuple[int, ...]) -> str:
    return f"| {name} | {' | '.join(map(str, row))} | {100 * _share(row):.1f} % |\n"


def is_noticed(mutant: Mapping[str, str]) -> bool:
    """Return whether a test failed for that mutant, or never ended."""
    return mutant["verdict"] in _NOTICED


def key_of(mutant: Mapping[str, str]) -> tuple[str, str, str, str]:
    """Return what a mutant is told by, in `equivalents.toml` and from one run to the next."""
    return mutant["file"], mutant["function"], mutant["before"], mutant["after"]


def _where(mutant: Mapping[str, str]) -> str:
    return f"`{mutant['file']}` `{mutant['function']}`"


def _code(text: str) -> str:
    return f"`{text.replace('|', chr(92) + '|')}`" if text else "(nothing)"
