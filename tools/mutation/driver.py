"""Runs mutmut in the folder it is called in, over a sample of its mutants, and writes what became of each of them.

mutmut is driven through its functions, since its command line has no sampling and no choice of operators.
"""

import difflib
import json
import random
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import libcst as cst
import mutmut.__main__ as mutmut
from mutmut import stats
from mutmut.mutation import mutators
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import read_mutant_function, read_mutants_module, read_original_function
from mutmut.stats import status_by_exit_code
from mutmut.ui import terminal

RESULTS: Final = Path("results.json")
# Other spellings of texts and calls with an argument less are left out: the ones are mostly messages, and type checking
# finds most of the others.
_LEFT_OUT: Final = frozenset({"operator_string", "operator_arg_removal", "operator_dict_arguments", "operator_lambda"})


def main() -> None:
    """Make all mutants, try a sample of them, and write the results."""
    count, seed, pattern = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    mutators.mutation_operators[:] = [  # type: ignore[index]
        *(each for each in mutators.mutation_operators if each[1].__name__ not in _LEFT_OUT),
        (cst.If, negated),
        (cst.CompIf, negated),
    ]
    mutmut.print_status = lambda *_, **__: None
    terminal.print_status = stats.print_status = mutmut.print_status
    mutmut.copy_src_dir()
    mutmut.create_mutants(1)
    names = [name for data in _all_data() for name in data.exit_code_by_key]
    chosen = sample(names, count, seed, pattern)
    mutmut._run(chosen, max_children=1)  # noqa: SLF001 - see above
    found = {name: (data, name, code) for data in _all_data() for name, code in data.exit_code_by_key.items()}
    # Ctrl-C ends the trying; what was tried until then counts.
    results = [_result(*found[name]) for name in chosen if found[name][2] is not None]
    RESULTS.write_text(json.dumps({"made": len(names), "mutants": results}, indent=1), encoding="utf-8")


def negated(node: cst.If | cst.CompIf) -> Iterable[cst.CSTNode]:
    """Turn a condition round: an operator that mutmut does not have."""
    test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), test), whitespace_before_test=cst.SimpleWhitespace(" "))


def sample(names: list[str], count: int, seed: str, pattern: str) -> list[str]:
    """Return that many of the names that contain the pattern, the same ones for the same names and seed."""
    wanted = sorted(name for name in names if pattern in name)
    return sorted(random.Random(seed).sample(wanted, min(count, len(wanted))))  # noqa: S311 - no secret


def _all_data() -> list[SourceFileMutationData]:
    made = [SourceFileMutationData(path=path) for path in mutmut.walk_mutatable_files()]
    for each in made:
        each.load()
    return made


@cache
def _module(path: Path) -> cst.Module:
    return read_mutants_module(path)


def _result(data: SourceFileMutationData, name: str, code: int | None) -> dict[str, str]:
    module = _module(data.path)
    short = name.rpartition(".")[2]
    original = cst.Module([read_original_function(module, name)]).code.splitlines()
    mutated = cst.Module([read_mutant_function(module, name)]).code.splitlines()
    changed = [line for line in difflib.ndiff(original, mutated) if line[:2] in {"- ", "+ "}]
    return {
        "name": name,
        "file": str(data.path).removeprefix("src/"),
        "function": short.partition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ").replace("ǁ", "."),
        "before": " ".join(line[2:].strip() for line in changed if line.startswith("- ")),
        "after": " ".join(line[2:].strip() for line in changed if line.startswith("+ ")),
        "verdict": status_by_exit_code[code],
        "seconds": str(round(data.durations_by_key.get(name, 0.0), 1)),
    }


if __name__ == "__main__":
    main()
