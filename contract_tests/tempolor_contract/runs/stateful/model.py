"""A small model of the contract: what a service must hold after a sequence of calls, told in plain values.

It knows no HTTP, no clock and no mock. `machine.py` drives a service and this model side by side and reports where the
two differ. Where a service may go either way (a job ends when it likes), the model keeps a bound, not a value: a job
that was seen at work may have ended since, but one that has ended never works again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from ...document.bodies import FAILED, FINAL, GENERATING, status_of, texts, whole

DEFAULT_LIMIT: Final = 10
"""`maxJobs` of an account that was stored without one."""


class Answer(NamedTuple):
    """What a call gave: the status, and the body as JSON (None if it was none)."""

    status: int
    body: Any = None

    @property
    def fields(self) -> dict[str, Any]:
        """The body if it is an object, else nothing."""
        return self.body if isinstance(self.body, dict) else {}


class Finding(NamedTuple):
    """A comparison of service and model: by which rule, and what is wrong, empty if they agree."""

    rule: str
    wrong: str = ""


@dataclass
class ModelJob:
    """A job as it was last seen."""

    id: str
    account: str
    kind: str
    ordered_at: float = 0.0
    status: int = GENERATING
    progress: int = 0
    cancelled: bool = False
    deleted: bool = False

    @property
    def may_hold_a_slot(self) -> bool:
        """Whether it may be at work: it was when it was last seen, and was not cancelled.

        Whether a deletion stops it, no page says.
        """
        return self.status == GENERATING and not self.cancelled

    @property
    def holds_a_slot(self) -> bool:
        """Whether it holds a slot for sure, if it was just read."""
        return self.may_hold_a_slot and not self.deleted


@dataclass
class ModelUpload:
    """A MIDI file (`midi`) or a cloned voice (`voice`)."""

    id: str
    account: str
    kind: str
    name: str
    ready: bool = True
    deleted: bool = False


@dataclass
class Model:
    """Accounts by id with their limits, jobs and uploads in the order they were made."""

    accounts: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    jobs: dict[str, ModelJob] = field(default_factory=dict)
    uploads: dict[str, ModelUpload] = field(default_factory=dict)

    def jobs_of(self, account: str, kind: str = "") -> list[ModelJob]:
        """Return the jobs of an account that were not deleted."""
        there = (job for job in self.jobs.values() if not job.deleted and job.account == account)
        return [job for job in there if kind in ("", job.kind)]

    def uploads_of(self, account: str, kind: str) -> list[ModelUpload]:
        """Return the uploads of an account that were not deleted."""
        there = (each for each in self.uploads.values() if not each.deleted and each.account == account)
        return [each for each in there if each.kind == kind]

    def at_work(self, account: str) -> list[ModelJob]:
        """Return the jobs that may hold a slot: never fewer than really do."""
        return [job for job in self.jobs.values() if job.account == account and job.may_hold_a_slot]

    def limit(self, account: str, own: int | None = None) -> int:
        """Return how many jobs an account may run, with an order's own `maxJobs` in place of the stored one."""
        return self.accounts.get(account, DEFAULT_LIMIT) if own is None else own

    def store(self, account: str, limit: int | None, answer: Answer) -> Iterator[Finding]:
        """An account is set up, or set up anew."""
        yield _expect("account-keeps-its-limit", f"storing account {account}", answer, {200})
        if answer.status == 200:
            wanted = DEFAULT_LIMIT if limit is None else limit
            told = answer.fields.get("maxJobs")
            yield Finding("account-keeps-its-limit", _unless(told == wanted, f"maxJobs {told} instead of {wanted}"))
            self.accounts[account] = wanted
            self.gone.discard(account)

    def read_account(self, account: str, answer: Answer) -> Iterator[Finding]:
        """An account is asked for."""
        known = account in self.accounts
        yield _expect("account-round-trips", f"reading account {account}", answer, {200} if known else {404})
        if known and answer.status == 200:
            told = (answer.fields.get("user_id"), answer.fields.get("maxJobs"))
            wanted = (account, self.accounts[account])
            yield Finding("account-round-trips", _unless(told == wanted, f"account {told} instead of {wanted}"))

    def list_accounts(self, answer: Answer) -> Iterator[Finding]:
        """All accounts are listed; others than ours may be among them."""
        yield _expect("account-round-trips", "listing accounts", answer, {200} if self.accounts else {200, 404})
        there = set(answer.fields) if answer.status == 200 else set()
        yield from _sets("account-round-trips", "accounts", set(self.accounts), there - self.gone, exact=False)
        back = sorted(there & self.gone)
        yield Finding("account-round-trips", _unless(not back, f"accounts {back} are listed, though they were deleted"))

    def delete_account(self, account: str, answer: Answer) -> Iterator[Finding]:
        """An account is deleted; what becomes of its jobs is not said, so the model forgets them."""
        known = account in self.accounts
        yield _expect("account-round-trips", f"deleting account {account}", answer, {204} if known else {404})
        if answer.status < 300:
            self.accounts.pop(account, None)
            self.gone.add(account)
            self.jobs = {name: job for name, job in self.jobs.items() if job.account != account}
            self.uploads = {name: each for name, each in self.uploads.items() if each.account != account}

    def order(  # noqa: PLR0913, PLR0917 - what an order is
        self, account: str, kind: str, own: int | None, material: str, now: float, answer: Answer
    ) -> Iterator[Finding]:
        """Music is ordered. `material` is the id of a voice or MIDI file, empty without."""
        what = f"ordering on account {account}" + (f" with {material}" if material else "")
        if account not in self.accounts:
            yield _expect("unknown-account-is-404", what, answer, {404})
            return
        source = self.uploads.get(material)
        if material and (source is None or source.deleted):
            yield _expect("ready-material-can-be-used", f"{what}, which was deleted", answer, {404, 429})
            return
        limit, work = self.limit(account, own), self.at_work(account)
        allowed = {200, 429} if len(work) >= limit else {200}
        allowed |= {404} if source is not None and not source.ready else set()
        rule = "own-limit-replaces-the-accounts" if own is not None else "account-limit-is-exact"
        yield _expect(rule, f"{what} with {len(work)} of {limit} slots taken", answer, allowed)
        if answer.status == 429:
            listed = {row.get("job_id") for row in _rows(answer.fields.get("runningJobs"), account)}
            extra = sorted(map(str, listed - {job.id for job in work}))
            yield Finding("busy-lists-only-running", _unless(not extra, f"{extra} are listed as running in the 429"))
        for job_id in texts(answer.fields.get("jobs")) if answer.status == 200 else ():
            self.jobs[job_id] = ModelJob(job_id, account, kind, now)

    def overfull(self, account: str, own: int | None, before: Iterable[ModelJob]) -> Finding:
        """An order was taken, and all older jobs were polled after it: those at work still were so then."""
        limit = self.limit(account, own)
        running = [job for job in before if job.holds_a_slot]
        rule = "own-limit-replaces-the-accounts" if own is not None else "account-limit-is-exact"
        told = f"an order on account {account} was taken, though {len(running)} jobs ran and maxJobs is {limit}"
        return Finding(rule, _unless(len(running) < limit, told))

    def poll(self, job_id: str, answer: Answer) -> Iterator[Finding]:
        """A job is read."""
        job = self.jobs[job_id]
        if job.deleted:
            yield _expect("deleted-is-gone", f"reading deleted job {job_id}", answer, {404})
            return
        yield _expect("what-was-made-can-be-found", f"reading job {job_id}", answer, {200})
        if answer.status != 200:
            return
        status, progress = whole(status_of(answer.fields)), whole(answer.fields.get("progress"))
        if status is None:
            return
        told = f"job {job_id} went from status {job.status} to {status}"
        yield Finding("final-stays-final", _unless(job.status in {GENERATING, status}, told))
        if progress is not None and status != FAILED:
            told = f"progress of job {job_id} went from {job.progress} back to {progress}"
            yield Finding("progress-never-goes-back", _unless(progress >= job.progress, told))
            job.progress = max(progress, job.progress)
        job.status = status if job.status == GENERATING else job.status

    def ended(self, job_id: str, age: float, patience: float) -> Finding:
        """A job was just read, so many seconds after its order."""
        job = self.jobs[job_id]
        told = f"job {job_id} is at work still, {age:.0f} s after its order"
        return Finding("model-jobs-end", _unless(age < patience or job.status in FINAL, told))

    def all_is_over(self) -> None:
        """So much time has passed that what was deleted at work cannot be at work any more."""
        for job in self.jobs.values():
            if job.deleted and job.status == GENERATING:
                job.status = FAILED

    def download(self, job_id: str, answer: Answer) -> Iterator[Finding]:
        """A job's file is asked for, right after the job was read."""
        job = self.jobs[job_id]
        if job.deleted:
            yield _expect("deleted-is-gone", f"downloading deleted job {job_id}", answer, {404})
        elif job.status == GENERATING:
            yield _expect("download-only-when-complete", f"downloading running job {job_id}", answer, {400})
        elif job.status != FAILED:
            # A file may come some seconds after COMPLETED (D-71).
            yield _expect("complete-can-be-downloaded", f"downloading completed job {job_id}", answer, {200, 404})

    def cancel(self, job_id: str, answer: Answer, *, still_at_work: bool) -> Iterator[Finding]:
        """A job is cancelled; `still_at_work` says whether a poll after that showed it running."""
        job = self.jobs[job_id]
        if job.deleted:
            return
        if job.cancelled:
            yield _expect("cancel-works-once", f"cancelling cancelled job {job_id}", answer, {404})
        elif still_at_work:
            yield _expect("cancel-works-once", f"cancelling running job {job_id}", answer, {204})
        job.cancelled = job.cancelled or answer.status == 204

    def delete_job(self, job_id: str, answer: Answer) -> Iterator[Finding]:
        """A job is deleted."""
        job = self.jobs[job_id]
        if job.deleted:
            yield _expect("deleted-is-gone", f"deleting deleted job {job_id}", answer, {404})
        else:
            yield _expect("what-was-made-can-be-found", f"deleting job {job_id}", answer, {200})
        job.deleted = job.deleted or answer.status == 200

    def list_music(self, account: str, kind: str, ids: list[str]) -> Iterator[Finding]:
        """All pages of an account's songs or instrumentals were read."""
        wanted = {job.id for job in self.jobs_of(account, kind)}
        yield from _listed(f"{kind}s of account {account}", wanted, ids)

    def list_running(self, ids: Iterable[str]) -> Finding:
        """The scheduler lists running jobs; of ours, only those that may run."""
        wrong = sorted(job for job in ids if job in self.jobs and not self.jobs[job].may_hold_a_slot)
        told = f"the scheduler lists {wrong}, which ended or were cancelled"
        return Finding("scheduler-lists-what-runs", _unless(not wrong, told))

    def unlisted(self, job_id: str) -> Finding:
        """A job was not listed by the scheduler, and polled after that."""
        told = f"job {job_id} is at work, but the scheduler did not list it"
        return Finding("scheduler-lists-what-runs", _unless(not self.jobs[job_id].holds_a_slot, told))

    def capacity(self, rows: Iterable[dict[str, Any]]) -> Iterator[Finding]:
        """The capacity of all accounts is asked for."""
        for row in rows:
            account = str(row.get("user_id"))
            if account in self.accounts:
                told = f"account {account} has maxJobs {row.get('maxJobs')} instead of {self.accounts[account]}"
                fine = row.get("maxJobs") == self.accounts[account]
                yield Finding("available-has-the-limits", _unless(fine, told))
                busy, most = whole(row.get("executing")) or 0, len(self.at_work(account))
                told = f"account {account} executes {busy} jobs, and at most {most} can run"
                yield Finding("available-adds-up", _unless(busy <= most, told))

    def upload(self, account: str, kind: str, name: str, answer: Answer) -> Iterator[Finding]:
        """A MIDI file or a voice is uploaded."""
        allowed = {200} if kind == "midi" else {200, 202}
        if account not in self.accounts:
            yield _expect("unknown-account-is-404", f"uploading to account {account}", answer, {404})
            return
        yield _expect("model-uploads-are-taken", f"uploading a {kind} file", answer, allowed)
        shown = answer.fields.get("midiRenderVO") if kind == "midi" else answer.fields
        thing = shown.get("midiItemId" if kind == "midi" else "clonedVoiceItemId") if isinstance(shown, dict) else None
        if answer.status in allowed and isinstance(thing, str):
            self.uploads[thing] = ModelUpload(thing, account, kind, name, ready=answer.status == 200)

    def list_uploads(self, account: str, kind: str, ids: list[str]) -> Iterator[Finding]:
        """All pages of an account's MIDI files or voices were read."""
        wanted = {each.id for each in self.uploads_of(account, kind)}
        yield from _listed(f"{kind} files of account {account}", wanted, ids)

    def delete_upload(self, thing: str, answer: Answer) -> Iterator[Finding]:
        """A MIDI file or a voice is deleted."""
        upload = self.uploads[thing]
        if upload.deleted:
            yield _expect("deleted-is-gone", f"deleting {thing} again", answer, {404})
        else:
            yield _expect("what-was-made-can-be-found", f"deleting {thing}", answer, {200})
        upload.deleted = upload.deleted or answer.status == 200


def _unless(fine: bool, wrong: str) -> str:  # noqa: FBT001 - the condition is the point
    return "" if fine else wrong


def _expect(rule: str, what: str, answer: Answer, allowed: set[int]) -> Finding:
    wanted = " or ".join(map(str, sorted(allowed)))
    return Finding(rule, _unless(answer.status in allowed, f"{what} was answered {answer.status} instead of {wanted}"))


def _listed(what: str, wanted: set[str], ids: list[str]) -> Iterator[Finding]:
    twice = sorted({each for each in ids if ids.count(each) > 1})
    yield Finding("pages-neither-lose-nor-repeat", _unless(not twice, f"{what}: {twice} are listed twice"))
    yield from _sets("pages-neither-lose-nor-repeat", what, wanted, set(ids), exact=True)


def _sets(rule: str, what: str, wanted: set[str], there: set[str], *, exact: bool) -> Iterator[Finding]:
    lost, extra = sorted(wanted - there), sorted(there - wanted)
    yield Finding(rule, _unless(not lost, f"{what}: {lost} are not listed"))
    if exact:
        yield Finding(rule, _unless(not extra, f"{what}: {extra} are listed, but should not be there"))


def _rows(running: Any, account: str) -> list[dict[str, Any]]:
    rows = running.get(account) if isinstance(running, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
