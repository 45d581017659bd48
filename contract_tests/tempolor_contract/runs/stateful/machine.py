"""The state machine: what is there is in bundles, each rule is a step that sends some calls, and the catalogue judges.

No step says what it should be answered. A step that changes something looks at it afterwards, so that the rules about
history have something to compare.
"""

import math
from collections import Counter
from contextlib import suppress
from typing import Any, ClassVar, Final, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from ...document.bodies import GENERATING, records_of, status_of, texts
from ...document.call import Call
from ...rules.catalogue import rule as rule_of
from ...target.guard import Refused
from ..scenarios.fixtures import made_up_id
from ..scenarios.lab import UPLOAD_SECONDS, GoneError, Lab, UnclearError
from ..scenarios.samples import midi_file, wav_file
from .driver import Driver, Pace

_UNKNOWN_ID_IS_404: Final = rule_of("unknown-id-is-404")
_JOBS_COME_TO_AN_END: Final = rule_of("jobs-come-to-an-end")
_MOST_ACCOUNTS: Final = 3
_MOST_SLOTS: Final = 4
_MOST_UPLOADS: Final = 4
_MOST_PAGES: Final = 20
_A_DAY: Final = 86_400.0
_REAL_TIME: Final = Pace(sequences=10, steps=20, calls=1200, seconds=9.0, waiting=6.0)
"""A whole run has a minute: `benchmarks/contract.py` measures it."""
_limits = st.integers(1, _MOST_SLOTS)
_kinds = st.sampled_from(["song", "song", "instrumental"])
_texts = st.sampled_from(
    [
        "A harbour ballad",
        "Caf\u00e9 <b>rain</b> & sun",
        "e\u0301t\u00e9 \U0001f3b5 \u6d77",
        " Lanterns\r\non the water ",
    ]
)
"""Tame and hard ones: what is like HTML, decomposed, beyond the first plane, or has white space that means nothing."""
_orders = st.fixed_dictionaries(
    {"prompt": _texts}, optional={"maxJobs": _limits, "lyrics": _texts, "replyUrl": st.just("the run's own")}
)


class Thing(NamedTuple):
    """A job, a voice or a MIDI file, and the account that it was made on."""

    account: str
    id: str


class ContractMachine(RuleBasedStateMachine):
    """The steps. `driver` is set by a subclass made for a run."""

    driver: ClassVar[Driver]

    accounts: Bundle[str] = Bundle("accounts")
    jobs: Bundle[Thing] = Bundle("jobs")
    voices: Bundle[Thing] = Bundle("voices")
    midi_files: Bundle[Thing] = Bundle("midi_files")

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.stored: list[str] = []
        self.uploads = 0
        self._before: Counter[str] = self.driver.violations()

    @invariant()
    def no_rule_is_broken(self) -> None:
        """Nothing that was answered in this sequence breaks a rule of the catalogue."""
        self.driver.check(self._before, self.calls)

    def teardown(self) -> None:
        """Delete the accounts, so that no sequence meets those of another one; the run cleans up the rest."""
        with suppress(GoneError, Refused, UnclearError):
            for account in self.stored:
                self.driver.lab.call("delete_account", arguments={"user_id": account})

    @initialize(target=accounts, limit=_limits)
    def first_account(self, limit: int) -> str:
        """Each sequence begins with an account of its own."""
        return self._store(self._new_account(), limit)

    @precondition(lambda self: len(self.stored) < _MOST_ACCOUNTS)
    @rule(target=accounts, limit=st.none() | _limits)
    def another_account(self, limit: int | None) -> str:
        """Store one more account."""
        return self._store(self._new_account(), limit)

    @rule(account=accounts, limit=_limits)
    def change_limit(self, account: str, limit: int) -> None:
        """Store an account again, with another limit."""
        self._store(account, limit)
        self._call("get_available_capacity")

    @rule(account=consumes(accounts))
    def delete_account(self, account: str) -> None:
        """Delete an account, look for it, and delete it again."""
        for operation in ("delete_account", "get_account", "list_accounts", "delete_account"):
            self._call(operation, arguments=None if operation == "list_accounts" else {"user_id": account})

    @rule(account=accounts)
    def look_at_accounts(self, account: str) -> None:
        """List the accounts and read one."""
        self._call("list_accounts")
        self._call("get_account", arguments={"user_id": account})

    @rule(target=jobs, account=accounts, order=_orders)
    def order_song(self, account: str, order: dict[str, Any]) -> MultipleResults[Thing]:
        """Order songs."""
        return self._order("create_song", account, order)

    @rule(target=jobs, account=accounts, order=_orders)
    def order_instrumental(self, account: str, order: dict[str, Any]) -> MultipleResults[Thing]:
        """Order instrumentals, which have no lyrics."""
        fields = {name: value for name, value in order.items() if name != "lyrics"}
        return self._order("create_instrumental", account, fields)

    @rule(target=jobs, voice=voices, order=_orders)
    def order_with_voice(self, voice: Thing, order: dict[str, Any]) -> MultipleResults[Thing]:
        """Order songs with a cloned voice, which may be deleted or not ready."""
        return self._order("create_song", voice.account, {**order, "clonedVoiceItemId": voice.id})

    @rule(target=jobs, midi=midi_files, order=_orders)
    def order_with_midi(self, midi: Thing, order: dict[str, Any]) -> MultipleResults[Thing]:
        """Order songs with a MIDI file, which may be deleted."""
        return self._order("create_song", midi.account, {**order, "midiItemId": midi.id})

    @rule(target=jobs, account=accounts)
    def fill_up(self, account: str) -> MultipleResults[Thing]:
        """Order until the account is full."""
        started: list[Thing] = []
        for _ in range(_MOST_SLOTS + 1):
            new = self._order("create_song", account, {"prompt": "A harbour ballad"}).values
            if not new:
                break
            started += new
        return multiple(*started)

    @rule(job=jobs)
    def read_job(self, job: Thing) -> None:
        """Read a job."""
        self._call("get_music", arguments={"job_id": job.id})

    @rule(job=jobs, file_format=st.sampled_from([None, "mp3", "wav"]))
    def download(self, job: Thing, file_format: str | None) -> None:
        """Ask for a job's file, and look before and after whether there should be one."""
        self.read_job(job)
        self._call("download_music", arguments={"job_id": job.id}, query={"file_format": file_format})
        self.read_job(job)

    @rule(job=jobs)
    def cancel(self, job: Thing) -> None:
        """Cancel a job, and look at it and the room it made."""
        self._call("cancel_job", arguments={"job_id": job.id})
        self._call("get_available_capacity")
        self.read_job(job)

    @rule(job=jobs)
    def delete_job(self, job: Thing) -> None:
        """Delete a job, and look for it."""
        self._call("delete_music", arguments={"job_id": job.id})
        self.read_job(job)

    @rule(account=accounts, kind=_kinds)
    def list_music(self, account: str, kind: str) -> None:
        """Read all pages of an account's music."""
        self._pages("list_music", {"user_id": account, "type": kind})

    @rule(account=accounts)
    def look_at_scheduler(self, account: str) -> None:
        """List the running jobs and the capacity, and look which jobs run."""
        self._call("list_running_jobs")
        self._call("get_available_capacity")
        for kind in ("song", "instrumental"):
            self._pages("list_music", {"user_id": account, "type": kind})

    @precondition(lambda self: self.uploads < _MOST_UPLOADS)
    @rule(target=midi_files, account=accounts)
    def upload_midi(self, account: str) -> MultipleResults[Thing]:
        """Upload a MIDI file."""
        self.uploads += 1
        return _made(self._call("upload_midi", **self._upload(account, midi_file(), "audio/midi")), account)

    @precondition(lambda self: self.uploads < _MOST_UPLOADS and self.driver.may_clone)
    @rule(target=voices, account=accounts)
    def clone_voice(self, account: str) -> MultipleResults[Thing]:
        """Clone a voice."""
        self.uploads += 1
        call = self.driver.clone(**self._upload(account, wav_file(), "audio/wav"), timeout=UPLOAD_SECONDS)
        self.calls.append(call)
        return _made(call, account)

    @rule(account=accounts, operation=st.sampled_from(["list_midi", "list_cloned_voices"]))
    def list_uploads(self, account: str, operation: str) -> None:
        """Read all pages of an account's MIDI files or voices."""
        self._pages(operation, {"user_id": account})

    @rule(midi=midi_files)
    def delete_midi(self, midi: Thing) -> None:
        """Delete a MIDI file."""
        self._call("delete_midi", arguments={"midiItemId": midi.id})
        self._pages("list_midi", {"user_id": midi.account})

    @rule(voice=voices)
    def delete_voice(self, voice: Thing) -> None:
        """Delete a voice."""
        self._call("delete_cloned_voice", arguments={"clonedVoiceItemId": voice.id})
        self._pages("list_cloned_voices", {"user_id": voice.account})

    @rule()
    def read_nobodys_job(self) -> None:
        """Read a job that nobody has."""
        call = self._call("get_music", arguments={"job_id": made_up_id(self.driver.lab, "job")})
        told = f"nobody has this job, but it was answered {call.status}"
        self.driver.lab.check(_UNKNOWN_ID_IS_404, fine=call.status == 404, message=told, call=call)

    @rule(seconds=st.sampled_from([1, 7, 7, 40, 400]))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.driver.wait(seconds)

    @precondition(lambda self: self.driver.lab.clock.virtual)
    @rule(job=jobs)
    def wait_a_day(self, job: Thing) -> None:
        """Let a day pass, after which all music has an end and its files are there."""
        self.driver.wait(_A_DAY)
        for page in self._pages("list_music", {"user_id": job.account}):
            late = [record.get("job_id") for record in records_of(page) if status_of(record) == GENERATING]
            told = f"{late} are still at work after a day"
            self.driver.lab.check(_JOBS_COME_TO_AN_END, fine=not late, message=told, call=page)
        self.download(job, None)

    def _call(self, operation: str, **options: Any) -> Call:
        call = self.driver.call(operation, **options)
        self.calls.append(call)
        return call

    def _new_account(self) -> str:
        account = str(self.driver.lab.random.randrange(10**8, 10**9))
        self.stored.append(account)
        return account

    def _store(self, account: str, limit: int | None) -> str:
        body: dict[str, Any] = {"requestParams": {"user_id": account, "ucid": account}}
        self._call("create_account", json=body if limit is None else {**body, "maxJobs": limit})
        return account

    def _order(self, operation: str, account: str, order: dict[str, Any]) -> MultipleResults[Thing]:
        lab = self.driver.lab
        body = {**order, "user_id": account, "replyRef": lab.name("ref")}
        if body.pop("replyUrl", "") and lab.receiver is not None:
            body["replyUrl"] = lab.receiver.url
        call = self._call(operation, json=body)
        # Who ran while it was taken, or whom it started though it was refused, shows only afterwards.
        self._call("list_running_jobs")
        return multiple(*(Thing(account, job_id) for job_id in texts(call.item.get("jobs"))))

    def _upload(self, account: str, content: bytes, media_type: str) -> dict[str, Any]:
        query = {"user_id": account, "name": self.driver.lab.name("Harbour")}
        return {"query": query, "content": content, "headers": {"Content-Type": media_type}}

    def _pages(self, operation: str, query: dict[str, Any]) -> list[Call]:
        pages: list[Call] = []
        cursor: Any = None
        while len(pages) < _MOST_PAGES:
            pages.append(self._call(operation, query={**query, "cursor": cursor}))
            cursor = pages[-1].item.get("cursor")
            if pages[-1].item.get("hasNext") is not True or not isinstance(cursor, str) or not cursor:
                break
        return pages


def _made(call: Call, account: str) -> MultipleResults[Thing]:
    """Return what an upload has made, nothing if it was refused."""
    shown = call.item.get("midiRenderVO", call.item)
    names = ("midiItemId", "clonedVoiceItemId") if isinstance(shown, dict) and call.accepted else ()
    return multiple(*(Thing(account, each) for each in texts([shown.get(name) for name in names])))


def drive(lab: Lab, pace: Pace | None = None) -> Driver:
    """Play random sequences on a service, in an extent that suits its time, and return what came of them.

    Raises:
        GoneError: The service has stopped answering.
        UnclearError: Some sequences could not go on, so nothing can be said about what they would have shown.

    """
    driver = Driver(lab, pace or _suiting(lab))
    driver.run(type("Machine", (ContractMachine,), {"driver": driver}), lab.seed)
    return driver


def _suiting(lab: Lab) -> Pace:
    if lab.target.transport is not None:
        # Nothing is far away in this process, and what a busy machine takes longer for is to be the same sequences.
        return Pace(seconds=math.inf)
    if lab.clock.virtual:
        return Pace()
    return _REAL_TIME
