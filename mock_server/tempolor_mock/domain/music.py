"""Songs and instrumentals: admission, listing, reading, deleting, downloading. Source: the music pages."""

from . import accounts, artists, callbacks, errors, faults, midi, voices
from .accounts import Account
from .composing import drawn_seconds
from .draws import Draws
from .faults import Fault
from .ids import CompositeId
from .jobs import Job, JobKind, MusicRequest, Status, plan_for
from .paging import Page, page_of
from .records import Record, replace
from .settling import settle
from .world import World

FAILS_AT = 60
"""The progress at which jobs fail by the policy's `fail_rate`, per cent."""


class Started(Record, frozen=True):
    """Jobs that were just admitted, and the account's quota after them."""

    jobs: tuple[Job, ...]
    account: Account
    remaining: int
    remaining_seconds: int
    total: int


def start(world: World, kind: JobKind, request: MusicRequest, fault: Fault | None = None) -> Started:
    """Admit a request and start its jobs, as `fault` wants them where a rule hit the request.

    Raises 400 for material that excludes each other, 404 for unknown accounts and material, 402 where the quota is
    spent, and 429 where the account has no free slot. The last request of a quota starts as many jobs as are left.
    """
    _check_combination(request)
    account = _account_for(world, request)
    request = _with_material(world, account, request)
    started, total = world.count("jobs", 0), world.policy.total_generations
    if started >= total:
        raise errors.subscription_required(bound="generations")
    _admit(world, account, request.max_jobs or account.max_jobs)
    last = min(total, started + world.policy.jobs_per_request)
    jobs = _new_jobs(world, account, kind, request, range(started + 1, last + 1))
    if fault is not None:
        jobs = [faults.bent(job, fault) for job in jobs]
    elif world.policy.fail_rate:
        jobs = [_by_policy(job, world) for job in jobs]
    for job in jobs:
        world.jobs.put(job)
    world.count("jobs", len(jobs))
    used_seconds = world.count("music_seconds", sum([job.seconds for job in jobs]))
    return Started(
        jobs=tuple(jobs),
        account=account,
        remaining=total - last,
        remaining_seconds=max(0, world.policy.total_music_seconds - used_seconds),
        total=total,
    )


def _account_for(world: World, request: MusicRequest) -> Account:
    if request.user_id:
        return accounts.get(world, request.user_id)
    named = _owner_of_material(request)
    if named is not None and named in world.accounts:
        return world.accounts[named]
    return accounts.freest(world)


def _owner_of_material(request: MusicRequest) -> str | None:
    if request.cloned_voice_id:
        return CompositeId.parse(request.cloned_voice_id, "voice", name="clonedVoiceItemId").user_id
    if request.midi_id:
        return CompositeId.parse(request.midi_id, "midi", name="midiItemId").user_id
    return None


def _check_combination(request: MusicRequest) -> None:
    if request.artist_voice_id and request.cloned_voice_id:
        raise errors.exclude_each_other("artistVoiceItemId", "clonedVoiceItemId")
    if request.midi_id and (request.artist_voice_id or request.cloned_voice_id):
        raise errors.excluded_by("midiItemId", "artistVoiceItemId", "clonedVoiceItemId")


def _with_material(world: World, account: Account, request: MusicRequest) -> MusicRequest:
    """Return the request with what its MIDI file says; raise a 404 for any named material that cannot be used."""
    if request.artist_voice_id and artists.find(request.artist_voice_id) is None:
        raise errors.no_source_material()
    if request.cloned_voice_id:
        voices.check_usable(world, account, request.cloned_voice_id)
    if not request.midi_id:
        return request
    file = midi.usable(world, account, request.midi_id)
    return replace(request, tonality=file.key, bpm=file.bpm)


def _admit(world: World, account: Account, limit: int) -> None:
    if world.jobs.count_active(account.user_id) >= limit:
        running = world.jobs.active(account.user_id)
        rows = {account.user_id: [_running_entry(job) for job in running]}
        raise errors.account_busy(rows, world.policy.account_busy_text)


def _running_entry(job: Job) -> dict[str, str | int]:
    entry: dict[str, str | int] = {"user_id": job.id.user_id, "job_id": str(job.id), "started": job.created_ms}
    if job.request.reply_url:
        entry["replyUrl"] = job.request.reply_url
    if job.request.reply_ref:
        entry["replyRef"] = job.request.reply_ref
    return entry


def _new_jobs(world: World, account: Account, kind: JobKind, request: MusicRequest, numbers: range) -> list[Job]:
    """Return the jobs of one request."""
    policy, token = world.policy, world.token
    draws = Draws(policy.seed, token, "order", numbers.start)
    # A job that polls have made ready is ready altogether.
    lag = (0.0,) if policy.ready_after_polls else policy.download_lag_seconds
    return [
        Job(
            number=number,
            id=CompositeId(token.number, account.user_id, "job", draws.item_id()),
            kind=kind,
            created_ms=world.now_ms,
            plan=plan_for(policy, draws, kind, request),
            download_lag_ms=draws.milliseconds(lag),
            request=request,
            seconds=drawn_seconds(policy, request, draws),
            seed=draws.below(1 << 32),
        )
        for number in numbers
    ]


def _by_policy(job: Job, world: World) -> Job:
    """Return a new job as the policy's `fail_rate` wants it."""
    if faults.drawn(world, "fails", job.number) < world.policy.fail_rate:
        return replace(job, plan=job.plan.failing(FAILS_AT))
    return job


def poll(world: World, job_id: str) -> Job:
    """Return a job as `get` does; where the policy has it so, this reading brings it a step further."""
    job = get(world, job_id)
    if not world.policy.ready_after_polls:
        return job
    world.jobs.put(job.polled(world.now_ms))
    settle(world)
    return get(world, job_id)


def get(world: World, job_id: str) -> Job:
    """Return a job of this user, or raise 400 for a malformed id and 404 for an unknown one."""
    wanted = CompositeId.parse(job_id, "job", name="job_id")
    job = world.jobs.get(wanted.item_id)
    if job is None or job.id != wanted or job.id.user_id not in world.accounts:
        raise errors.no_record(job_id)
    return job


def delete(world: World, job_id: str) -> None:
    """Forget a job for good; a running one gives its slot back."""
    job = get(world, job_id)
    callbacks.cancel(world, job)
    world.jobs.delete(job.id.item_id)


def page(world: World, kind: JobKind, *, user_id: str | None, cursor: str | None) -> Page[Job]:
    """Return a page of an account's jobs, newest first, running ones included."""
    account = accounts.the_one(world, user_id)
    return page_of(world.jobs, f"{account.user_id}/{kind}", cursor=cursor, size=world.policy.page_size)


def downloadable(world: World, job_id: str) -> Job:
    """Return a job whose files are ready.

    Raises 400 while the job is generating or when it failed, and 404 for the seconds between COMPLETED and the file
    being there, as the service does.
    """
    job = get(world, job_id)
    status = job.step(world.now_ms).status
    if status is not Status.COMPLETED:
        raise errors.not_completed(status.value)
    if world.now_ms < job.downloadable_ms:
        raise errors.no_record(job_id)
    return job
