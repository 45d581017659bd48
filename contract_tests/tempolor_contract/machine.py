"""A Hypothesis state machine that drives a service beside `Model`, and reports where they differ.

It is a scenario like any other: `MODEL_RULES` bring it along, `run` plans and plays it, and everything it sends goes
through the guard and the inspector. The same seed gives the same sequences; nothing is kept between runs.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from .budget import Refused
from .call import Call
from .model import Answer, Finding, Model, ModelJob, ModelUpload
from .rule import Need, Problem, Rule, Scenario, Severity, Strength
from .scenarios.lab import GoneError, Lab, UnclearError
from .scenarios.material import made_up_id
from .scenarios.samples import midi_file, wav_file
from .world import record_ids, running_rows

_LISTS: Final = {"midi": "list_midi", "voice": "list_cloned_voices"}
_MOST_PAGES: Final = 60
_MOST_ROUNDS: Final = 4
_MOST_ACCOUNTS: Final = 3
_NEEDS: Final = frozenset({Need.CREATE, Need.UPLOAD, Need.DESTROY, Need.ACCOUNT})


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How far the machine goes: sequences, steps in each, and what all of them together may take.

    `creations` are creating calls. `waiting` and `voices` count where time is real: seconds slept, and voices cloned,
    because a clone keeps its caller waiting. `now` tells the time that `seconds` are measured by.
    """

    examples: int = 20
    steps: int = 30
    calls: int = 2500
    creations: int = 600
    seconds: float = 45.0
    waiting: float = 15.0
    voices: int = 2
    now: Callable[[], float] = time.monotonic


class DifferenceError(Exception):
    """Service and model differ, or the service broke a rule: the rule, what is wrong, the steps, the call."""

    def __init__(self, rule_id: str, message: str, steps: tuple[str, ...], call: Call | None) -> None:
        super().__init__(f"{rule_id}: {message}")
        self.rule_id = rule_id
        self.message = message
        self.steps = steps
        self.call = call


@dataclass
class Bench:
    """The service, the model beside it, and the steps so far. One for a whole run; `begin` starts a sequence."""

    lab: Lab
    pace: Pace
    known: set[str] = field(default_factory=set)
    best: dict[str, DifferenceError] = field(default_factory=dict)
    latest: str = ""
    judged: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    creations: int = 0
    waited: float = 0.0
    voices: int = 0
    stopped: str = ""
    unclear: Counter[str] = field(default_factory=Counter)
    gone: GoneError | None = None

    def __post_init__(self) -> None:
        self._until = self.pace.now() + self.pace.seconds
        self._serial = 0
        self.begin()

    def begin(self) -> None:
        """Forget the last sequence: new accounts, an empty model."""
        self.model = Model()
        self.order_of_accounts: list[str] = []
        self.steps: list[str] = []
        self.now = 0.0
        self.lost = False
        self.last: Call | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing more may or can be done, in this sequence or at all."""
        if not self.stopped and self.pace.now() > self._until:
            self.stopped = f"{self.pace.seconds:.0f} s are over"
        if not self.stopped and self.calls >= self.pace.calls:
            self.stopped = f"{self.pace.calls} calls were sent"
        return bool(self.stopped) or self.lost or self.gone is not None

    @property
    def may_create(self) -> bool:
        """Whether creating calls are left."""
        return self.creations < self.pace.creations

    def new_account(self) -> str:
        """Return a user_id that no sequence has used."""
        self._serial += 1
        return str(900_000_000 + self.lab.random.randrange(10**7) * 9 + self._serial % 9)

    def call(self, operation: str, *, creates: bool = False, **options: Any) -> Call:
        """Send; what the inspector has against the answer ends the sequence, so that it can be shortened."""
        before = self._violated()
        self.calls += 1
        self.creations += creates
        self.last = call = self.lab.call(operation, **options)
        for rule_id in sorted(self._violated() - before - self.known):
            self._differ(rule_id, self.lab.inspector.ledger.tallies[rule_id].violations[-1].message)
        return call

    def step(self, text: str) -> None:
        """Write a step down."""
        self.steps.append(text)

    def agree(self, findings: Iterable[Finding]) -> None:
        """Take in what the model found; DifferenceError at the first thing that is wrong and not known yet."""
        for finding in findings:
            self.judged[finding.rule] += 1
            if finding.wrong and finding.rule not in self.known:
                self._differ(finding.rule, finding.wrong)

    def poll(self, job_id: str) -> Call:
        """Read a job and compare."""
        call = self.call("get_music", arguments={"job_id": job_id})
        self.agree(self.model.poll(job_id, answer(call)))
        return call

    def wait(self, seconds: float) -> None:
        """Let time pass, as far as that is affordable."""
        if not self.lab.clock.virtual:
            seconds = min(seconds, 2.0, self.pace.waiting - self.waited)
        if seconds > 0:
            self.lab.wait(seconds)
            self.waited += seconds
            self.now += seconds

    def pages(self, operation: str, query: dict[str, Any]) -> tuple[int, list[str]]:
        """Return the first page's status and the ids on all pages."""
        ids: list[str] = []
        cursor = None
        for _ in range(_MOST_PAGES):
            page = self.call(operation, query={**query, "cursor": cursor})
            if page.status != 200:
                return page.status, ids
            ids += record_ids(page)
            cursor = page.item.get("cursor")
            if page.item.get("hasNext") is not True or not isinstance(cursor, str) or not cursor:
                break
        return 200, ids

    def _violated(self) -> set[str]:
        return {name for name, tally in self.lab.inspector.ledger.tallies.items() if tally.count}

    def _differ(self, rule_id: str, message: str) -> None:
        difference = DifferenceError(rule_id, message, tuple(self.steps), self.last)
        best = self.best.get(rule_id)
        if best is None or len(difference.steps) <= len(best.steps):
            self.best[rule_id] = difference
        self.latest = rule_id
        raise difference


def answer(call: Call) -> Answer:
    """Return a call's answer as the model takes it."""
    return Answer(call.status, call.answer)


_number = st.integers(0, 7)
_kind = st.sampled_from(["song", "song", "instrumental"])


class ContractMachine(RuleBasedStateMachine):
    """The steps. `bench` is set by a subclass made for a run."""

    bench: ClassVar[Bench]

    @initialize(limit=st.integers(1, 4))
    def first_account(self, limit: int) -> None:
        """Each sequence begins with an account of its own, and a job on it."""
        self.bench.begin()
        self._step(lambda bench: self._store(bench, bench.new_account(), limit))
        self._step(lambda bench: self._order(bench, 0, "song", None, None))

    @precondition(lambda self: len(self.bench.model.accounts) < _MOST_ACCOUNTS)
    @rule(limit=st.none() | st.integers(1, 3))
    def another_account(self, limit: int | None) -> None:
        """Store one more account."""
        self._step(lambda bench: self._store(bench, bench.new_account(), limit))

    @precondition(lambda self: self.bench.model.accounts)
    @rule(which=_number, limit=st.integers(1, 4))
    def change_account(self, which: int, limit: int) -> None:
        """Store an account again, with another limit."""
        self._step(lambda bench: self._store(bench, _chosen(list(bench.model.accounts), which), limit))

    @precondition(lambda self: len(self.bench.model.accounts) > 1)
    @rule(which=_number)
    def delete_account(self, which: int) -> None:
        """Delete an account, look for it, and delete it again."""

        def play(bench: Bench) -> None:
            account = _chosen(list(bench.model.accounts), which)
            bench.step(f"delete account {bench.order_of_accounts.index(account) + 1}")
            for operation in ("delete_account", "delete_account"):
                call = bench.call(operation, arguments={"user_id": account})
                bench.agree(bench.model.delete_account(account, answer(call)))
            self._read_account(bench, account)

        self._step(play)

    @rule(which=_number)
    def look_at_accounts(self, which: int) -> None:
        """List the accounts and read one."""

        def play(bench: Bench) -> None:
            bench.step("look at the accounts")
            bench.agree(bench.model.list_accounts(answer(bench.call("list_accounts"))))
            self._read_account(bench, _chosen(bench.order_of_accounts, which))

        self._step(play)

    @rule(which=_number, kind=_kind, own=st.none() | st.none() | st.integers(1, 4), material=st.none() | _number)
    def order(self, which: int, kind: str, own: int | None, material: int | None) -> None:
        """Order music on an account, perhaps with a voice or MIDI file and a limit of the order's own."""
        self._step(lambda bench: self._order(bench, which, kind, own, material))

    @rule(which=_number)
    def fill_up(self, which: int) -> None:
        """Order until the account is full, and once more."""

        def play(bench: Bench) -> None:
            account = _chosen(list(bench.model.accounts), which)
            for _ in range(bench.model.limit(account) + 1 if bench.model.limit(account) <= 4 else 1):
                self._order(bench, which, "song", None, None)

        self._step(play)

    @precondition(lambda self: self.bench.model.jobs)
    @rule(which=_number)
    def poll(self, which: int) -> None:
        """Read a job."""

        def play(bench: Bench) -> None:
            job = self._job(bench, which, "read")
            bench.poll(job.id)
            if not job.deleted:
                bench.agree([bench.model.ended(job.id, bench.now - job.ordered_at, bench.lab.target.patience)])

        self._step(play)

    @precondition(lambda self: self.bench.model.jobs)
    @rule(which=_number, file_format=st.sampled_from([None, "mp3", "wav"]))
    def download(self, which: int, file_format: str | None) -> None:
        """Ask for a job's file."""

        def play(bench: Bench) -> None:
            job = self._job(bench, which, "download")
            bench.poll(job.id)
            query = {"file_format": file_format}
            call = bench.call("download_music", arguments={"job_id": job.id}, query=query)
            if job.may_hold_a_slot and call.status != 400:
                # It may have ended between the two calls; then any answer is fine.
                bench.poll(job.id)
                bench.last = call
            bench.agree(bench.model.download(job.id, answer(call)))

        self._step(play)

    @precondition(lambda self: self.bench.model.jobs)
    @rule(which=_number)
    def cancel(self, which: int) -> None:
        """Cancel a job; a running one can be, once."""

        def play(bench: Bench) -> None:
            job = self._job(bench, which, "cancel")
            call = bench.call("cancel_job", arguments={"job_id": job.id})
            still_at_work = False
            if call.status != 204 and job.may_hold_a_slot:
                bench.poll(job.id)
                bench.last = call
                still_at_work = job.may_hold_a_slot
            bench.agree(bench.model.cancel(job.id, answer(call), still_at_work=still_at_work))

        self._step(play)

    @precondition(lambda self: self.bench.model.jobs)
    @rule(which=_number)
    def delete_job(self, which: int) -> None:
        """Delete a job, and look for it."""

        def play(bench: Bench) -> None:
            job = self._job(bench, which, "delete")
            call = bench.call("delete_music", arguments={"job_id": job.id})
            bench.agree(bench.model.delete_job(job.id, answer(call)))
            bench.poll(job.id)

        self._step(play)

    @rule(which=_number, kind=_kind)
    def list_music(self, which: int, kind: str) -> None:
        """Read all pages of an account's music."""

        def play(bench: Bench) -> None:
            account = _chosen(list(bench.model.accounts), which)
            bench.step(f"list {kind}s of account {bench.order_of_accounts.index(account) + 1}")
            status, ids = bench.pages("list_music", {"user_id": account, "type": kind})
            bench.agree([Finding("pages-neither-lose-nor-repeat", "" if status == 200 else f"answered {status}")])
            bench.agree(bench.model.list_music(account, kind, ids))

        self._step(play)

    @rule()
    def look_at_scheduler(self) -> None:
        """List the running jobs and the capacity; poll what should run and is not listed."""

        def play(bench: Bench) -> None:
            bench.step("look at the scheduler")
            for operation in ("list_running_jobs", "get_available_capacity"):
                call = bench.call(operation)
                listed = {str(row.get("job_id")) for row in running_rows(call)}
                bench.agree([bench.model.list_running(listed)])
                rows = call.item.get("available")
                bench.agree(bench.model.capacity([row for row in rows or () if isinstance(row, dict)]))
                for job in [each for each in bench.model.jobs.values() if each.may_hold_a_slot]:
                    if job.id not in listed:
                        bench.poll(job.id)
                        bench.last = call
                        bench.agree([bench.model.unlisted(job.id)])

        self._step(play)

    @precondition(lambda self: len(self.bench.model.uploads) < 4)
    @rule(which=_number, kind=st.sampled_from(["midi", "midi", "voice"]))
    def upload(self, which: int, kind: str) -> None:
        """Upload a MIDI file or a voice."""
        self._step(lambda bench: self._upload(bench, which, kind))

    @rule(which=_number, kind=st.sampled_from(["midi", "voice"]))
    def list_uploads(self, which: int, kind: str) -> None:
        """Read all pages of an account's uploads."""

        def play(bench: Bench) -> None:
            account = _chosen(list(bench.model.accounts), which)
            bench.step(f"list {kind} files of account {bench.order_of_accounts.index(account) + 1}")
            _, ids = bench.pages(_LISTS[kind], {"user_id": account})
            bench.agree(bench.model.list_uploads(account, kind, ids))

        self._step(play)

    @precondition(lambda self: self.bench.model.uploads)
    @rule(which=_number)
    def delete_upload(self, which: int) -> None:
        """Delete a MIDI file or a voice."""

        def play(bench: Bench) -> None:
            upload: ModelUpload = _chosen(list(bench.model.uploads.values()), which)
            bench.step(f"delete {upload.kind} file {list(bench.model.uploads).index(upload.id) + 1}")
            name, operation = ("midiItemId", "delete_midi")
            if upload.kind == "voice":
                name, operation = ("clonedVoiceItemId", "delete_cloned_voice")
            call = bench.call(operation, arguments={name: upload.id})
            bench.agree(bench.model.delete_upload(upload.id, answer(call)))

        self._step(play)

    @rule()
    def ask_for_nobodys_job(self) -> None:
        """Read a job that nobody has."""

        def play(bench: Bench) -> None:
            bench.step("read a job that nobody has")
            call = bench.call("get_music", arguments={"job_id": made_up_id(bench.lab, "job")})
            told = f"a made-up job was answered {call.status} instead of 404"
            bench.agree([Finding("unknown-id-is-404", "" if call.status == 404 else told)])

        self._step(play)

    @rule(seconds=st.sampled_from([1, 7, 7, 40, 400]))
    def let_time_pass(self, seconds: int) -> None:
        """Wait."""

        def play(bench: Bench) -> None:
            bench.step(f"wait {seconds} s")
            bench.wait(seconds)

        self._step(play)

    def _step(self, play: Callable[[Bench], None]) -> None:
        bench = self.bench
        if bench.idle:
            return
        try:
            play(bench)
        except Refused as refusal:
            bench.stopped = str(refusal)
        except UnclearError as error:
            bench.lost = True
            bench.unclear[str(error)] += 1
        except GoneError as error:
            bench.gone = error

    def _store(self, bench: Bench, account: str, limit: int | None) -> None:
        if account not in bench.order_of_accounts:
            bench.order_of_accounts.append(account)
        bench.step(f"store account {bench.order_of_accounts.index(account) + 1} with maxJobs {limit}")
        body: dict[str, Any] = {"requestParams": {"user_id": account, "ucid": account}}
        body |= {} if limit is None else {"maxJobs": limit}
        bench.agree(bench.model.store(account, limit, answer(bench.call("create_account", creates=True, json=body))))

    def _read_account(self, bench: Bench, account: str) -> None:
        call = bench.call("get_account", arguments={"user_id": account})
        bench.agree(bench.model.read_account(account, answer(call)))

    def _order(self, bench: Bench, which: int, kind: str, own: int | None, material: int | None) -> None:
        if not bench.may_create:
            return
        model = bench.model
        account = _chosen(list(model.accounts), which)
        sources = [each for each in model.uploads.values() if each.account == account] if kind == "song" else []
        source = _chosen(sources, material) if sources and material is not None else None
        body: dict[str, Any] = {"user_id": account, "prompt": "A harbour ballad with warm strings"}
        body |= {} if own is None else {"maxJobs": own}
        if source is not None:
            body["midiItemId" if source.kind == "midi" else "clonedVoiceItemId"] = source.id
        bench.step(
            f"order {kind} on account {bench.order_of_accounts.index(account) + 1}"
            + (f" with {source.kind} file {list(model.uploads).index(source.id) + 1}" if source else "")
            + (f" and maxJobs {own}" if own is not None else "")
        )
        if len(model.at_work(account)) >= model.limit(account, own):
            for job in model.at_work(account):
                bench.poll(job.id)
        before = model.at_work(account)
        call = bench.call("create_instrumental" if kind == "instrumental" else "create_song", creates=True, json=body)
        bench.agree(model.order(account, kind, own, source.id if source else "", bench.now, answer(call)))
        if call.status == 200 and len(before) >= model.limit(account, own):
            self._overfull(bench, account, own, before, call)

    def _overfull(self, bench: Bench, account: str, own: int | None, before: list[ModelJob], call: Call) -> None:
        for job in before:
            bench.poll(job.id)
        bench.last = call
        bench.agree([bench.model.overfull(account, own, before)])

    def _upload(self, bench: Bench, which: int, kind: str) -> None:
        if kind == "voice" and not bench.lab.clock.virtual:
            if bench.voices >= bench.pace.voices:
                return
            bench.voices += 1
        if not bench.may_create:
            return
        account, name = _chosen(list(bench.model.accounts), which), bench.lab.name("Harbour")
        bench.step(f"upload a {kind} file to account {bench.order_of_accounts.index(account) + 1}")
        body, media_type = (midi_file(), "audio/midi") if kind == "midi" else (wav_file(), "audio/wav")
        call = bench.call(
            "upload_midi" if kind == "midi" else "clone_voice",
            creates=True,
            query={"user_id": account, "name": name},
            content=body,
            headers={"Content-Type": media_type},
            timeout=150.0,
        )
        bench.agree(bench.model.upload(account, kind, name, answer(call)))

    def _job(self, bench: Bench, which: int, what: str) -> ModelJob:
        job: ModelJob = _chosen(list(bench.model.jobs.values()), which)
        bench.step(f"{what} job {list(bench.model.jobs).index(job.id) + 1}")
        return job


def _chosen(things: list[Any], which: int) -> Any:
    return things[which % len(things)]


def drive(lab: Lab, pace: Pace, *, seed: int = 0) -> Bench:
    """Drive a service, and have what was found in the inspector's ledger: for each difference its shortest sequence.

    Raises:
        GoneError: The service has stopped answering.

    """
    bench = Bench(lab, pace)
    bench.known |= bench._violated()  # noqa: SLF001 - what is broken already needs no sequence
    for number in range(_MOST_ROUNDS):
        bench.latest = ""
        _round(bench, seed + number)
        if bench.stopped or bench.gone or not bench.latest:
            break
        # Each round shortens one difference and runs into it no more; others that it met come back in the next.
        bench.known.add(bench.latest)
    _report(bench)
    if bench.gone is not None:
        raise bench.gone
    return bench


def _round(bench: Bench, seed: int) -> None:
    machine: type[ContractMachine] = type("Machine", (ContractMachine,), {"bench": bench})
    chosen = settings(
        max_examples=bench.pace.examples,
        stateful_step_count=bench.pace.steps,
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=chosen)
    except (DifferenceError, hypothesis.errors.Flaky, ExceptionGroup):
        # What was found is on the bench. Flaky is what Hypothesis calls it when the means ran out while it shortened.
        if not bench.best:
            raise


def _report(bench: Bench) -> None:
    inspector = bench.lab.inspector
    tallies = inspector.ledger.tallies
    for rule_id, times in bench.judged.items():
        if rule_id in tallies:
            inspector.ledger.judged(rule_id, times)
    for rule_id, difference in bench.best.items():
        if rule_id in tallies and difference.call is not None:
            steps = "; ".join(difference.steps)
            told = f"{difference.message}. Shortest sequence: {steps}"
            violation = inspector.judge(rule_id, Problem(told, key="sequence"), difference.call)
            kept = tallies[rule_id].violations
            if violation is not None and kept and violation not in kept:
                kept[-1] = violation
    for reason in bench.unclear:
        for rule_id in MODEL_RULE_IDS & tallies.keys():
            inspector.ledger.inconclusive(rule_id, reason)


def model_rules(pace: Pace | None = None, *, seed: int = 0) -> tuple[Rule, ...]:
    """Return the model's own rules; where one of them is among the rules of a run, the machine is played."""
    chosen = pace or Pace()

    def play(lab: Lab) -> None:
        drive(lab, chosen, seed=seed)

    # Its cost counts creations of the plan, and a plan must not be refused for what the machine could spend at most.
    scenario = Scenario("model", play, _NEEDS, cost=0, late=True)
    return (
        Rule(
            "model-jobs-end",
            "A job ends in the time that a run waits for it.",
            "get-tempolor-music-job_id",
            strength=Strength.INFERRED,
            severity=Severity.MOCKS,
            scenarios=(scenario,),
        ),
        Rule(
            "model-uploads-are-taken",
            "A small valid MIDI file or voice sample is taken.",
            "post-tempolor-music-midi",
            scenarios=(scenario,),
        ),
    )


MODEL_RULE_IDS: Final = frozenset({"model-jobs-end", "model-uploads-are-taken"})
