"""The contract as a test suite: against a mock in this process, or with `--target` against whatever is there.

What a run finds is shared by all tests of a file, and by all workers of pytest-xdist: the first that needs it plays it.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tempolor_contract import CATALOGUE, Level, LiveServiceError, Scenario, Target, Verdict, run
from tempolor_contract.exchanges.receiver import CallbackReceiver
from tempolor_contract.judging.known_differences import Register, RegisterError, load_register
from tempolor_contract.target.control import find_control_plane
from tempolor_contract.target.target import base_url

_SECONDS_FOR_A_RUN = 600
Findings = dict[str, dict[str, Any]]
Play = Callable[[str, tuple[Scenario, ...]], Findings]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that name a target."""
    group = parser.getgroup("contract", "the contract of the TemPolor API")
    group.addoption("--target", help="Address of the service to judge.  [default: a mock in this process]")
    group.addoption("--token", default="user:12345-contract", help="API token to ask it with.")
    group.addoption("--other-token", help="Another user's token, for the rules about ownership.")
    group.addoption("--level", default=None, choices=[each.value for each in Level], help="How far to go.")
    group.addoption("--max-creations", type=int, help="Most creating calls.")
    group.addoption("--deviations", type=Path, help="Register of known differences, a TOML file.")
    group.addoption("--contract-seed", type=int, default=0, help="Same seed: same names, requests and sequences.")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the contract tests' own tests alone where a target is to be judged."""
    own = collection_path.parent == Path(__file__).parent and collection_path.is_dir()
    return True if own and config.getoption("--target") else None


@pytest.fixture(scope="session")
def contract_seed(pytestconfig: pytest.Config) -> int:
    """The seed of all runs."""
    seed: int = pytestconfig.getoption("--contract-seed")
    return seed


@pytest.fixture(scope="session")
def remote(pytestconfig: pytest.Config) -> bool:
    """Whether a target was named."""
    return pytestconfig.getoption("--target") is not None


@pytest.fixture(scope="session")
def new_target(pytestconfig: pytest.Config) -> Iterator[Callable[[str], Target]]:
    """Make targets by a name: the one that was asked for, or a world of a mock in this process for each name."""
    url = pytestconfig.getoption("--target")
    if url:
        target = _named_target(pytestconfig, url)
        yield lambda _name: target
        return
    from tempolor_mock.testing import MockServer  # noqa: PLC0415 - only where no target is named

    with MockServer() as server:

        def make(name: str) -> Target:
            return Target(
                f"{server.url}/v1/tempolor",
                f"user:12345-{name}",
                f"user:777-{name}",
                Level.FULL,
                control_url=f"{server.url}/_mock",
                transport=server.transport,
            )

        yield make


def _named_target(config: pytest.Config, url: str) -> Target:
    try:
        target = Target(
            base_url(url),
            config.getoption("--token"),
            config.getoption("--other-token"),
            Level(config.getoption("--level") or "read"),
            config.getoption("--max-creations"),
        )
        target.guard()
    except (ValueError, LiveServiceError) as error:
        pytest.exit(f"--target: {error}", returncode=2)
    if target.level is not Level.FULL:
        return target
    return replace(target, control_url=find_control_plane(target.base_url, target.token))


@pytest.fixture(scope="session")
def known(pytestconfig: pytest.Config) -> Register:
    """The known differences of the target; on the mock in this process there are none."""
    file = pytestconfig.getoption("--deviations")
    try:
        return load_register(file) if file else Register()
    except RegisterError as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def play(
    tmp_path_factory: pytest.TempPathFactory,
    new_target: Callable[[str], Target],
    contract_seed: int,
    known: Register,
) -> Play:
    """Play scenarios on a target once for all tests and workers, and return what became of each rule."""

    def once(name: str, scenarios: tuple[Scenario, ...]) -> Findings:
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        base = tmp_path_factory.getbasetemp()
        file = (base.parent if worker else base) / f"{name}.json"
        return _shared(file, lambda: _played(scenarios, new_target(name), contract_seed, known))

    return once


def _played(scenarios: tuple[Scenario, ...], target: Target, seed: int, known: Register) -> Findings:
    with _receiver(target) as receiver:
        result = run(target, CATALOGUE, scenarios=scenarios, seed=seed, receiver=receiver, register=known)
    if result.stopped:
        pytest.exit(f"the contract tests could not run: {result.stopped}", returncode=2)
    return {each["rule"]: each for each in result.to_json()["rules"]}


@contextmanager
def _receiver(target: Target) -> Iterator[CallbackReceiver | None]:
    if not target.local:
        yield None
        return
    with CallbackReceiver() as receiver:
        yield receiver


def _shared(file: Path, make: Callable[[], Findings]) -> Findings:
    """Return what the first to ask has made; the others wait for its file."""
    try:
        lock = os.open(file.with_suffix(".lock"), os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        until = time.monotonic() + _SECONDS_FOR_A_RUN
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.1)
        found: Findings = json.loads(file.read_text(encoding="utf-8"))
        return found
    os.close(lock)
    made = make()
    partial = file.with_suffix(".part")
    partial.write_text(json.dumps(made), encoding="utf-8")
    partial.replace(file)
    return made


@pytest.fixture(scope="session")
def must_hold(*, remote: bool) -> Callable[[dict[str, Any]], None]:
    """Fail with a rule's sentence and how to see it broken; skip what could not be judged, but on the mock fail."""

    def judge(finding: dict[str, Any]) -> None:
        __tracebackhide__ = True
        verdict = finding["verdict"]
        if verdict == Verdict.VIOLATED:
            pytest.fail(told(finding), pytrace=False)
        if verdict not in {Verdict.PASSED, Verdict.NOTED, Verdict.KNOWN}:
            reason = finding["skipped"] or ", ".join(finding["inconclusive"]) or "nothing came up that it speaks of"
            (pytest.skip if remote else pytest.fail)(f"{finding['rule']} was not judged: {reason}")

    return judge


@pytest.fixture(scope="session")
def none_broken() -> Callable[[Findings], None]:
    """Fail if any rule is broken."""

    def judge(findings: Findings) -> None:
        __tracebackhide__ = True
        broken = [told(each) for each in findings.values() if each["verdict"] == Verdict.VIOLATED]
        if broken:
            pytest.fail("\n\n".join(broken), pytrace=False)

    return judge


def told(finding: dict[str, Any]) -> str:
    """Return what a violated rule says: its sentence, what happened, a command that shows it, the seed."""
    lines = [f"{finding['rule']}: {finding['sentence']}", finding["page"]]
    for violation in finding["violations"][:3]:
        lines += ["", violation["message"], violation["curl"], f"seed {violation['seed']}"]
    return "\n".join(lines)
