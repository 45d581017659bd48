"""A generation job: a record with a plan, whose state is a function of time.

Reading a job never moves it. The three states are those of the page GET music/job_id.
"""

from bisect import bisect_right
from enum import Enum
from functools import lru_cache
from itertools import accumulate, takewhile
from typing import Literal

from .draws import Draws
from .ids import CompositeId, blob_name
from .policy import Policy, Quantiles
from .recorded import Recorded
from .records import Record, replace

JobKind = Literal["song", "instrumental"]

NEVER_MS = 1 << 50
"""An age no job reaches by itself, for all the years a clock can show: steps from here on wait for something else."""

MOST_CALLBACKS = 1000
"""How many callbacks a job has at most before its end, however close they follow each other."""

POLLED_MS = NEVER_MS << 1
"""Steps from here on wait for polls, one for each."""


class Status(Enum):
    """The states of a job: the number, the name and the finality the service prints."""

    GENERATING = 0
    FAILED = 10
    COMPLETED = 30

    @property
    def final(self) -> bool:
        """Whether a job stays in this state for ever."""
        return self is not Status.GENERATING


class Step(Record, frozen=True):
    """From `age_ms` on, counted from the job's creation, it has this status and progress (per cent).

    `told` says whether a callback tells of it, if there are callbacks.
    """

    age_ms: int
    status: Status
    progress: int
    told: bool = True


class Plan(Record, frozen=True, rename={"given": "steps"}, omit_defaults=True):
    """All steps of a job in order of age: the first at age 0, the last one final.

    Most plans are no more than what was drawn for them, a duration and a number that moves the steps on the way; their
    steps are worked out when somebody looks. Other plans have them `given`.
    """

    given: tuple[Step, ...] = ()
    duration_ms: int = 0
    noise: int = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step."""
        return self.given or _worked_out(self.duration_ms, self.noise)

    @property
    def end_ms(self) -> int:
        """The age of the final step."""
        return self.given[-1].age_ms if self.given else self.duration_ms

    def at(self, age_ms: int) -> Step:
        """Return the step a job of that age has reached."""
        steps = self.steps
        return steps[max(0, bisect_right(steps, age_ms, key=lambda step: step.age_ms) - 1)]

    @property
    def end(self) -> Step:
        """The final step."""
        return self.steps[-1]

    def freezing(self, progress: int) -> "Plan":
        """Return the plan with a progress that stops there, and goes from there to the final step."""
        held = (replace(step, progress=min(step.progress, progress)) for step in self.steps[:-1])
        return Plan((*held, self.end))

    def failing(self, progress: int) -> "Plan":
        """Return the plan of a job that fails when it would have reached that progress."""
        reached = next(step for step in self.steps[1:] if step.progress >= progress)
        if reached.age_ms >= POLLED_MS:  # Polls move this job: it fails at the one that would have completed it.
            return Plan((*self.freezing(progress).steps[:-1], Step(self.end.age_ms, Status.FAILED, progress)))
        begun = tuple(step for step in self.steps if step.progress < progress) or self.steps[:1]
        return Plan((*begun, Step(reached.age_ms, Status.FAILED, progress)))

    def stalling(self, progress: int) -> "Plan":
        """Return the plan of a job that gets as far as that progress and never ends."""
        held = self.freezing(progress).steps[:-1]
        return Plan((*held, self.end if self.end_ms >= NEVER_MS else replace(self.end, age_ms=self.end_ms + NEVER_MS)))

    def resumed(self, age_ms: int) -> "Plan":
        """Return the plan of a job that had stalled and goes on at that age: what was missing then is missing now."""
        last, end = self.steps[-2:]
        if end.age_ms >= POLLED_MS:
            return self
        missing_ms = end.age_ms - NEVER_MS - last.age_ms
        return Plan((*self.steps[:-1], replace(end, age_ms=max(age_ms, last.age_ms) + missing_ms)))

    def polled(self, age_ms: int) -> "Plan":
        """Return the plan with its next waiting step reached at that age."""
        place = next((place for place, step in enumerate(self.steps) if step.age_ms >= POLLED_MS), None)
        if place is None:
            return self
        return Plan((*self.steps[:place], replace(self.steps[place], age_ms=age_ms), *self.steps[place + 1 :]))


_BEGINNING = Step(0, Status.GENERATING, 0)


def plan_for(policy: Policy, draws: Draws, kind: JobKind = "song", request: "MusicRequest | None" = None) -> Plan:
    """Draw a plan: progress rises in uneven steps to the final one, with time or with polls."""
    if policy.ready_after_polls:
        return _plan_of_polls(policy.ready_after_polls)
    seconds = policy.seconds_of(kind, request.model) if request and policy.job_seconds_of else policy.job_seconds
    duration = max(1, draws.milliseconds(seconds))
    plan = Plan((), duration, draws.below(10_000))
    if policy.progress:
        plan = Plan(_drawn_steps(policy, draws, duration))
    if policy.callback_spacing_seconds and request and request.reply_url:
        plan = _spaced(plan, draws, policy.callback_spacing_seconds)
    return plan


def _drawn_steps(policy: Policy, draws: Draws, duration_ms: int) -> tuple[Step, ...]:
    """Return the steps of a job whose progress goes as the policy has it."""
    steps = [_BEGINNING]
    for progress, share in policy.progress:
        age = min(duration_ms - 1, round(draws.quantile(share) * duration_ms))
        steps.append(Step(max(steps[-1].age_ms, age), Status.GENERATING, progress))
    return (*steps, Step(duration_ms, Status.COMPLETED, 100))


def _spaced(plan: Plan, draws: Draws, spacing_seconds: Quantiles) -> Plan:
    """Return a plan of which callbacks tell in intervals of their own, and of its end."""
    *on_the_way, end = plan.steps
    ages = accumulate(max(1, draws.milliseconds(spacing_seconds)) for _ in range(MOST_CALLBACKS))
    told = [replace(plan.at(age), age_ms=age) for age in takewhile(lambda age: age < end.age_ms, ages)]
    silent = [replace(step, told=False) for step in on_the_way]
    return Plan((*sorted((*silent, *told), key=lambda step: step.age_ms), end))


@lru_cache(maxsize=4096)
def _worked_out(duration_ms: int, noise: int) -> tuple[Step, ...]:
    """Return the steps of a job that takes so long: each digit of the noise moves one by up to a tenth of that."""
    running = (
        Step(duration_ms * (progress - 5 + noise // 10**digit % 10) // 100, Status.GENERATING, progress)
        for digit, progress in enumerate((20, 40, 60, 80))
    )
    return (_BEGINNING, *running, Step(duration_ms, Status.COMPLETED, 100))


def _plan_of_polls(polls: int) -> Plan:
    """Return a plan whose steps wait, one for each poll; the last one is final."""
    running = tuple(Step(POLLED_MS + poll, Status.GENERATING, 100 * poll // polls) for poll in range(1, polls))
    return Plan((_BEGINNING, *running, Step(POLLED_MS + polls, Status.COMPLETED, 100)))


class MusicRequest(Record, frozen=True, kw_only=True):
    """What a client asked for, defaults applied; absent options are None.

    `max_jobs` replaces the account's limit for this request alone. `base_url` is the service's address as the client
    knows it: links in callbacks start with it. `depth` counts the callbacks that led to the request, one after another.
    `origin` is the web page's that sent the request, if it says so and has a `replyUrl`.
    A song on a MIDI file has that file's `tonality` and `bpm`.
    """

    prompt: str
    model: str
    user_id: str | None = None
    max_jobs: int | None = None
    lyrics: str | None = None
    artist_voice_id: str | None = None
    cloned_voice_id: str | None = None
    midi_id: str | None = None
    tonality: str | None = None
    bpm: int | None = None
    chords: str | None = None
    reply_url: str | None = None
    reply_ref: str | None = None
    base_url: str = ""
    depth: int = 0
    origin: str | None = None


class Material(Record, frozen=True, kw_only=True):
    """What the service makes of a request: everything a listener could check against the file."""

    title: str
    style: str
    mood: str
    instruments: str
    scene: str
    key: str
    bpm: int
    chords: str
    seconds: int
    seed: int


class Job(Record, frozen=True, kw_only=True, rename={"given_material": "material"}):
    """One piece of music from request to file.

    `number` counts the jobs of a world in order of creation. While `active` the job takes a slot of its account and
    the scheduler tracks it; only settling a world, cancelling the job or deleting it or its account ends that.
    `settled_steps` is how many steps of the plan a settling has handled. `stalled_by` is the id of the fault rule that
    keeps it from ending.

    The music follows from `request`, `seconds` and `seed`, and is worked out when somebody looks (`composing`); only
    jobs that come from elsewhere have a `given_material`, and those of a recording what it showed of them (`recorded`).
    """

    number: int
    id: CompositeId
    kind: JobKind
    created_ms: int
    plan: Plan
    download_lag_ms: int
    request: MusicRequest
    seconds: int
    seed: int
    given_material: Material | None = None
    active: bool = True
    settled_steps: int = 1
    stalled_by: str | None = None
    recorded: Recorded | None = None

    @property
    def listing(self) -> str:
        """The listing it stands in: its account's, by kind."""
        return f"{self.id.user_id}/{self.kind}"

    @property
    def midi_blob(self) -> str | None:
        """The name of the bytes of the MIDI file it is based on, if it is."""
        midi_id = self.request.midi_id
        return blob_name(CompositeId.parse(midi_id, "midi", name="midiItemId")) if midi_id else None

    @property
    def sample_blob(self) -> str | None:
        """The name of the bytes of the sample its cloned voice was made from, if it has one."""
        voice_id = self.request.cloned_voice_id
        return blob_name(CompositeId.parse(voice_id, "voice", name="clonedVoiceItemId")) if voice_id else None

    def step(self, now_ms: int) -> Step:
        """Return the step reached at a virtual moment."""
        return self.plan.at(now_ms - self.created_ms)

    @property
    def ends_ms(self) -> int:
        """The virtual moment of the final step."""
        return self.created_ms + self.plan.end_ms

    @property
    def due_ms(self) -> int:
        """The virtual moment of the next step that a settling must handle: each one where somebody is told of it."""
        if self.request.reply_url is None:
            return self.created_ms + self.plan.end_ms
        return self.created_ms + self.plan.steps[self.settled_steps].age_ms

    @property
    def waits(self) -> bool:
        """Whether the final step waits for something else than time: polls, or the end of a fault rule."""
        return self.plan.end_ms >= NEVER_MS

    @property
    def downloadable_ms(self) -> int:
        """The virtual moment from which a completed job's files can be asked for."""
        return self.ends_ms + self.download_lag_ms

    def released(self) -> "Job":
        """Return the job without its slot."""
        return replace(self, active=False)

    def resumed(self, now_ms: int) -> "Job":
        """Return the job, kept from ending until now, as it goes on."""
        return replace(self, stalled_by=None, plan=self.plan.resumed(now_ms - self.created_ms))

    def polled(self, now_ms: int) -> "Job":
        """Return the job one step further, if its steps wait for polls."""
        if self.stalled_by is not None:
            return self
        return replace(self, plan=self.plan.polled(now_ms - self.created_ms))
