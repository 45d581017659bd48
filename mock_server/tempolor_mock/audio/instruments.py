"""The sound of one note of each part, as a wave of about full scale.

Pitched parts read wavetables: one period, made once from its harmonics, read at any speed. A bright and a dark table
that trade places during a note give it the life of a filter at the price of two look-ups.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt

from .composition import Part
from .pcm import Wave
from .sampling import RATE, frames_in
from .score import Register, Voice

_TABLE: Final = 2048
_HIGHEST: Final = 14_000.0
"""No harmonic above this many hertz: a table read fast must not fold over at half the sample rate."""

_RELEASE: Final = 0.12
"""Seconds a note goes on after its written end."""

_MAX_DRUM_SECONDS: Final = 1.2

_KEYS_RING: Final = 2.5
"""Seconds after which a held key is not heard any more."""

_TURN: Final = 2**32

_Places = tuple[npt.NDArray[np.intp], Wave]
"""Indices into a table, and how far to go from each towards the next."""


# Building blocks


def hertz(pitch: float) -> float:
    """Return the frequency of a MIDI pitch."""
    return 440.0 * math.pow(2, (pitch - 69) / 12)


def _seconds(frames: int) -> Wave:
    return np.arange(frames, dtype=np.float32) / np.float32(RATE)


def _table(strengths: Sequence[float]) -> Wave:
    """Return one period with these harmonics, peak 1, as its values and the steps between them: shape (2, 2048)."""
    spectrum = np.zeros(_TABLE // 2 + 1, dtype=np.complex128)
    spectrum[1 : len(strengths) + 1] = -1j * np.asarray(strengths)
    period = np.fft.irfft(spectrum, _TABLE)
    period /= np.abs(period).max()
    return np.stack([period, np.roll(period, -1) - period]).astype(np.float32)


def _read(table: Wave, places: _Places) -> Wave:
    """Return the table's value at each place, interpolated."""
    index, fraction = places
    wave: Wave = table[1].take(index)
    wave *= fraction
    wave += table[0].take(index)
    return wave


def _steady(pitch: float, frames: int, detune: float = 0.0) -> _Places:
    """Return where a steady tone reads its table."""
    step = round(hertz(pitch + detune) / RATE * _TURN)
    return _places(np.arange(frames, dtype=np.uint32) * np.uint32(step))


def _places(phase: npt.NDArray[np.uint32]) -> _Places:
    """Return places in a table for a phase whose overflow is a full turn, which saves every remainder."""
    fraction = (phase & np.uint32(_TURN // _TABLE - 1)).astype(np.float32)
    fraction *= np.float32(_TABLE / _TURN)
    return (phase >> np.uint32(_TURN.bit_length() - _TABLE.bit_length())).astype(np.intp), fraction


def _edges(wave: Wave, attack: float, release: float) -> Wave:
    """Fade a wave in and out, in place, over this many seconds."""
    rise = min(frames_in(attack), wave.shape[-1])
    fall = min(frames_in(release), wave.shape[-1])
    wave[..., :rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    wave[..., wave.shape[-1] - fall :] *= np.linspace(1, 0, fall, dtype=np.float32)
    return wave


@lru_cache(maxsize=256)
def _harmonics(pitch: int, slope: float) -> Wave:
    """Return a table whose harmonics fall off as number to the power of `-slope`, as many as the pitch allows."""
    count = max(1, min(60, int(_HIGHEST / hertz(pitch))))
    return _table([number**-slope * _colour(number) for number in range(1, count + 1)])


def _colour(number: int) -> float:
    """Return how much of a harmonic to keep: octaves fully, fifths a quarter, major thirds a trace.

    The fifth harmonic is a major third, and a minor key full of major thirds is heard as its major.
    """
    if number % 5 == 0 or number % 7 == 0:
        return 0.1
    return 0.25 if number & (number - 1) else 1.0


def _noise(frames: int, seed: int) -> Wave:
    return np.random.Generator(np.random.PCG64(seed)).random(frames, dtype=np.float32) * 2 - 1


# Drums


def _kick(pitch: int) -> Wave:
    """Return a drop to the tuned pitch: the drum takes part in the key."""
    time = _seconds(frames_in(0.28))
    ground = hertz(pitch)
    cycles = ground * time + (ground * 3) * 0.012 * (1 - np.exp(-time / 0.012))
    body = np.sin(2 * np.pi * cycles) * np.exp(-time / 0.09)
    click = _noise(len(time), 1) * np.exp(-time / 0.004) * 0.4
    return _edges((body + click).astype(np.float32), 0.0005, 0.02)


def _snare(pitch: int) -> Wave:
    time = _seconds(frames_in(0.22))
    body = np.sin(2 * np.pi * hertz(pitch) * time) * np.exp(-time / 0.04) * 0.35
    return _edges((body + _noise(len(time), 2) * np.exp(-time / 0.055) * 0.8).astype(np.float32), 0.0005, 0.02)


def _hat() -> Wave:
    time = _seconds(frames_in(0.09))
    return _edges(_hiss(len(time), 3) * np.exp(-time / 0.018), 0.0003, 0.01)


def _crash() -> Wave:
    time = _seconds(frames_in(_MAX_DRUM_SECONDS))
    ring = np.exp(-time / 0.28)
    return _edges(np.stack([_hiss(len(time), 4) * ring, _hiss(len(time), 5) * ring]), 0.0005, 0.1)


def _hiss(frames: int, seed: int) -> Wave:
    """Return noise without its lower half: the second difference of white noise."""
    hiss: Wave = np.diff(_noise(frames + 2, seed), 2).astype(np.float32) / np.float32(3)
    return hiss


# Instruments


def _bass(pitch: int, frames: int) -> Wave:
    places, time = _steady(pitch, frames), _seconds(frames)
    bright = np.exp(-time / 0.12)
    wave = _read(_harmonics(pitch, 1.0), places) * bright * 0.5 + _read(_harmonics(pitch, 2.2), places) * (
        1 - 0.4 * bright
    )
    return _edges(wave * np.exp(-time / 1.2), 0.004, 0.05)


def _keys(pitch: int, frames: int) -> Wave:
    frames = min(frames, frames_in(_KEYS_RING))
    places, time = _steady(pitch, frames), _seconds(frames)
    hammer = np.exp(-time / 0.08)
    wave = _read(_harmonics(pitch, 1.2), places) * hammer * 0.4 + _read(_harmonics(pitch, 2.5), places) * 0.7
    return _edges(wave * np.exp(-time / 0.7), 0.003, _RELEASE)


def _pad(pitch: int, frames: int) -> Wave:
    """Return a slow, wide chord voice: the two sides are tuned apart a little."""
    table = _harmonics(pitch, 1.8)
    sides = [_read(table, _steady(pitch, frames, detune)) for detune in (-0.04, 0.04)]
    return _edges(np.stack(sides), 0.12, _RELEASE)


def _pluck(pitch: int, frames: int, decay: float) -> Wave:
    places, time = _steady(pitch, frames), _seconds(frames)
    bright = np.exp(-time / (decay / 3))
    wave = _read(_harmonics(pitch, 0.9), places) * bright * 0.5 + _read(_harmonics(pitch, 2.0), places) * 0.5
    return _edges(wave * np.exp(-time / decay), 0.002, 0.06)


# Voice

VOWELS: Final = ("ah", "oo", "eh", "oh", "ee")

_FORMANTS: Final = {
    "ah": ((800, 1.0), (1150, 0.5), (2900, 0.12)),
    "eh": ((530, 1.0), (1850, 0.35), (2500, 0.2)),
    "ee": ((330, 1.0), (2250, 0.25), (3000, 0.2)),
    "oh": ((450, 1.0), (800, 0.4), (2830, 0.05)),
    "oo": ((330, 1.0), (750, 0.2), (2700, 0.04)),
}
"""Resonances of the vowels of a grown voice: (hertz, strength)."""

_TRACT: Final = {Register.BASS: 0.88, Register.TENOR: 0.95, Register.ALTO: 1.1, Register.SOPRANO: 1.17}
"""A shorter throat moves all resonances up."""


@lru_cache(maxsize=256)
def _sung_table(pitch: int, vowel: str, tract: float, slope: float) -> Wave:
    """Return one period of the glottis (harmonics that fall off) heard through the vowel's resonances."""
    ground = hertz(pitch)
    numbers = np.arange(1, max(2, min(90, int(7000 / ground))) + 1)
    heard = np.full(len(numbers), 0.02)
    for centre, strength in _FORMANTS[vowel]:
        width = 70 + centre * 0.05
        heard += strength / (1 + ((numbers * ground - centre * tract) / width) ** 2)
    heard[4::5] *= 0.3  # the major third again, see _colour
    return _table((heard * numbers**-slope).tolist())


def sing(pitch: int, frames: int, vowel: str, voice: Voice) -> Wave:
    """Return a sung vowel: it slides into its pitch, its vibrato grows, and breath goes along."""
    person = Random(f"voice:{voice.seed}")
    rate, depth = person.uniform(4.8, 6.4), person.uniform(0.15, 0.35)
    tract = _TRACT[voice.register] * person.uniform(0.94, 1.06)
    slope, breath = person.uniform(0.5, 1.1), person.uniform(0.01, 0.05)
    time = np.arange(frames) / RATE
    slide = -0.7 * np.exp(-time / 0.035)
    vibrato = depth * np.clip((time - 0.12) / 0.3, 0, 1) * np.sin(2 * np.pi * rate * time)
    # A semitone is about 5.95 %; the line 1 + x/17.3 is close enough to 2**(x/12) for fractions of one.
    turns = np.cumsum((1 + (slide + vibrato) / 17.3) * (hertz(pitch) / RATE))
    phase = (turns * _TURN).astype(np.int64).astype(np.uint32)
    wave = _read(_sung_table(pitch, vowel, tract, slope), _places(phase))
    wave += _hiss(frames, voice.seed % 1000) * np.float32(breath * 3)
    return _edges(wave, 0.045, _RELEASE)


# The band

_PLAYERS: Final[dict[Part, Callable[[int, int], Wave]]] = {
    Part.KICK: lambda pitch, _: _kick(pitch),
    Part.SNARE: lambda pitch, _: _snare(pitch),
    Part.HAT: lambda _, __: _hat(),
    Part.CRASH: lambda _, __: _crash(),
    Part.BASS: _bass,
    Part.KEYS: _keys,
    Part.PAD: _pad,
    Part.PULSE: partial(_pluck, decay=0.15),
    Part.LEAD: partial(_pluck, decay=0.5),
}


def strike(part: Part, pitch: int, frames: int, vowel: str, voice: Voice) -> Wave:
    """Return the wave of a note that is held for `frames`; drums ring for as long as they do."""
    frames += frames_in(_RELEASE)
    if part is Part.VOICE:
        return sing(pitch, frames, vowel, voice)
    return _PLAYERS[part](pitch, frames)
