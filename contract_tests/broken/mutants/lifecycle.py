"""Mutants in the life of a job, a voice or a MIDI file."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tempolor_mock import recent
from tempolor_mock.domain import errors, midi, music, scheduler, voices
from tempolor_mock.domain.jobs import Plan
from tempolor_mock.domain.records import replace
from tempolor_mock.steps import reading

from ..mutant import Answer, Asked, Kind, Mutant, Rewrite
from ..rewriting import (
    ITEM,
    ORDERS,
    SUCCESS,
    Change,
    answers,
    at,
    counting,
    done,
    edit,
    error,
    put,
    rewritten,
    when,
    with_fields,
    without,
)
from ..switching import Make, instead, swap, switched


def ended(change: Change) -> Rewrite:
    """Change an item in all polls after the one that first showed it COMPLETED."""
    known: set[bytes] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "get_music" and answer.status == 200 and done(answer.data):
            if asked.raw_path in known:
                answer.put(change(answer.data))
            known.add(asked.raw_path)

    return rewrite


def _swap_first(names: list[str]) -> list[str]:
    return [*names[1:], *names[:1]] if len(names) > 1 else ["000000000000000"]


def _forgotten(owner: str, path: str) -> Rewrite:
    """Answer 404 for an item once it was seen complete."""
    gone: set[str] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation != owner:
            return
        if asked.path in gone:
            answer.become(404, error(404, f"No record found for {asked.path.rpartition('/')[2]}"))
        elif done(answer.data) and path:
            gone.add(asked.path)

    return rewrite


def _same_jobs() -> Rewrite:
    first: dict[str, Any] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation in ORDERS and answer.status == 200:
            data = answer.data
            kept = first.setdefault(asked.token, data)
            answer.put({**data, "jobs": kept["jobs"], "itemIds": kept["itemIds"]})

    return rewrite


def _plan_with(change: Callable[[Plan], Plan]) -> Make:
    return lambda make: lambda *given: change(make(*given))


def _zigzag(plan: Plan) -> Plan:
    steps = list(plan.steps)
    steps[2], steps[3] = replace(steps[2], progress=steps[3].progress), replace(steps[3], progress=steps[2].progress)
    return Plan(tuple(steps))


def _json_only(read: Any) -> Any:
    def media_type(self: Any, headers: Any) -> Any:
        kind = read(self, headers)
        if "form" in kind:
            raise errors.wrong_media_type(["application/json"])
        return kind

    return media_type


def _unvoiced(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "ltmMaterialExtendDto": {**item["ltmMaterialExtendDto"], "ltmVocalModel": False}}


_rewrite = partial(rewritten, Kind.LIFECYCLE)


def _goes_with(name: str) -> Make:
    """Delete music along with what it was made from; `name` is that of the request's field."""

    def make(delete: Any) -> Any:
        def deleted(world: Any, thing: str) -> None:
            for job in [each for each in world.jobs if getattr(each.request, name) == thing]:
                music.delete(world, str(job.id))
            delete(world, thing)

        return deleted

    return make


def _fails_when_cancelled(cancel: Any) -> Any:
    def cancelled(world: Any, job_id: str) -> None:
        cancel(world, job_id)
        job = music.get(world, job_id)
        world.jobs.put(replace(job, plan=job.plan.failing(music.FAILS_AT)))

    return cancelled


def _only_what_has_ended(delete: Any) -> Any:
    def deleted(world: Any, job_id: str) -> None:
        if not music.get(world, job_id).active:
            delete(world, job_id)

    return deleted


def _no_file_of_cancelled() -> Rewrite:
    cancelled: set[str] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        job_id = asked.path.rpartition("/")[2]
        if asked.operation == "cancel_job" and answer.status in SUCCESS:
            cancelled.add(job_id)
        elif asked.operation == "download_music" and answer.status == 200 and job_id in cancelled:
            answer.become(400, error(400, "Generation is not completed yet (0)"))

    return rewrite


_switch = partial(switched, Kind.LIFECYCLE)


def _is_there(world: Any, account: Any, voice_id: str) -> None:
    """Raise what an order is told whose voice is not the account's; whether it is ready does not count."""
    voice = world.voices.get(voice_id.rpartition(":")[2])
    if voice is None or voice.listing != account.user_id:
        raise errors.no_source_material()


MUTANTS: Final = (
    _switch(
        "cancelled-jobs-fail",
        "A job that is cancelled fails, though only the scheduler is to forget it.",
        "cancelled-job-is-still-there",
        swap(scheduler, "cancel", _fails_when_cancelled),
    ),
    _rewrite(
        "cancelled-music-has-no-file",
        "Music whose job was cancelled cannot be downloaded when it is COMPLETED.",
        "complete-can-be-downloaded",
        _no_file_of_cancelled,
    ),
    _switch(
        "running-jobs-outlive-their-deletion",
        "Deleting a job that is at work is answered 200, and does nothing.",
        "deleted-is-gone",
        swap(music, "delete", _only_what_has_ended),
    ),
    _switch(
        "music-goes-with-its-midi",
        "Music is deleted along with the MIDI file that it was made from.",
        "what-was-made-can-be-found cancelled-job-is-still-there",
        swap(midi, "delete", _goes_with("midi_id")),
    ),
    _switch(
        "music-goes-with-its-voice",
        "Music is deleted along with the voice that sings it.",
        "what-was-made-can-be-found cancelled-job-is-still-there",
        swap(voices, "delete", _goes_with("cloned_voice_id")),
    ),
    _rewrite(
        "final-is-not-final",
        "`status_final` of a COMPLETED item is false.",
        "status-triple-agrees",
        lambda: edit(ITEM, when(done, with_fields(status_final=False))),
    ),
    _rewrite(
        "name-of-another-status",
        "A COMPLETED item is called GENERATING.",
        "status-triple-agrees",
        lambda: edit(ITEM, when(done, with_fields(status_name="GENERATING"))),
    ),
    _rewrite(
        "ends-at-99",
        "A COMPLETED item has progress 99.",
        "completed-is-100-percent",
        lambda: edit(ITEM, when(done, with_fields(progress=99))),
    ),
    _rewrite(
        "works-again",
        "A job that has ended is at work again.",
        "status-never-goes-back final-stays-final",
        lambda: ended(with_fields(status=0, status_name="GENERATING", status_final=False, progress=100)),
    ),
    _rewrite(
        "fails-after-completion",
        "A job that was COMPLETED is FAILED later.",
        "final-stays-final",
        lambda: ended(with_fields(status=10, status_name="FAILED", status_final=True)),
    ),
    _rewrite(
        "title-changes",
        "A finished item has another title each time.",
        "finished-item-is-stable",
        lambda: counting(ITEM, lambda item, number: {**item, "titleEn": f"Take {number}"}),
    ),
    _rewrite(
        "seed-changes",
        "An item has another seed each time.",
        "item-keeps-its-identity finished-item-is-stable",
        lambda: counting(ITEM, lambda item, number: at("musicMaterial.seed", put(number))(item)),
    ),
    _rewrite(
        "prompt-is-lost",
        "The prompt does not come back.",
        "order-comes-back",
        lambda: edit(ITEM, at("ltmMaterialExtendDto.prompt", put("Something else"))),
    ),
    _rewrite(
        "key-is-lost",
        "The key that was ordered does not come back.",
        "order-comes-back",
        lambda: edit(ITEM, at("musicMaterial.key", put("Q:major"))),
    ),
    _rewrite(
        "tempo-is-lost",
        "The tempo that was ordered does not come back.",
        "order-comes-back",
        lambda: edit(ITEM, at("musicMaterial.bpm", put(61))),
    ),
    _rewrite(
        "chords-are-lost",
        "The chords that were ordered do not come back.",
        "order-comes-back",
        lambda: edit(ITEM, at("musicMaterial.chord", put("Zsus"))),
    ),
    _rewrite(
        "same-jobs-again",
        "Each order answers with the first one's jobs.",
        "jobs-are-new order-goes-to-its-account",
        _same_jobs,
    ),
    _rewrite(
        "item-ids-out-of-order",
        "`itemIds` have another order than `jobs`.",
        "jobs-match-item-ids",
        lambda: edit(ORDERS, at("itemIds", _swap_first)),
    ),
    _rewrite(
        "taken-but-false",
        "`result` of an order is false.",
        "result-means-success",
        lambda: edit(ORDERS, with_fields(result=False)),
    ),
    _rewrite("no-jobs", "An order names no jobs.", "jobs-match-item-ids", lambda: edit(ORDERS, without("jobs"))),
    _rewrite(
        "vanishes-when-done",
        "A job is gone once it was seen COMPLETED.",
        "what-was-made-can-be-found",
        lambda: _forgotten("get_music", "job_id"),
    ),
    _rewrite(
        "plan-runs-over",
        "More generations are left than the plan has.",
        "plan-adds-up",
        lambda: edit(ORDERS, lambda data: {**data, "remainNum": data["totalNum"] + 1}),
    ),
    _rewrite(
        "upload-under-another-name",
        "A MIDI file is listed under another name.",
        "upload-comes-back-in-its-list",
        lambda: edit(["list_midi"], at("records.*.name", put("Untitled"))),
    ),
    _rewrite(
        "never-the-first",
        "`isFirst` is true for each MIDI file.",
        "is-first-means-first",
        lambda: edit(["upload_midi"], with_fields(isFirst=True)),
    ),
    _rewrite(
        "voice-listed-unready",
        "A voice that is ready is listed as in work.",
        "ready-voice-stays-ready clone-status-fits-its-body",
        lambda: edit(["list_cloned_voices"], at("records.*.status", put(0))),
    ),
    _switch(
        "never-final",
        "Jobs stop at 80 and never end.",
        "jobs-come-to-an-end",
        swap(music, "plan_for", _plan_with(lambda plan: plan.stalling(80))),
    ),
    _switch(
        "progress-goes-back",
        "Progress goes 20, 60, 40, 80.",
        "progress-never-goes-back",
        swap(music, "plan_for", _plan_with(_zigzag)),
    ),
    _switch(
        "refuses-all-forms",
        "Orders sent as forms are refused.",
        "valid-orders-are-taken valid-is-accepted",
        swap(reading.BodyReader, "media_type", _json_only),
    ),
    Mutant(
        id="unready-voice-is-usable",
        kind=Kind.LIFECYCLE,
        sentence="A voice that was answered 202 can be used at once.",
        expects=("ready-material-can-be-used", "ready-voice-stays-ready"),
        patches=swap(voices.ClonedVoice, "is_ready", instead(lambda _self, _now: True)),
        policy={"clone_seconds": (200.0, 200.0)},
    ),
    Mutant(
        id="unready-voices-sing-now-and-then",
        kind=Kind.LIFECYCLE,
        sentence="Orders take voices that are being cloned, which the one in four is that takes more than two minutes.",
        expects=("clone-status-fits-its-body",),
        patches=swap(voices, "check_usable", instead(_is_there)),
        policy={"clone_seconds": (30.0, 150.0)},
    ),
    Mutant(
        id="unready-voice-stays-unready",
        kind=Kind.LIFECYCLE,
        sentence="A voice that was answered 202 is never ready.",
        expects=("jobs-come-to-an-end",),
        policy={"clone_seconds": (1e9, 1e9)},
    ),
    _switch(
        "voice-is-not-marked",
        "An item does not tell that a voice was chosen.",
        "sources-come-back order-comes-back",
        swap(recent, "music_item", lambda show: lambda *a, **k: _unvoiced(show(*a, **k))),
        equivalent="A tolerated reading: the pages do not say what the two marks mean.",
    ),
    _rewrite(
        "artists-are-refused",
        "An order with an artist's voice that is on offer is a 404.",
        "ready-material-can-be-used",
        lambda: answers(
            lambda asked, _answer: asked.operation == "create_song" and b"artistVoiceItemId" in asked.body,
            404,
            error(404, "The source material does not exist."),
        ),
    ),
    _rewrite(
        "model-is-ignored",
        "Whatever model is ordered, items show the default.",
        "model-comes-back",
        lambda: edit(ITEM, at("ltmMaterialExtendDto.modelShowName", put("v3.5"))),
    ),
    _rewrite(
        "longer-than-allowed",
        "A piece lasts longer than its model allows.",
        "length-keeps-to-the-model",
        lambda: edit(ITEM, when(done, at("musicMaterial.dur", put(301)))),
    ),
    _rewrite(
        "lines-are-lost",
        "Lyrics come back on one line.",
        "order-comes-back",
        lambda: edit(ITEM, at("ltmMaterialExtendDto.lyricsPrompt", lambda text: text.replace("\n", " "))),
    ),
)
