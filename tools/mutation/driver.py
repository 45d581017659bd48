"""Makes mutants with mutmut in the folder it is called in, tries a sample of them, and writes what became of each.

mutmut is driven through its functions, since its command line has no sampling and no choice of operators, and starts
pytest anew for each mutant.
"""

import asyncio
import difflib
import json
import os
import random
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import libcst as cst
import mutmut.__main__ as mutmut
import pytest
from forks import Forks
from mutmut.configuration import config
from mutmut.mutation import mutators
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import read_mutant_function, read_mutants_module, read_original_function
from mutmut.utils.file_utils import setup_source_paths
from page import is_noticed, key_of, reasons

# Other spellings of texts and calls with an argument less are left out: the ones are mostly messages, and type checking
# finds most of the others.
_LEFT_OUT: Final = frozenset({"operator_string", "operator_arg_removal", "operator_dict_arguments", "operator_lambda"})


def main() -> None:
    """Make all mutants, try a sample of them, and write after each what is known; what the file says is kept."""
    count, seed, pattern, seconds, file = sys.argv[1:]
    database = os.environ.get("TEMPOLOR_TEST_POSTGRES")
    where = {name: data.path for data in _make() for name in data.exit_code_by_key}
    described = {name: _described(where[name], name) for name in sample(list(where), int(count), seed, pattern)}
    kept = _earlier(Path(file))
    results = {name: kept.get(key_of(each)) for name, each in described.items()}

    def note(name: str, verdict: str, took: float) -> None:
        if database:
            asyncio.run(_end_connections(database))
        results[name] = described[name] | {"verdict": verdict, "seconds": str(round(took, 1))}
        known = [each for each in results.values() if each]
        Path(file).write_text(json.dumps({"made": len(where), "mutants": known}, indent=1), encoding="utf-8")
        print(f"{verdict:8} {took:5.1f} s  {name}", flush=True)

    untried = [name for name, found in results.items() if not found]
    forks = Forks(untried, float(seconds), Path(file).with_suffix(".reach.json"), note)
    options = ["-q", *config().pytest_add_cli_args, *config().pytest_add_cli_args_test_selection]
    os.chdir("mutants")
    sys.exit(pytest.main(options, plugins=[forks]))


def _earlier(file: Path) -> dict[tuple[str, ...], dict[str, str]]:
    if not file.exists():
        return {}
    found = json.loads(file.read_text(encoding="utf-8"))["mutants"]
    excused = reasons()
    return {key_of(each): each for each in found if is_noticed(each) or key_of(each) in excused}


async def _end_connections(database: str) -> None:
    """End what a mutant left under way in the database that all share: a lock of it would hold up the next one."""
    import asyncpg  # noqa: PLC0415 - an extra, which is there where a database is named

    connection = await asyncpg.connect(database)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    await connection.close()


def _make() -> list[SourceFileMutationData]:
    mutators.mutation_operators[:] = [  # type: ignore[index]
        *(each for each in mutators.mutation_operators if each[1].__name__ not in _LEFT_OUT),
        (cst.If, negated),
        (cst.CompIf, negated),
    ]
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    setup_source_paths()
    mutmut.create_mutants(1)
    made = [SourceFileMutationData(path=path) for path in mutmut.walk_mutatable_files()]
    for each in made:
        each.load()
    return made


def negated(node: cst.If | cst.CompIf) -> Iterable[cst.CSTNode]:
    """Turn a condition round: an operator that mutmut does not have."""
    test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), test), whitespace_before_test=cst.SimpleWhitespace(" "))


def sample(names: list[str], count: int, seed: str, pattern: str) -> list[str]:
    """Return that many of the names that contain the pattern, the same for the same names and seed.

    In no order, so that those tried when somebody loses patience are a sample too.
    """
    wanted = sorted(name for name in names if pattern in name)
    return random.Random(seed).sample(wanted, min(count, len(wanted)))  # noqa: S311 - no secret


@cache
def _module(path: Path) -> cst.Module:
    return read_mutants_module(path)


def _described(path: Path, name: str) -> dict[str, str]:
    module = _module(path)
    short = name.rpartition(".")[2]
    original = cst.Module([read_original_function(module, name)]).code.splitlines()
    mutated = cst.Module([read_mutant_function(module, name)]).code.splitlines()
    changed = [line for line in difflib.ndiff(original, mutated) if line[:2] in {"- ", "+ "}]
    return {
        "name": name,
        "file": str(path).removeprefix("src/"),
        "function": short.partition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ").replace("ǁ", "."),
        "before": " ".join(line[2:].strip() for line in changed if line.startswith("- ")),
        "after": " ".join(line[2:].strip() for line in changed if line.startswith("+ ")),
    }


if __name__ == "__main__":
    main()
