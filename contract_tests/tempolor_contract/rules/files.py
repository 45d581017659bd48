"""Rules about the bytes behind links."""

from typing import Final

from ..document.bodies import whole
from ..document.call import FILE, Call
from ..document.file_completeness import extent_of, whats_missing
from ..exchanges.exchange import Response
from .history.records import Link
from .history.world import World
from .rule import FINE, Judged, Problem, Rule, Severity, Strength

_PAGE: Final = "get-tempolor-music-download-job_id"
_STARTS: Final[dict[str, tuple[bytes, ...]]] = {
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2"),
    "wav": (b"RIFF", b"RF64"),
    "stems": (b"PK\x03\x04",),
    "midi": (b"MThd",),
    "image": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"<svg", b"<?xml"),
    "waveform": (b"{", b"["),
}
_AUDIO: Final = (*_STARTS["mp3"], *_STARTS["wav"], b"fLaC", b"OggS")
_BOXES: Final = b"ftyp"
_FORM_AT: Final = 8
"""Where a RIFF file says what it is."""
# Hosts of files know many names for one type, and may not care: what tells nothing is no contradiction.
_NAMES: Final[dict[str, frozenset[str]]] = {
    "mp3": frozenset({"audio/mpeg", "audio/mp3", "audio/mpeg3", "audio/x-mpeg", "audio/x-mp3", "audio/mpg"}),
    "wav": frozenset({"audio/wav", "audio/wave", "audio/x-wav", "audio/vnd.wave", "audio/x-pn-wav"}),
    "stems": frozenset({"application/zip", "application/x-zip-compressed", "application/x-zip"}),
    "midi": frozenset({"audio/midi", "audio/x-midi", "audio/mid", "audio/sp-midi", "application/x-midi"}),
    "image": frozenset({"image/"}),
    "waveform": frozenset({"application/json", "text/json", "text/plain"}),
    "audio": frozenset({"audio/", "video/mp4"}),
}
_UNTOLD: Final = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-download"})


def _link(call: Call, world: World) -> Link | None:
    link = world.shared.links.get(call.exchange.request.url)
    return link if link is not None and call.status in {200, 206} and link.kind in _NAMES else None


def _kind(call: Call, world: World) -> Judged:
    link, response = _link(call, world), call.exchange.response
    if response is None or link is None:
        return None
    ranged = call.exchange.request.header("range")
    if (ranged and not ranged.startswith("bytes=0-")) or call.method == "HEAD":
        return None
    begin = response.beginning(16).lstrip()
    if begin[:4] in _STARTS["wav"] and link.kind in {"wav", "audio"}:
        fine = len(begin) < _FORM_AT + 4 or begin[_FORM_AT:].startswith(b"WAVE")
        told = f"the link for {link.kind} gave a RIFF file that is no WAVE: {begin!r}"
        return FINE if fine else [Problem(told, (link.call,), key=link.kind)]
    if begin.startswith(_STARTS.get(link.kind, _AUDIO)) or (link.kind == "audio" and begin[4:8] == _BOXES):
        return FINE
    return [
        Problem(
            f"the link for {link.kind} serves another kind of file: it begins with {begin!r}",
            (link.call,),
            key=link.kind,
        )
    ]


def _name(call: Call, world: World) -> Judged:
    link, response = _link(call, world), call.exchange.response
    if response is None or link is None or response.media_type in _UNTOLD:
        return None
    fine = any(response.media_type.startswith(each) for each in _NAMES[link.kind])
    told = f"the file behind the link for {link.kind} has the Content-Type {response.media_type}"
    return FINE if fine else [Problem(told, (link.call,), key=link.kind)]


def _whole(call: Call, world: World) -> Judged:
    link, response = _link(call, world), call.exchange.response
    if link is None or response is None:
        return None
    piece = link.fetched if call.status == 206 else None
    judged = None if piece is None else _same_length(piece, response) or _same_part(piece, response)
    if judged:
        return judged
    if link.upload is not None and call.status == 200 and _is_as_sent(link.upload, response):
        return FINE
    # Of no bytes at all, as a HEAD has, nothing can be told.
    empty = call.method == "GET" and call.status == 200 and not response.body and not response.truncated
    missing = "is empty" if empty else whats_missing(link.kind, response)
    if missing is None:
        return judged
    return (
        [Problem(f"the file behind the link for {link.kind} {missing}", (link.call,), key=link.kind)]
        if missing
        else FINE
    )


def _is_as_sent(upload: Call, response: Response) -> bool:
    """Whether a file is the one that was uploaded: what that lacks, nobody has to mend."""
    sent = upload.exchange.request
    return not (sent.truncated or response.truncated) and sent.body == response.body


def _same_length(whole_file: Call, part: Response) -> Judged:
    """Compare how long a file is by its range with how long it is by itself."""
    known, extent = whole_file.exchange.response, extent_of(part)
    plain = all(each is not None and not each.header("content-encoding") for each in (known, part))
    length = whole(known.header("content-length")) if known is not None and plain else None
    if extent is None or length is None or extent[1] == length:
        return None
    return [Problem(f"a file has {extent[1]} bytes by its range, and {length} where all of it came", (whole_file,))]


def _same_part(whole_file: Call, part: Response) -> Judged:
    """Compare a range with as much as was kept of the file."""
    extent, known = extent_of(part), whole_file.exchange.response
    if extent is None or known is None or part.truncated:
        return None
    wanted = known.body[extent[0] : extent[0] + len(part.body)]
    told = f"bytes {extent[0]} to {extent[0] + len(part.body) - 1} of a file are not those that came with all of it"
    fine = part.body[: len(wanted)] == wanted
    return (FINE if wanted else None) if fine else [Problem(told, (whole_file,))]


def _same_bytes(call: Call, world: World) -> Judged:
    link, response = _link(call, world), call.exchange.response
    if link is None or response is None or link.upload is None or call.status != 200 or call.method == "HEAD":
        return None
    told = link.upload.exchange.request.header("content-length")
    sent, received = link.upload.exchange.request.whole, response.whole
    # A recorder that takes bytes for text writes down others than were sent.
    if told not in {None, str(len(sent))}:
        return None
    problem = Problem(
        f"a MIDI file of {len(sent)} bytes was uploaded, and its link serves {len(received)} other bytes",
        (link.upload,),
    )
    return FINE if received == sent else [problem]


RULES = (
    Rule(
        "link-serves-its-kind",
        "A link serves the kind of file that was asked for: mp3, wav, a ZIP of stems.",
        _PAGE,
        on=frozenset({FILE}),
        history=_kind,
    ),
    Rule(
        "link-names-its-kind",
        "The Content-Type of a file, where there is one that tells something, is that of its kind.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=frozenset({FILE}),
        history=_name,
    ),
    Rule(
        "file-is-whole",
        "A file is as long as it says itself: WAV, ZIP and MIDI files tell how they end.",
        _PAGE,
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=frozenset({FILE}),
        history=_whole,
    ),
    Rule(
        "midi-file-comes-back",
        "The link of a MIDI file serves what was uploaded.",
        "post-tempolor-music-midi",
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
        on=frozenset({FILE}),
        history=_same_bytes,
    ),
)
