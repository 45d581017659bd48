"""Believable music data for a request: what was asked for is kept, the rest is drawn with the job's own seed."""

import re
from collections.abc import Sequence
from functools import lru_cache

from .draws import Draws
from .harmony import TONALITIES, key_of
from .jobs import Job, Material, MusicRequest
from .policy import Policy
from .records import Record

LONGEST_SECONDS = {"v3": 120, "v3.5": 270, "v4.5+": 300, "v4.8": 300, "i3": 120, "i3.5 beta": 270, "i4": 270}
"""How long a piece each model makes at most, in seconds."""

SHORTEST_SECONDS = 60
USUAL_SECONDS = 300
"""How long a piece is at most that a model makes of which nothing is known: one that an overlay has added."""

_STYLES = {
    "Orchestral": ("orchestr", "symphon", "cinematic", "string", "epic"),
    "Lo-fi": ("lo-fi", "lofi", "chill"),
    "Rock": ("rock", "guitar", "punk", "grunge"),
    "Metal": ("metal", "djent"),
    "Jazz": ("jazz", "swing", "bebop", "sax"),
    "Hip Hop": ("hip hop", "hip-hop", "rap", "trap", "boom bap"),
    "Electronic": ("electro", "techno", "house", "synth", "edm", "trance"),
    "Folk": ("folk", "acoustic", "country", "banjo"),
    "Classical": ("classical", "piano", "sonata", "waltz"),
    "Ambient": ("ambient", "drone", "meditat", "sleep"),
    "R&B": ("r&b", "soul", "funk", "groove"),
    "Latin": ("latin", "salsa", "bossa", "samba", "reggaeton"),
}
_MOODS = {
    "Dramatic": ("dramatic", "epic", "intense", "powerful"),
    "Relaxed": ("relax", "calm", "soft", "chill", "peaceful", "sleep"),
    "Happy": ("happy", "joy", "upbeat", "cheerful", "summer"),
    "Sad": ("sad", "melanchol", "lonely", "rain", "tear"),
    "Dark": ("dark", "horror", "night", "sinister"),
    "Romantic": ("love", "romantic", "heart"),
}
_INSTRUMENTS = (
    "Piano",
    "Guitar",
    "Strings",
    "Drums",
    "Bass",
    "Synth",
    "Saxophone",
    "Violin",
    "Cello",
    "Flute",
    "Trumpet",
)
_SCENES = ("Film", "Game", "Podcast", "Travel", "Advertising", "Workout", "Study")
_FILLERS = """
a about an and are at be by called compose create for from generate give i in into is it its make me music my named of
on or our piece please some song that the their this to track want we with write you your
"""
_SMALL_WORDS = frozenset(_FILLERS.split())
_BPM = {"Lo-fi": (70, 90), "Ambient": (60, 80), "Metal": (130, 180), "Electronic": (118, 140), "Hip Hop": (80, 105)}
_USUAL_BPM = (84, 128)
_STYLE_NAMES = tuple(sorted(_STYLES))
_OPENINGS = ("I hear", "We follow", "Remember", "Tonight", "Slowly", "Carry me to", "There goes", "Hold on to")
_ENDINGS = ("all night long", "and we are free", "until the morning", "one more time", "like a river", "in the light")


class Reading(Record, frozen=True):
    """What a prompt says of the music: without a style, a mood or a title where it names none."""

    style: str | None
    mood: str
    instruments: str
    words: tuple[str, ...]
    title: str


@lru_cache(maxsize=1024)
def read(prompt: str) -> Reading:
    """Read a prompt; a request's jobs share the reading."""
    lowered = prompt.lower()
    words = tuple(word for word in re.findall(r"[^\W_][\w'&-]*", prompt) if word.lower() not in _SMALL_WORDS)
    return Reading(
        style=_first_match(_STYLES, lowered),
        mood=_first_match(_MOODS, lowered) or "",
        instruments=", ".join(name for name in _INSTRUMENTS if name.lower() in lowered),
        words=words,
        title=" ".join(word[:1].upper() + word[1:] for word in words[:4])[:60],
    )


def _first_match(table: dict[str, tuple[str, ...]], lowered: str) -> str | None:
    return next((name for name, words in table.items() if any(word in lowered for word in words)), None)


def drawn_seconds(policy: Policy, request: MusicRequest, draws: Draws) -> int:
    """Draw how long a piece is, within what the policy wants and the model makes."""
    longest = LONGEST_SECONDS.get(request.model, USUAL_SECONDS)
    low, high = policy.music_seconds or (SHORTEST_SECONDS, longest)
    return draws.between(min(low, longest), min(high, longest))


def material_of(job: Job) -> Material:
    """Return the material of a job: key, tempo and chords as asked, a style and a title of up to four telling words."""
    return job.given_material or _composed(job.request, job.seconds, job.seed)


@lru_cache(maxsize=1024)
def _composed(request: MusicRequest, seconds: int, seed: int) -> Material:
    draws, reading = Draws("material", seed), read(request.prompt)
    style = reading.style or draws.choice(_STYLE_NAMES)
    return Material(
        title=reading.title or f"{style} Sketch",
        style=style,
        mood=reading.mood,
        instruments=reading.instruments,
        scene=draws.choice(_SCENES),
        key=request.tonality or key_of(request.chords or "") or draws.choice(TONALITIES),
        bpm=request.bpm or draws.between(*_BPM.get(style, _USUAL_BPM)),
        chords=request.chords or "",
        seconds=seconds,
        seed=seed,
    )


def lyrics_of(job: Job) -> str:
    """Return what a job's voice sings: the words that were asked for, or some of its own; none in an instrumental."""
    if job.kind == "instrumental":
        return ""
    return job.request.lyrics or _written(job.request.prompt, job.seed)


@lru_cache(maxsize=1024)
def _written(prompt: str, seed: int) -> str:
    """Write lyrics; most jobs' lyrics are never looked at, so they are written when they are."""
    draws = Draws("lyrics", seed)
    images = read(prompt).words or ("music",)
    verse = [_line(images, draws) for _ in range(4)]
    chorus = [_line(images, draws) for _ in range(2)]
    return "\n".join(["[Verse]", *verse, "[Chorus]", *chorus, *chorus])


def _line(images: Sequence[str], draws: Draws) -> str:
    return f"{draws.choice(_OPENINGS)} the {draws.choice(images).lower()} {draws.choice(_ENDINGS)}"
