"""A listener who knows nothing of how the music was made, and files as other programs write them."""

import io
import wave

import av
import numpy as np
import pytest
from tempolor_mock.audio import Score, Voice, mix_blocks, render_wav

RATE = 44_100
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])


class Listener:
    """Finds key and tempo by the textbook: chroma against the Krumhansl profiles, onsets against themselves."""

    def chroma(self, pcm):
        """Return how strong each pitch class is, C first."""
        mono = pcm.astype(np.float64).mean(axis=1)
        size = 16_384
        mono = np.pad(mono, (0, max(0, size - len(mono))))
        windows = np.lib.stride_tricks.sliding_window_view(mono, size)[:: size // 2]
        strength = np.abs(np.fft.rfft(windows * np.hanning(size))).sum(axis=0)
        hertz = np.fft.rfftfreq(size, 1 / RATE)
        heard = (hertz > 55) & (hertz < 2000)
        pitches = np.round(69 + 12 * np.log2(hertz[heard] / 440)).astype(int)
        return np.bincount(pitches % 12, weights=strength[heard], minlength=12)

    def key(self, pcm):
        """Return the key, named as the service does."""
        chroma = self.chroma(pcm)
        likeness = {
            f"{name}:{mode}": np.corrcoef(np.roll(profile, tonic), chroma)[0, 1]
            for tonic, name in enumerate(NAMES)
            for mode, profile in (("major", MAJOR), ("minor", MINOR))
        }
        return max(likeness, key=likeness.get)

    def bpm(self, pcm):
        """Return the tempo: of the pulses nearly as strong as the strongest, the fastest."""
        hop = 256
        mono = pcm.astype(np.float64).mean(axis=1) / 32768
        windows = np.lib.stride_tricks.sliding_window_view(mono, 1024)[::hop]
        level = np.log1p(100 * np.abs(np.fft.rfft(windows * np.hanning(1024))))
        onsets = np.maximum(np.diff(level, axis=0), 0).sum(axis=1)
        onsets -= onsets.mean()
        spectrum = np.abs(np.fft.rfft(onsets, 2 * len(onsets))) ** 2
        alike = np.fft.irfft(spectrum)[: len(onsets)] / np.arange(len(onsets), 0, -1)
        shortest, longest = (round(60 / bpm * RATE / hop) for bpm in (200, 45))
        span = alike[shortest : longest + 1]
        peaks = [at for at in range(1, len(span) - 1) if span[at] >= max(span[at - 1], span[at + 1], 0.75 * span.max())]
        before, here, after = span[peaks[0] - 1 : peaks[0] + 2]
        lag = shortest + peaks[0] + 0.5 * (before - after) / (before - 2 * here + after)
        return 60 / (lag * hop / RATE)


@pytest.fixture(scope="session")
def listener():
    """Return somebody with ears."""
    return Listener()


@pytest.fixture(scope="session")
def played():
    """Return a function from a score to its samples, shape (frames, 2)."""
    return lambda score: np.concatenate(list(mix_blocks(score)))


@pytest.fixture(scope="session")
def read_wav():
    """Return a function that reads a WAV file with the standard library's reader."""

    def read(data):
        with wave.open(io.BytesIO(data)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 2, 2)
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)

    return read


@pytest.fixture(scope="session")
def decoded():
    """Return a function that plays any audio file: (samples of shape (frames, 2), title)."""

    def decode(data):
        with av.open(io.BytesIO(data)) as file:
            resampler = av.AudioResampler("s16", "stereo", RATE)
            frames = [new for frame in file.decode(audio=0) for new in resampler.resample(frame)]
            frames += resampler.resample(None)
            return np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in frames]), file.metadata.get("title")

    return decode


@pytest.fixture(scope="session")
def song_wav():
    """Return five seconds of a song as a WAV file."""
    return b"".join(render_wav(Score(5, "D:minor", 120, seed=4, voice=Voice(2))))


@pytest.fixture(scope="session")
def uploads(song_wav):
    """Return the same song as a stranger's program writes it, by file extension."""
    samples = np.frombuffer(song_wav[44:], "<i2").reshape(-1, 2)
    kinds = {
        "mp3": ("mp3", "libmp3lame"),
        "m4a": ("ipod", "aac"),
        "flac": ("flac", "flac"),
        "alac.m4a": ("ipod", "alac"),
    }
    return {"wav": song_wav} | {name: _encode(samples, *kind) for name, kind in kinds.items()}


def _encode(samples, container, codec):
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=RATE, layout="stereo")
        resampler = av.AudioResampler(stream.format, "stereo", RATE, frame_size=stream.frame_size or 4096)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = RATE
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return file.getvalue()
