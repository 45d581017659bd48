"""Real files for everything that is a link: a band that plays scores, and readers for what people upload.

Everything here is a function of its arguments: no clock, no network, no store. Renderers are plain generators of bytes,
safe to run in a thread, and each has a `..._length` that knows its size before the first byte exists.

Names are imported on first use (PEP 562): a server that only builds scores never pays for numpy or codecs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .archive import render_stems_zip, stems_zip_length
    from .cover import cover_jpeg, cover_png
    from .decode import MISSING_DECODER, AudioInfo, can_decode, decode_audio, probe_audio
    from .errors import DecoderMissing, UnreadableAudio, UnreadableMidi, UnreadableUpload
    from .midi import Midi, read_midi
    from .mp3 import mp3_length, render_mp3
    from .score import MelodyNote, Register, Score, Voice
    from .sniff import MEDIA_TYPES, AudioKind, audio_kind, check_media_type
    from .split import split_audio
    from .synthesis import Stem, mix_blocks, stem_blocks, stems_of
    from .theory import TONALITIES
    from .voice_match import match_voice
    from .voice_sample import render_voice_sample
    from .wav import render_wav, wav_length
    from .waveform import render_waveform

_HOMES = {
    "archive": ("render_stems_zip", "stems_zip_length"),
    "cover": ("cover_jpeg", "cover_png"),
    "decode": ("MISSING_DECODER", "AudioInfo", "can_decode", "decode_audio", "probe_audio"),
    "errors": ("DecoderMissing", "UnreadableAudio", "UnreadableMidi", "UnreadableUpload"),
    "midi": ("Midi", "read_midi"),
    "mp3": ("mp3_length", "render_mp3"),
    "score": ("MelodyNote", "Register", "Score", "Voice"),
    "sniff": ("MEDIA_TYPES", "AudioKind", "audio_kind", "check_media_type"),
    "split": ("split_audio",),
    "synthesis": ("Stem", "mix_blocks", "stem_blocks", "stems_of"),
    "theory": ("TONALITIES",),
    "voice_match": ("match_voice",),
    "voice_sample": ("render_voice_sample",),
    "wav": ("render_wav", "wav_length"),
    "waveform": ("render_waveform",),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "MEDIA_TYPES",
    "MISSING_DECODER",
    "TONALITIES",
    "AudioInfo",
    "AudioKind",
    "DecoderMissing",
    "MelodyNote",
    "Midi",
    "Register",
    "Score",
    "Stem",
    "UnreadableAudio",
    "UnreadableMidi",
    "UnreadableUpload",
    "Voice",
    "audio_kind",
    "can_decode",
    "check_media_type",
    "cover_jpeg",
    "cover_png",
    "decode_audio",
    "match_voice",
    "mix_blocks",
    "mp3_length",
    "probe_audio",
    "read_midi",
    "render_mp3",
    "render_stems_zip",
    "render_voice_sample",
    "render_wav",
    "render_waveform",
    "split_audio",
    "stem_blocks",
    "stems_of",
    "stems_zip_length",
    "wav_length",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
