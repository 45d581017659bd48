"""What may notice that a service is broken: the schema alone, rules, random sequences, Schemathesis."""

import json
import math
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest import mock
from xml.etree import ElementTree as ET

import httpx
from tempolor_contract import CATALOGUE, GENERATED, SCENARIOS, Scenario, run
from tempolor_contract.exchanges.receiver import CallbackReceiver
from tempolor_contract.judging.inspector import Inspector
from tempolor_contract.judging.ledger import Ledger, is_tolerated
from tempolor_contract.rules import document as document_rules
from tempolor_contract.rules.conformance import DocumentJudge
from tempolor_contract.runs.scenarios.samples import midi_file, wav_file
from tempolor_contract.runs.schemathesis.engine import generate
from tempolor_contract.runs.schemathesis.gateway import Extent
from tempolor_contract.runs.stateful.driver import Pace
from tempolor_contract.runs.stateful.machine import drive
from tempolor_contract.target.control import steady
from tempolor_contract.target.sender import Sender
from tempolor_spec import load_document

from .mutant import Mutant
from .recorded import recorded
from .service import BASE_PATH, TOKEN, Service

RULE_IDS: Final = frozenset(rule.id for rule in CATALOGUE)
_STATUS: Final = re.compile(r"\[(\d{3})\]")
_EXTENT: Final = Extent(examples=2, sequences=6, steps=6, seconds=180.0, requests=1000)
_PACE: Final = Pace(sequences=16, steps=25, calls=1200, creations=600, seconds=60.0)


@dataclass
class Outcome:
    """What a detector made of a service: the rules that failed, what the first hit took, and whether it got there."""

    found: list[str] = field(default_factory=list)
    killed: bool = False
    reached: bool = False
    calls: int = 0
    seconds: float = 0.0
    stopped: str = ""


class _Watch:
    """Notes each violation as it is found, and ends the run when one that was expected is, unless it ends by itself.

    `also` are rules that count for any mutant.
    """

    def __init__(
        self, service: Service, mutant: Mutant | None, *, also: Iterable[str] = (), interrupts: bool = True
    ) -> None:
        self._service = service
        self._expects = frozenset((*mutant.expects, *also) if mutant and mutant.expects else ())
        self._interrupts = interrupts
        self._began = time.perf_counter()
        self.outcome = Outcome()

    def saw(self, rule_id: str) -> None:
        """Note a violation of a rule."""
        outcome = self.outcome
        if rule_id not in outcome.found:
            outcome.found.append(rule_id)
        if rule_id in self._expects and not outcome.killed:
            outcome.killed = True
            self.note()
            if self._interrupts:
                raise KeyboardInterrupt

    def note(self) -> None:
        """Note what was spent so far."""
        self.outcome.calls = self._service.app.calls
        self.outcome.seconds = round(time.perf_counter() - self._began, 3)

    def ended(self) -> Outcome:
        """Return what came of it."""
        if not self.outcome.killed:
            self.note()
        self.outcome.reached = self._service.app.touched > 0
        return self.outcome


@contextmanager
def _watching(watch: _Watch) -> Iterator[None]:
    keep = Ledger.violated

    def violated(self: Ledger, violation: Any, *, live: bool) -> None:
        keep(self, violation, live=live)
        if not is_tolerated(violation.rule, live=live):
            watch.saw(violation.rule.id)

    with mock.patch.object(Ledger, "violated", violated):
        yield


def _play(
    service: Service, mutant: Mutant | None, scenarios: tuple[Scenario, ...], seed: int, watch: _Watch | None = None
) -> Outcome:
    target = service.target()
    watch = watch or _Watch(service, mutant)
    with service.mutated(mutant), _frozen(service), CallbackReceiver() as receiver:
        with _watching(watch):
            result = run(target, CATALOGUE, scenarios=scenarios, seed=seed, receiver=receiver)
        watch.outcome.stopped = "" if watch.outcome.killed else result.stopped
        return watch.ended()


@contextmanager
def _frozen(service: Service) -> Iterator[None]:
    with steady(service.target()):
        service.app.calls = service.app.touched = 0
        yield


def by_rules(service: Service, mutant: Mutant | None, seed: int = 0) -> Outcome:
    """Play all scenarios of the catalogue."""
    return _play(service, mutant, SCENARIOS, seed)


def by_stateful(service: Service, mutant: Mutant | None, seed: int = 0) -> Outcome:
    """Play random sequences, all rules looking on."""
    return _play(service, mutant, (Scenario("stateful", partial(drive, pace=_PACE), frozenset()),), seed)


def by_generated(service: Service, mutant: Mutant | None, seed: int = 0) -> Outcome:
    """Send what Schemathesis generates as this kit drives it, all rules looking on.

    No mutant expects a rule of the generated tests by name, so any of them counts: the unbroken service breaks none.
    """
    watch = _Watch(service, mutant, also=GENERATED.provokes, interrupts=False)

    def now() -> float:
        # Schemathesis takes an interruption for its own; that its time is over it understands.
        return math.inf if watch.outcome.killed else time.monotonic()

    play = partial(generate, extent=replace(_EXTENT, now=now))
    return _play(service, mutant, (Scenario("generated", play, frozenset()),), seed, watch)


def by_schema(service: Service, mutant: Mutant | None, seed: int = 0) -> Outcome:
    """Judge a fixed traffic by the document alone."""
    del seed
    with service.mutated(mutant), _frozen(service):
        watch = _Watch(service, mutant)
        inspector = Inspector(document_rules.RULES, DocumentJudge(), base=service.target().base_url, live=False)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        transport = service.transport
        try:
            with (
                _watching(watch),
                httpx.Client(transport=transport, headers=headers, timeout=10.0, trust_env=False) as client,
            ):
                Traffic(client, inspector, service.server.url).send_all()
        except KeyboardInterrupt:
            pass
        return watch.ended()


def by_check(service: Service, mutant: Mutant | None, seed: int = 0) -> Outcome:
    """Record a session of the Python client through the proxy, and judge the recording."""
    del seed
    with service.mutated(mutant), _frozen(service):
        watch = _Watch(service, mutant, interrupts=False)
        with _watching(watch):
            recorded(service)
        return watch.ended()


class Traffic:
    """A fixed sequence of requests that calls each operation, as an integrator's first tests would."""

    def __init__(self, client: httpx.Client, inspector: Inspector, url: str) -> None:
        self._sender = Sender(client, most_bytes=1 << 20)
        self._inspector = inspector
        self._base = f"{url}{BASE_PATH}"
        self._client, self._clock = client, f"{url}/_mock/clock/advance"

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        seen = self._inspector.see(self._sender.send(method, f"{self._base}{path}", **content))
        response = seen.call.exchange.response
        return response.json if response is not None and isinstance(response.json, dict) else {}

    def send_all(self) -> None:
        """Send it."""
        ask = self._ask
        ask("GET", "/accounts", headers={"Authorization": ""})
        ask("POST", "/accounts", json={"requestParams": {"user_id": "111"}, "maxJobs": 4})
        ask("GET", "/accounts")
        ask("GET", "/accounts/111")
        ask("GET", "/accounts/222")
        order = {"prompt": "A harbour ballad", "replyRef": "ref"}
        jobs = [ask("POST", "/music/song", json=order).get("jobs") for _ in range(2)]
        ask("POST", "/music/song", json=order)
        ask("POST", "/music/song", json={})
        job = next((each[0] for each in jobs if isinstance(each, list) and each), "x")
        ask("GET", "/scheduler")
        ask("GET", "/scheduler/available")
        for path in (f"/music/{job}", "/music", "/music/nonsense", f"/music/download/{job}"):
            ask("GET", path)
        last = jobs[1] if isinstance(jobs[1], list) and jobs[1] else [job]
        ask("DELETE", f"/scheduler/{last[-1]}")
        self._client.post(self._clock, json={"seconds": 60})
        for path in (f"/music/{job}", "/music", f"/music/download/{job}?file_format=wav", "/music/artist-voices"):
            ask("GET", path)
        ask("POST", "/music/instrumental", json={"prompt": "Waves", "tonality": "C:major", "bpm": 90})
        midi = ask("POST", "/music/midi?name=a", content=midi_file(), headers={"Content-Type": "audio/midi"})
        voice = ask("POST", "/music/cloned-voices?name=b", content=wav_file(), headers={"Content-Type": "audio/wav"})
        ask("POST", "/music/stems-splitter", content=wav_file(), headers={"Content-Type": "audio/wav"})
        ask("GET", "/music/midi")
        ask("GET", "/music/cloned-voices")
        made = midi.get("midiRenderVO")
        ask("DELETE", f"/music/midi/{made.get('midiItemId', 'x') if isinstance(made, dict) else 'x'}")
        ask("DELETE", f"/music/cloned-voices/{voice.get('clonedVoiceItemId', 'x')}")
        ask("DELETE", f"/music/{job}")
        ask("PUT", "/accounts")
        ask("DELETE", "/accounts/111")


def by_schemathesis(service: Service, mutant: Mutant | None, seed: int = 0, *, seconds: int = 8) -> Outcome:
    """Let `st run` loose with its defaults, on a small budget; `found` are its failures, check and operation."""
    with service.mutated(mutant), tempfile.TemporaryDirectory() as folder:
        watch = _Watch(service, None)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(transport=service.transport, headers=headers, trust_env=False) as client:
            client.post(
                f"{service.server.url}{BASE_PATH}/accounts",
                json={"requestParams": {"user_id": "111"}, "maxJobs": 500},
            )
        document, report = Path(folder, "openapi.json"), Path(folder, "report.xml")
        document.write_text(json.dumps(load_document()), encoding="utf-8")
        command = [str(Path(sys.executable).with_name("st")), "run", str(document), "--no-color"]
        command += ["--url", f"{service.server.url}{BASE_PATH}", "-H", f"Authorization: Bearer {TOKEN}"]
        command += ["--max-time", str(seconds), "--seed", str(seed)]
        command += ["--report", "junit", "--report-junit-path", str(report)]
        ended = subprocess.run(command, capture_output=True, cwd=folder, timeout=120, check=False)  # noqa: S603 - our own words
        if report.exists():
            watch.outcome.found = sorted(set(failures_in(ET.parse(report).getroot())))  # noqa: S314 - our own command's
        else:
            watch.outcome.stopped = f"st wrote no report: {ended.stdout.decode(errors='replace')[-300:]}"
        watch.note()
        return watch.ended()


def failures_in(report: ET.Element) -> Iterator[str]:
    """Yield the failures of a JUnit report of Schemathesis: operation, check, the answer's status.

    Its attributes hold a check's number only; the text names checks in lines that begin with a dash, each with the
    answer below.
    """
    for case in report.iter("testcase"):
        for failure in case.iter("failure"):
            checks: list[str] = []
            for line in (failure.text or "").splitlines():
                checks += [line[2:].strip()] if line.startswith("- ") else []
                if checks and (status := _STATUS.match(line)):
                    yield from (f"{case.get('name')}: {check} [{status[1]}]" for check in checks)
                    checks = []


Detector = Callable[..., Outcome]
DETECTORS: Final[dict[str, Detector]] = {
    "schema": by_schema,
    "rules": by_rules,
    "stateful": by_stateful,
    "generated": by_generated,
    "check": by_check,
    "schemathesis": by_schemathesis,
}
