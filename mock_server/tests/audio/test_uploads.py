"""Uploaded audio is decoded and split for real, or refused with a reason, in bounded time and memory."""

import io
import random
import struct
import sys
import zipfile

import av
import numpy as np
import pytest
from tempolor_mock.audio import (
    AudioKind,
    DecoderMissing,
    Score,
    Stem,
    UnreadableAudio,
    Voice,
    audio_kind,
    can_decode,
    check_media_type,
    decode_audio,
    match_voice,
    probe_audio,
    split_audio,
    stem_blocks,
    stems_of,
)
from tempolor_mock.audio.split import separate

KINDS = ("mp3", "wav", "m4a", "flac", "alac.m4a")


def wav(channels=2, rate=44_100, bits=16, size=None, body=b""):
    """Return a WAV file that claims `size` bytes of sound."""
    size = len(body) if size is None else size
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, bits)
    return b"RIFF" + bytes(4) + b"WAVEfmt \x10\0\0\0" + form + b"data" + struct.pack("<I", size) + body


def noise(size):
    """Return the same random bytes each time."""
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_recognised_and_decoded(name, uploads):
    """By their bytes alone."""
    info = probe_audio(uploads[name])

    assert info.kind == audio_kind(uploads[name]) == name.rpartition(".")[2]
    assert info.seconds == pytest.approx(5, abs=0.1)
    assert (info.sample_rate, info.channels) == (44_100, 2)
    assert info.frames == sum(len(block) for block in decode_audio(uploads[name]))


@pytest.mark.parametrize("name", ["wav", "flac", "alac.m4a"])
def test_lossless_kinds_come_back_sample_by_sample(name, uploads, song_wav):
    """Decoding 44.1 kHz stereo changes nothing."""
    pcm = np.concatenate(list(decode_audio(uploads[name])))

    assert pcm.tobytes() == song_wav[44:]


def test_mono_and_other_rates_become_stereo_at_44100():
    """What the file was is still reported."""
    tone = (np.sin(np.arange(16_000) * 2 * np.pi * 440 / 8000) * 20_000).astype("<i2")
    data = wav(channels=1, rate=8000, body=tone.tobytes())

    pcm = np.concatenate(list(decode_audio(data)))

    assert probe_audio(data).sample_rate == 8000
    assert pcm.shape == (88_200, 2)
    assert np.array_equal(pcm[:, 0], pcm[:, 1])


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("audio/mpeg", "mp3"),
        ("audio/wav", "wav"),
        ("audio/wave", "wav"),
        ("audio/mp4", "m4a"),
        ("audio/x-m4a", "alac.m4a"),
        ("audio/flac", "flac"),
        ("Audio/X-FLAC; charset=binary", "flac"),
    ],
)
def test_an_honest_content_type_is_accepted(media_type, name, uploads):
    """Every line of the service's table."""
    assert check_media_type(uploads[name], media_type) is AudioKind(name.rpartition(".")[2])


@pytest.mark.parametrize("media_type", ["audio/wav", "audio/ogg", "", "application/octet-stream"])
def test_a_lying_content_type_is_refused(media_type, uploads):
    """So is one the service does not know."""
    with pytest.raises(UnreadableAudio, match="File is mp3, not"):
        check_media_type(uploads["mp3"], media_type)


@pytest.mark.parametrize("share", [0.0005, 0.01, 0.5, 0.9])
@pytest.mark.parametrize("name", KINDS)
def test_a_file_cut_off_is_refused(name, share, uploads):
    """Wherever the cut is."""
    data = uploads[name]

    with pytest.raises(UnreadableAudio):
        probe_audio(data[: int(len(data) * share)])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "Empty file received", id="empty"),
        pytest.param(b"hello world" * 999, "not mp3, wav, m4a or flac", id="text"),
        pytest.param(b"#EXTM3U\nfile:///etc/passwd\n", "not mp3, wav, m4a or flac", id="playlist"),
        pytest.param(b"PK\3\4" + noise(999), "not mp3, wav, m4a or flac", id="zip"),
        pytest.param(bytes(1_000_000), "not mp3, wav, m4a or flac", id="zeros"),
        pytest.param(b"\xff" * 1_000_000, "not mp3, wav, m4a or flac", id="all ones"),
        pytest.param(b"\xff\xfb\x90\0" + noise(500_000), "not mp3, wav, m4a or flac", id="noise as mp3"),
        pytest.param(b"ID3\3\0\0\0\0\0\0" + noise(300_000), "not mp3, wav, m4a or flac", id="noise after ID3"),
        pytest.param(
            b"ID3\4\0\0\x7f\x7f\x7f\x7f" + noise(999), "not mp3, wav, m4a or flac", id="ID3 larger than the file"
        ),
        pytest.param(wav(), "no sound", id="wav without sound"),
        pytest.param(wav(size=635_040_000, body=bytes(999)), "ends too early", id="wav that claims an hour"),
        pytest.param(wav(channels=65_535, body=bytes(999)), "65535 channels", id="wav of 65535 channels"),
        pytest.param(wav(rate=0xFFFFFFFF, body=bytes(999)), "4294967295 Hz", id="wav of 4 GHz"),
        pytest.param(wav(bits=0, body=bytes(999)), "cannot be decoded", id="wav of no bits"),
        pytest.param(wav(1, 4000, 8, body=bytes(4000 * 660)), "longer than 600 seconds", id="wav of 11 minutes"),
        pytest.param(b"\0\0\0\x18ftypM4A " + noise(5000), "ends too early", id="noise as m4a"),
        pytest.param(b"fLaC\0\0\0\x22" + bytes(34), "beyond what is supported", id="flac header"),
    ],
)
def test_rubbish_is_refused_with_a_reason(data, why):
    """One sentence, fit for an answer with status 400."""
    with pytest.raises(UnreadableAudio, match=why):
        probe_audio(data)


@pytest.mark.parametrize(
    ("name", "atom", "offset", "lie"),
    [
        ("m4a", b"stsz", 4, b"\0\0\0\1\x7f\xff\xff\xff"),
        ("m4a", b"stsz", 4, b"\0\0\0\0\x7f\xff\xff\xff"),
        ("m4a", b"stts", 4, b"\x7f\xff\xff\xff"),
        ("m4a", b"stco", 4, b"\x7f\xff\xff\xff"),
        ("m4a", b"stsc", 4, b"\x7f\xff\xff\xff"),
        ("alac.m4a", b"alac\0\0\0\0", 4, b"\x7f\xff\xff\xff"),
        ("flac", b"fLaC", 4 + 13, b"\xff\xff\xff\xff\xff"),
        ("mp3", b"Info", 4, b"\x7f\xff\xff\xff"),
    ],
    ids=["sample size", "sample count", "durations", "places", "chunks", "alac frame", "flac length", "mp3 frames"],
)
def test_huge_claims_in_headers_are_refused(name, atom, offset, lie, uploads):
    """Before a decoder makes room for them."""
    data = bytearray(uploads[name])
    place = data.rindex(atom) + 4 + offset if atom != b"fLaC" else offset + 4
    data[place : place + len(lie)] = lie

    with pytest.raises(UnreadableAudio):
        probe_audio(bytes(data))


def test_a_wav_of_unknown_length_is_read_to_its_end():
    """Programs that write to a pipe cannot know the length."""
    assert probe_audio(wav(size=0xFFFFFFFF, body=noise(44_100 * 4))).seconds == pytest.approx(1)


@pytest.fixture
def no_m4a_decoder(monkeypatch):
    """Make it look as if the extra `m4a` were not installed."""
    monkeypatch.setitem(sys.modules, "av", None)


@pytest.mark.parametrize("name", ["m4a", "alac.m4a"])
def test_an_m4a_file_nothing_decodes_is_known_by_what_it_says(name, uploads, no_m4a_decoder):
    """Codec, length, rate and channels stand in its boxes; whoever wants the sound is told what to install."""
    info = probe_audio(uploads[name])

    assert info.seconds == pytest.approx(5, abs=0.1)
    assert (info.codec, info.sample_rate, info.channels) == ("aac" if name == "m4a" else "alac", 44_100, 2)
    assert info.frames is None
    assert not can_decode(uploads[name])
    with pytest.raises(DecoderMissing, match=r"pip install 'tempolor-kit\[m4a\]'"):
        next(decode_audio(uploads[name]))
    assert match_voice(uploads[name], seed=3) == Voice.from_labels(3)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: data[: len(data) // 2], "ends too early"),
        (lambda data: data.replace(b"soun", b"vide"), "no sound"),
        (lambda data: data.replace(b"mp4a", b"Opus"), "unexpected kind"),
        (lambda data: data.replace(b"mdat", b"free"), "ends too early"),
    ],
    ids=["cut off", "no sound", "other codec", "no media"],
)
def test_an_m4a_file_nothing_decodes_is_still_checked(change, why, uploads, no_m4a_decoder):
    """Against itself."""
    with pytest.raises(UnreadableAudio, match=why):
        probe_audio(change(uploads["m4a"]))


def test_an_m4a_file_in_fragments_is_known_by_their_packets(uploads, no_m4a_decoder):
    """Its table of packets is empty: they are counted piece by piece."""
    file = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov"}
    with av.open(io.BytesIO(uploads["m4a"])) as source, av.open(file, "w", format="mp4", options=options) as out:
        stream = out.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            packet.stream = stream
            if packet.dts is not None:
                out.mux(packet)

    assert probe_audio(file.getvalue()).seconds == pytest.approx(5, abs=0.1)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_every_channel_is_heard(channels):
    """Two are left as they are; more are mixed into both sides."""
    body = np.zeros((4410, channels), dtype="<i2")
    body[:, -1] = 10_000

    pcm = np.concatenate(list(decode_audio(wav(channels=channels, body=body.tobytes()))))

    assert pcm.shape == (4410, 2)
    assert pcm[:, 1].min() > 1500
    assert (pcm[:, 0] == (0 if channels == 2 else pcm[:, 1])).all()


@pytest.mark.parametrize(("code", "dtype"), [(1, "<i4"), (3, "<f4"), (3, "<f8")], ids=["32 bits", "float", "double"])
def test_wav_files_of_any_width_sound_alike(code, dtype):
    """What is louder than full scale, or no number, is bounded."""
    tone = np.sin(np.arange(4410) / 20) * 0.5
    samples = tone * (2**31 if code == 1 else 1)
    samples[5] = np.inf if code == 3 else -(2**31)
    data = wav(channels=1, bits=np.dtype(dtype).itemsize * 8, body=samples.astype(dtype).tobytes())
    pcm = np.concatenate(list(decode_audio(data.replace(b"\x10\0\0\0\1\0", b"\x10\0\0\0" + bytes([code, 0])))))

    assert np.abs(np.delete(pcm[:, 0], 5) - np.delete(tone, 5) * 32_768).max() < 2
    assert abs(int(pcm[5, 0])) >= 32_767


def test_files_of_many_tags_or_pieces_take_no_longer_than_their_size(uploads):
    """Bytes that look like the beginning of something are looked at once."""
    rows = uploads["mp3"] + (b"\xff\xfb\x90" + bytes(50)) * 60_000

    with pytest.raises(UnreadableAudio, match="mostly not audio"):
        probe_audio(rows)


def test_an_mp3_that_turns_into_noise_is_refused(uploads):
    """Decoders find a frame in noise now and then."""
    with pytest.raises(UnreadableAudio, match="mostly not audio"):
        probe_audio(uploads["mp3"] + noise(len(uploads["mp3"]) * 3))


def test_the_limit_on_length_is_the_callers(uploads):
    """A short file may decode to hours."""
    with pytest.raises(UnreadableAudio, match="longer than 4 seconds"):
        probe_audio(uploads["flac"], max_seconds=4)


@pytest.mark.parametrize("name", KINDS)
def test_damaged_files_are_read_or_refused_but_nothing_else(name, uploads):
    """Bytes changed at the front, at the end, anywhere."""
    chance = random.Random(name)
    whole = uploads[name]
    for _ in range(30):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 5, 50])):
            data[chance.choice([chance.randrange(len(data)), chance.randrange(600), -chance.randrange(1, 4000)])] = (
                chance.randrange(256)
            )
        try:
            probe_audio(bytes(data))
        except UnreadableAudio as refused:
            assert str(refused)  # noqa: PT017 - reading is as welcome as refusing


@pytest.mark.parametrize("name", KINDS)
def test_split_stems_add_up_to_the_decoded_upload(name, uploads, read_wav):
    """As whole numbers, without a tolerance."""
    archive = zipfile.ZipFile(io.BytesIO(b"".join(split_audio(uploads[name]))))

    assert archive.testzip() is None
    assert archive.namelist() == ["vocals.wav", "drums.wav", "bass.wav", "other.wav"]
    stems = [read_wav(archive.read(member)).astype(int) for member in archive.namelist()]
    assert np.array_equal(sum(stems), np.concatenate(list(decode_audio(uploads[name]))))


def test_split_stems_resemble_what_was_mixed():
    """Each is most like the stem it is named after."""
    score = Score(14, "D:minor", 120, seed=4, voice=Voice(2))
    mixed = {stem: np.concatenate(list(stem_blocks(score, stem))).astype(float) for stem in stems_of(score)}
    whole = sum(mixed.values()).astype(np.int16)

    parts = list(separate(iter(np.array_split(whole, 100))))
    found = {stem: np.concatenate([part[stem] for part in parts]).astype(float) for stem in Stem}

    def likeness(one, other):
        return np.corrcoef(found[one].ravel(), mixed[other].ravel())[0, 1]

    assert all(max(Stem, key=lambda other: likeness(stem, other)) is stem for stem in Stem)
    assert likeness(Stem.VOCALS, Stem.VOCALS) > 0.7
    assert likeness(Stem.BASS, Stem.BASS) > 0.7


@pytest.mark.parametrize("frames", [1, 1023, 262_144, 262_144 + 16_384, 600_007])
def test_splitting_is_exact_at_any_length_and_loudness(frames):
    """At the seams of segments, and where every sample is an extreme."""
    extremes = np.random.default_rng(frames).choice(np.array([-32_768, 32_767], dtype=np.int16), (frames, 2))

    parts = list(separate(iter(np.array_split(extremes, min(frames, 7)))))

    total = sum(np.concatenate([part[stem] for part in parts]).astype(int) for stem in Stem)
    assert np.array_equal(total, extremes)


def test_splitting_refuses_before_the_first_byte():
    """An answer with status 400 is still possible."""
    with pytest.raises(UnreadableAudio):
        next(split_audio(b"rubbish"))


def test_a_voice_without_pitch_is_left_to_the_seed():
    """Silence has none."""
    silence = wav(body=bytes(44_100 * 4))

    assert match_voice(silence, seed=1) == Voice.from_labels(1)
