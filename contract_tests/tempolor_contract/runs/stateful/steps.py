"""The steps of the state machine: each does something to the service and to the model, and compares."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from ...document.bodies import running_rows
from ...document.call import Call
from ...target.guard import Refused
from ..scenarios.fixtures import made_up_id
from ..scenarios.lab import GoneError, UnclearError
from ..scenarios.samples import midi_file, wav_file
from .bench import Bench, answer
from .model import Finding, ModelJob, ModelUpload

_LISTS: Final = {"midi": "list_midi", "voice": "list_cloned_voices"}
_MOST_ACCOUNTS: Final = 3
_A_DAY: Final = 86_400
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
                for job in [each for each in bench.model.jobs.values() if each.holds_a_slot]:
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

    @precondition(lambda self: self.bench.lab.clock.virtual and self.bench.model.jobs)
    @rule()
    def let_a_day_pass(self) -> None:
        """Wait until everything has an end, and look at all jobs."""

        def play(bench: Bench) -> None:
            bench.step("wait a day")
            bench.wait(_A_DAY)
            bench.model.all_is_over()
            for job in list(bench.model.jobs.values()):
                bench.poll(job.id)
                if not job.deleted:
                    bench.agree([bench.model.ended(job.id, bench.now - job.ordered_at, _A_DAY)])

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
