"""From a job to the bytes of its files: the only module that needs the renderer and its heavy libraries."""

from functools import partial

from ..audio import Score, Voice, render_mp3, render_wav, wav_length
from ..domain.ids import seeded_number
from ..domain.jobs import Job
from .rendering import Blocks


def score_of(job: Job) -> Score:
    """Return what to play for a job: exactly what its material says."""
    material = job.material
    return Score(
        seconds=material.seconds,
        key=material.key,
        bpm=material.bpm,
        chords=material.chords,
        seed=material.seed,
        voice=Voice.from_labels(seeded_number(material.seed)) if job.kind == "song" else None,
    )


def blocks(job: Job, suffix: str) -> Blocks:
    """Return what makes the bytes of one of a job's files."""
    score = score_of(job)
    match suffix:
        case ".wav":
            return partial(render_wav, score)
        case _:
            return partial(render_mp3, score, job.material.title)


def size(job: Job, suffix: str) -> int | None:
    """Return the length of one of a job's files in bytes, where it is known before the file is made."""
    return wav_length(score_of(job)) if suffix == ".wav" else None
