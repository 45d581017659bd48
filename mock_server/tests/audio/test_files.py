"""Rendered files are real, repeatable, of the announced size, and agree with each other."""

import hashlib
import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib

import av
import numpy as np
import pytest
from tempolor_mock import audio
from tempolor_mock.audio import (
    Register,
    Score,
    Voice,
    cover_jpeg,
    cover_png,
    match_voice,
    mix_blocks,
    mp3_length,
    render_mp3,
    render_stems_zip,
    render_voice_sample,
    render_wav,
    render_waveform,
    stem_blocks,
    stems_of,
    stems_zip_length,
    wav_length,
)

from .midi_file import write_midi

SONG = Score(6.37, "F:minor", 131, "Fm | Db Ab | Eb7", seed=11, voice=Voice(3, Register.TENOR))
INSTRUMENTAL = Score(6.37, "F:minor", 131, "Fm | Db Ab | Eb7", seed=11)
BOTH = pytest.mark.parametrize("score", [SONG, INSTRUMENTAL], ids=["song", "instrumental"])


@BOTH
def test_stems_add_up_to_the_mix_sample_by_sample(score, played):
    """As whole numbers, without a tolerance."""
    stems = [np.concatenate(list(stem_blocks(score, stem))).astype(np.int64) for stem in stems_of(score)]

    assert np.array_equal(sum(stems), played(score))


@BOTH
def test_nothing_clips_and_every_stem_sounds(score, played):
    """The ceilings of all stems add up to what 16 bits hold."""
    assert np.abs(played(score).astype(int)).max() < 32_767
    for stem in stems_of(score):
        assert np.concatenate(list(stem_blocks(score, stem))).std() > 300


def test_the_zip_holds_the_stems_of_the_song_and_their_sum_is_its_wav(read_wav):
    """Read with the standard library, which checks each checksum."""
    archive = zipfile.ZipFile(io.BytesIO(b"".join(render_stems_zip(SONG))))

    assert archive.testzip() is None
    assert archive.namelist() == ["vocals.wav", "drums.wav", "bass.wav", "other.wav"]
    stems = [read_wav(archive.read(name)).astype(int) for name in archive.namelist()]
    assert np.array_equal(sum(stems), read_wav(b"".join(render_wav(SONG))))


def test_an_instrumental_has_no_vocals():
    """There is nobody to sing."""
    archive = zipfile.ZipFile(io.BytesIO(b"".join(render_stems_zip(INSTRUMENTAL))))

    assert archive.namelist() == ["drums.wav", "bass.wav", "other.wav"]


def test_the_zip_can_be_read_front_to_back():
    """As a reader without the directory does it, Java's ZipInputStream for one."""
    data = b"".join(render_stems_zip(INSTRUMENTAL))
    name_size = struct.unpack_from("<H", data, 26)[0]
    inflate = zlib.decompressobj(-15)

    first = inflate.decompress(data[30 + name_size :])

    assert inflate.eof
    assert len(first) == wav_length(INSTRUMENTAL)
    assert inflate.unused_data[:8] == b"PK\7\x08" + struct.pack("<I", zlib.crc32(first))


@pytest.mark.parametrize("seconds", [0.001, 0.5, 1, 3.777, 0.6147, 13.0613])
def test_sizes_are_known_before_rendering(seconds):
    """To the byte: a Content-Length can be sent before the first block."""
    score = Score(seconds, "E:major", 90, voice=Voice(1))

    assert len(b"".join(render_wav(score))) == wav_length(score)
    assert len(b"".join(render_mp3(score, "Ünterwegs, 夜"))) == mp3_length(score, "Ünterwegs, 夜")
    assert len(b"".join(render_stems_zip(score))) == stems_zip_length(score)


@BOTH
def test_equal_scores_give_equal_bytes(score):
    """Dates, serial numbers and dictionaries leave no trace."""
    for render in (render_wav, render_mp3, render_stems_zip):
        assert _digest(render(score)) == _digest(render(score))


def test_seed_voice_and_singing_change_the_sound():
    """Each of them on its own."""
    variants = [
        SONG,
        INSTRUMENTAL,
        Score(6.37, "F:minor", 131, seed=12, voice=Voice(3, Register.TENOR)),
        Score(6.37, "F:minor", 131, seed=11, voice=Voice(4, Register.TENOR)),
        Score(6.37, "F:minor", 131, seed=11, voice=Voice(3, Register.SOPRANO)),
    ]

    assert len({_digest(render_wav(variant)) for variant in variants}) == len(variants)


@pytest.mark.parametrize("call", ["render_mp3(score, 'Rain')", "render_wav(score)"])
def test_lengths_and_first_bytes_are_there_before_numpy(call):
    """Which takes longer to load than the first bytes to send."""
    code = f"""
import sys
from tempolor_mock.audio import Score, mp3_length, render_mp3, render_wav, wav_length
score = Score(180)
assert mp3_length(score, 'Rain') and wav_length(score) and next({call})
sys.exit('numpy' in sys.modules)
"""

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_first_sound_needs_no_more_than_a_beat():
    """Later beats are not waited for."""
    header, first, *_ = render_wav(Score(12, bpm=60))

    assert len(header) == 44
    assert len(first) == 44_100 * 4


def test_the_wav_is_the_mix(read_wav):
    """Read with the standard library."""
    assert np.array_equal(read_wav(b"".join(render_wav(SONG))), np.concatenate(list(mix_blocks(SONG))))


def test_the_mp3_plays_for_as_long_and_sounds_like_the_wav(decoded, played):
    """Once its delay is taken off; the title comes along in UTF-16."""
    mix = played(SONG).astype(float)

    pcm, title = decoded(b"".join(render_mp3(SONG, "Night, Zürich")))

    assert title == "Night, Zürich"
    assert len(pcm) == pytest.approx(len(mix), abs=4000)
    likeness = [np.corrcoef(pcm[lag : lag + 200_000, 0], mix[:200_000, 0])[0, 1] for lag in range(1200)]
    assert max(likeness) > 0.95


def test_a_title_nobody_can_encode_does_not_stop_the_file():
    """JSON can carry half a character; two bytes stand in for it."""
    title = "half \ud83d"

    assert len(b"".join(render_mp3(Score(0.1), title))) == mp3_length(Score(0.1), title)
    assert write_midi(Score(1), title)


def test_the_mp3_has_one_bit_rate_throughout():
    """Players seek by arithmetic; only the padding bit may differ."""
    data = b"".join(render_mp3(INSTRUMENTAL))
    place, headers = 0, set()
    while place < len(data):
        headers.add(data[place : place + 2] + bytes([data[place + 2] & 0xFD]))
        place += 417 + (data[place + 2] >> 1 & 1)

    assert len(headers) == 1


def test_the_waveform_agrees_with_the_wav(played):
    """Lowest and highest value of each stretch."""
    document = json.loads(render_waveform(SONG))
    stretch = document["samples_per_pixel"]
    mono = played(SONG).astype(int).sum(axis=1) // 2

    assert document["version"] == 2
    assert len(document["data"]) == 2 * document["length"]
    assert 700 <= document["length"] <= 1000
    for number in (0, 1, 400, document["length"] - 1):
        part = mono[number * stretch : (number + 1) * stretch]
        assert document["data"][2 * number : 2 * number + 2] == [part.min() >> 8, part.max() >> 8]


@pytest.mark.parametrize(("paint", "codec"), [(cover_png, "png"), (cover_jpeg, "mjpeg")], ids=["png", "jpeg"])
def test_covers_are_pictures_of_512_pixels_decided_by_the_seed(paint, codec):
    """Read by a decoder that did not write them."""
    with av.open(io.BytesIO(paint(7))) as file:
        assert file.streams.video[0].codec_context.name == codec
        picture = next(file.decode(video=0)).to_ndarray(format="rgb24")

    assert picture.shape == (512, 512, 3)
    assert picture.std() > 10
    assert paint(7) == paint(7)
    assert len({paint(seed) for seed in range(4)}) == 4


@pytest.mark.parametrize("register", Register)
def test_a_voice_sample_sounds_in_its_register(register, decoded):
    """A cloned voice is given the register that is heard in its sample."""
    data = b"".join(render_voice_sample(Voice(8, register), "Sample"))
    pcm, title = decoded(data)

    assert title == "Sample"
    assert 5 < len(pcm) / 44_100 < 8
    assert match_voice(data, seed=8) == Voice(8, register)


def test_two_voices_are_two_samples():
    """In the same register, too."""
    assert len({_digest(render_voice_sample(Voice(seed))) for seed in range(5)}) == 5


def test_public_names_are_sorted_and_exist():
    """The table of lazy names and the list of public ones agree."""
    capitals = [name for name in audio.__all__ if name.isupper()]
    classes = [name for name in audio.__all__ if name[0].isupper() and not name.isupper()]
    functions = [name for name in audio.__all__ if name.islower()]

    assert audio.__all__ == sorted(capitals) + sorted(classes) + sorted(functions)
    assert set(audio.__all__) == set(audio._MODULES)
    assert all(getattr(audio, name) for name in audio.__all__)
    with pytest.raises(AttributeError):
        audio.render_video  # noqa: B018 - asking is the test


def test_scores_cost_no_heavy_import():
    """A server that renders nothing never loads numpy or codecs."""
    heavy = {"av", "lameenc", "numpy", "simplejpeg", "soundfile", "soxr"}
    code = f"import sys; from tempolor_mock.audio import Score; Score(5); print({heavy} & set(sys.modules))"

    out = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "set()"


def _digest(chunks):
    return hashlib.sha256(b"".join(chunks)).hexdigest()
