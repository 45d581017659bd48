"""From a job or a voice to the bytes of its files: with `uploads`, the only module that needs the heavy libraries.

Each function returns what makes a file's bytes, and their number where that is known before they are made.
"""

from functools import partial

from .. import audio
from ..domain.artists import ArtistVoice
from ..domain.ids import seeded_number
from ..domain.jobs import Job
from .rendering import Blocks

Made = tuple[Blocks, int | None]


def music(job: Job, suffix: str, template: bytes | None) -> Made:
    """Return a piece of music as mp3, wav or ZIP of stems."""
    score = score_of(job, template)
    match suffix:
        case ".wav":
            return partial(audio.render_wav, score), audio.wav_length(score)
        case ".zip":
            return partial(audio.render_stems_zip, score), audio.stems_zip_length(score)
        case _:
            return partial(audio.render_mp3, score, job.material.title), None


def cover(job: Job) -> Made:
    """Return the cover image of a piece."""
    return lambda: (audio.cover_png(job.material.seed),), None


def waveform(job: Job, template: bytes | None) -> Made:
    """Return the peaks of a piece."""
    score = score_of(job, template)
    return lambda: (audio.render_waveform(score),), None


def artist_sample(voice: ArtistVoice) -> Made:
    """Return a few sung seconds of an artist voice."""
    return partial(audio.render_voice_sample, _singer(voice), voice.name), None


def artist_cover(voice: ArtistVoice) -> Made:
    """Return the cover image of an artist voice."""
    return lambda: (audio.cover_png(seeded_number(voice.item_id, bits=32)),), None


def _singer(voice: ArtistVoice) -> audio.Voice:
    return audio.Voice.from_labels(seeded_number(voice.item_id, bits=32), voice.labels)


def score_of(job: Job, template: bytes | None) -> audio.Score:
    """Return what to play for a job: what its material says, on the MIDI file where there is one."""
    material = job.material
    return audio.Score(
        seconds=material.seconds,
        key=material.key,
        bpm=material.bpm,
        chords=material.chords,
        seed=material.seed,
        voice=_voice_of(job),
        melody=audio.read_midi(template).melody if template else (),
    )


def _voice_of(job: Job) -> audio.Voice | None:
    if job.kind == "instrumental":
        return None
    voice_id = job.request.artist_voice_id or job.request.cloned_voice_id
    return audio.Voice.from_labels(seeded_number(voice_id or job.material.seed, bits=32))
