"""From a job or a voice to the bytes of its files: with `uploads`, the only module that needs the heavy libraries.

Each function returns what makes a file's bytes, and their number where that is known before they are made.
"""

from dataclasses import dataclass
from functools import lru_cache, partial
from zlib import crc32

from .. import audio
from ..domain import artists
from ..domain.artists import ArtistVoice
from ..domain.composing import material_of
from ..domain.errors import ServiceError
from ..domain.ids import seeded_number
from ..domain.jobs import Job
from .rendering import Blocks

Made = tuple[Blocks, int | None]

SPLIT_BYTES = 900_000_000
"""Room to make the stems of an upload in: four WAV files of ten minutes, the longest it may be, and the ZIP of them."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a piece was based on besides its material: the bytes of a MIDI file, of a cloned voice's sample."""

    midi: bytes | None = None
    sample: bytes | None = None


def music(job: Job, suffix: str, sources: Sources) -> Made:
    """Return a piece of music as mp3, wav or ZIP of stems."""
    score = score_of(job, sources)
    match suffix:
        case ".wav":
            return partial(audio.render_wav, score), audio.wav_length(score)
        case ".zip":
            return partial(audio.render_stems_zip, score), audio.stems_zip_length(score)
        case _:
            title = material_of(job).title
            return partial(audio.render_mp3, score, title), audio.mp3_length(score, title)


def cover(job: Job) -> Made:
    """Return the cover image of a piece."""
    return lambda: (audio.cover_png(job.seed),), None


def waveform(job: Job, sources: Sources) -> Made:
    """Return the peaks of a piece."""
    score = score_of(job, sources)
    return lambda: (audio.render_waveform(score),), None


def artist_sample(voice: ArtistVoice) -> Made:
    """Return a few sung seconds of an artist voice."""
    return partial(audio.render_voice_sample, _singer(voice), voice.name), None


def artist_cover(voice: ArtistVoice) -> Made:
    """Return the cover image of an artist voice."""
    return lambda: (audio.cover_jpeg(seeded_number(voice.item_id, bits=32)),), None


def split(upload: bytes) -> Made:
    """Return the ZIP of the stems of an upload that was found to be audio.

    Where nothing here decodes the upload, a song of ours stands in for it, as long as the upload says it is.
    """
    if audio.can_decode(upload):
        return partial(audio.split_audio, upload), None
    score = audio.Score(audio.probe_audio(upload).seconds, seed=crc32(upload), voice=audio.Voice())
    return partial(audio.render_stems_zip, score), audio.stems_zip_length(score)


def _singer(voice: ArtistVoice) -> audio.Voice:
    return audio.Voice.from_labels(seeded_number(voice.item_id, bits=32), voice.labels)


def score_of(job: Job, sources: Sources) -> audio.Score:
    """Return what to play for a job: what its material says, on the MIDI file where there is one.

    A 400 where that file or a voice's sample is none: uploads are checked, but snapshots can be written by hand.
    """
    try:
        return _score(job, sources)
    except (audio.UnreadableAudio, audio.UnreadableMidi) as error:
        raise ServiceError(400, f"What this piece is based on cannot be read: {error}") from None


def _score(job: Job, sources: Sources) -> audio.Score:
    material = material_of(job)
    return audio.Score(
        seconds=material.seconds,
        key=material.key,
        bpm=material.bpm,
        chords=material.chords,
        seed=material.seed,
        voice=_voice_of(job, sources.sample) if job.kind == "song" else None,
        melody=audio.read_midi(sources.midi).melody if sources.midi else (),
    )


def _voice_of(job: Job, sample: bytes | None) -> audio.Voice:
    artist = artists.find(job.request.artist_voice_id or "")
    if artist is not None:
        return _singer(artist)
    if sample is not None:
        return _matched(sample, seeded_number(job.request.cloned_voice_id, bits=32))
    return audio.Voice.from_labels(job.seed)


@lru_cache(maxsize=2)
def _matched(sample: bytes, seed: int) -> audio.Voice:
    """Return the voice of a sample: listening to it takes a while, and each part of a file asks."""
    return audio.match_voice(sample, seed)
