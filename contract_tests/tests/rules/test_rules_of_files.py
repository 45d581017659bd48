"""What the rules of files say, word for word, and where they say nothing."""

from typing import Any

import pytest
from stories import (
    JOB,
    MIDI,
    PASSED,
    SILENT,
    VOICE,
    answered,
    call,
    error,
    music,
    page,
    read,
    said,
)
from tempolor_contract import Exchange

URL = "http://files.example/a"
ELSEWHERE = call("GET", "http://files.example/b", 200, token=None, body=b"<html>")
ARTISTS = page("/music/artist-voices", {"itemId": "a", "vocalUrl": URL, "coverUrl": f"{URL}.png"})
CLONES = page("/music/cloned-voices", {"clonedVoiceItemId": VOICE, "vocalUrl": URL})
HALF = b"MThd\0\0\0\0MTrk\0\0\0\x09x"
WAVE = b"RIFF\0\0\0\0WAVEfmt "
AVI = b"RIFF\0\0\0\0AVI LIST"
MP4 = b"\0\0\0\x20ftypM4A "


def link(kind: str = "mp3", status: int = 200, url: Any = URL, **fields: Any) -> Exchange:
    """Return a download call; `kind` may be empty."""
    answer = {"url": url, **fields} if status == 200 else error(status)
    return call("GET", f"/music/download/{JOB}", status, answer, query={"file_format": kind} if kind else None)


def file(body: bytes = b"", status: int = 200, kind: str = "", method: str = "GET", ranged: str = "") -> Exchange:
    """Return the fetching of a file."""
    told = {"Content-Type": kind} if kind else None
    return call(
        method, URL, status, token=None, body=body, headers={"Range": ranged} if ranged else None, answer_headers=told
    )


def moved(where: str | None, status: int = 302) -> Exchange:
    """Return the fetching of a file that is elsewhere."""
    return call("GET", URL, status, token=None, answer_headers={"Location": where} if where is not None else None)


def uploaded(url: Any = URL, length: str = "", sent: bytes = b"MThd") -> Exchange:
    """Return the upload of a MIDI file, answered with a link."""
    answer = {"midiRenderVO": {"midiItemId": MIDI, "midiUrl": url}}
    headers = {"Content-Type": "audio/midi"} | ({"Content-Length": length} if length else {})
    return call("POST", "/music/midi", 200, answer, query={"name": "x"}, sent=sent, headers=headers)


# Of each rule: what it says of a story.
CASES: dict[str, list[tuple[str, list[Exchange]]]] = {
    "link-serves-its-kind": [
        (SILENT, [link("flac"), file(b"fLaC")]),
        (SILENT, [link(url=f"{URL}.mp3"), file()]),
        (SILENT, [link(status=400), file(b"x")]),
        (SILENT, [link(), file(b"<html>", 404)]),
        (SILENT, [link(), file(method="HEAD")]),
        (SILENT, [link(), file(b"middle", 206, ranged="bytes=9-")]),
        *((SILENT, [link(), moved(where), ELSEWHERE]) for where in (None, "", "//[", "ftp://files.example/b", "/c")),
        (SILENT, [link(), moved("/b", 304), ELSEWHERE]),
        (SILENT, [moved("/b"), ELSEWHERE]),
        *(
            (
                "[1, 3] the link for mp3 serves another kind of file: it begins with b'<html>'",
                [link(), moved(where, status), ELSEWHERE],
            )
            for where, status in (("/b", 301), ("b", 303), ("http://files.example/b", 307), ("//files.example/b", 308))
        ),
        (PASSED, [link(), file(b"ID3", 206, ranged="bytes=0-")]),
        (PASSED, [link(""), file(b" \n ID3")]),
        (PASSED, [link("wav"), file(WAVE)]),
        (PASSED, [link("wav"), file(b"RIFF\0\0\0\0WAV")]),
        (PASSED, [link("stems"), file(b"PK\3\4")]),
        (PASSED, [answered("/music/stems-splitter", 200, {"stemsZipUrl": URL}, "POST"), file(b"PK\3\4")]),
        (PASSED, [uploaded(), file(b"MThd")]),
        (PASSED, [read(music(cover=URL)), file(b"GIF8")]),
        (PASSED, [read(music(cover=URL)), file(AVI)]),
        (PASSED, [read(music(musicMaterial={"waveformUrl": URL})), file(b"[1]")]),
        (PASSED, [CLONES, file(MP4)]),
        (PASSED, [ARTISTS, file(b"OggS")]),
        (PASSED, [page("/music/midi", {"midiItemId": MIDI, "midiUrl": URL}), file(b"MThd")]),
        (
            "[1, 2] the link for mp3 serves another kind of file: it begins with b'<html><body></bo'",
            [link(), file(b"<html><body></body></html>", 206)],
        ),
        (
            "[1, 2] the link for wav gave a RIFF file that is no WAVE: b'RIFF\\x00\\x00\\x00\\x00AVI LIST'",
            [link("wav"), file(AVI)],
        ),
        (
            "[1, 2] the link for wav gave a RIFF file that is no WAVE: b'RIFF\\x00\\x00\\x00\\x00AVI '",
            [link("wav"), file(b"RIFF\0\0\0\0AVI ")],
        ),
        (
            "[1, 2] the link for audio gave a RIFF file that is no WAVE: b'RIFF\\x00\\x00\\x00\\x00AVI LIST'",
            [CLONES, file(AVI)],
        ),
        (
            "[1, 2] the link for audio serves another kind of file: it begins with b'%PDF-1.7'",
            [ARTISTS, file(b"%PDF-1.7")],
        ),
        (
            "[1, 2] the link for mp3 serves another kind of file: it begins with b'\\x00\\x00\\x00 ftypM4A '",
            [link(), file(MP4)],
        ),
        (
            ("[1, 2] the link for mp3 serves another kind of file: it begins with b'RIFF\\x00\\x00\\x00\\x00WAVEfmt '"),
            [link(), file(WAVE)],
        ),
        (
            "[1, 2] the link for midi serves another kind of file: it begins with b'x'",
            [page("/music/midi", {}, {"midiItemId": MIDI, "midiUrl": URL}), file(b"x")],
        ),
        (
            "[1, 2] the link for stems serves another kind of file: it begins with b'x'",
            [answered("/music/stems-splitter", 200, {"stemsZipUrl": URL}, "POST"), file(b"x")],
        ),
        (
            "[1, 2] the link for image serves another kind of file: it begins with b'x'",
            [read(music(cover=URL)), file(b"x")],
        ),
        (
            "[1, 2] the link for waveform serves another kind of file: it begins with b'x'",
            [read(music(cover=[5], musicMaterial={"waveformUrl": URL})), file(b"x")],
        ),
        (SILENT, [answered(f"/music/download/{JOB}", 400, {"url": URL}), file(b"x")]),
    ],
    "link-names-its-kind": [
        (SILENT, [link(), file()]),
        (SILENT, [link(), file(kind="application/octet-stream")]),
        (SILENT, [link("flac"), file(kind="text/html")]),
        (PASSED, [CLONES, file(kind="audio/ogg")]),
        (
            "[1, 2] the file behind the link for wav has the Content-Type audio/mpeg",
            [link("wav"), file(kind="audio/mpeg")],
        ),
    ],
    "file-is-whole": [
        # Whoever uploads half a file is not to be handed a whole one.
        (PASSED, [uploaded(sent=HALF), file(HALF)]),
        ("[1, 2] the file behind the link for midi ends within a chunk b'MTrk'", [uploaded(), file(HALF)]),
        (SILENT, [link(), file(method="HEAD", kind="audio/mpeg")]),
        (SILENT, [link("flac"), file(WAVE)]),
        (SILENT, [link("wav"), file(b"RI")]),
        (PASSED, [link("wav"), file(b"RIFF\x08\0\0\0WAVEfmt ")]),
        (
            "[1, 2] the file behind the link for wav is 16 bytes long, 18 by its own account",
            [link("wav"), file(b"RIFF\x0a\0\0\0WAVEfmt ")],
        ),
    ],
    "midi-file-comes-back": [
        (SILENT, [page("/music/midi", {"midiItemId": MIDI, "midiUrl": URL}), file(b"x")]),
        (SILENT, [uploaded(), file(b"x", 206)]),
        (SILENT, [uploaded(), file(method="HEAD")]),
        (SILENT, [uploaded(length="9"), file(b"x")]),
        (SILENT, [uploaded(url=5), file(b"x")]),
        (PASSED, [uploaded(length="4"), file(b"MThd")]),
        (
            "[1, 2] a MIDI file of 4 bytes was uploaded, and its link serves 5 other bytes",
            [uploaded(length="4"), file(b"MThd!")],
        ),
        (
            "[1, 3] a MIDI file of 4 bytes was uploaded, and its link serves 1 other bytes",
            [uploaded(), page("/music/midi", {"midiItemId": MIDI, "midiUrl": URL}), file(b"x")],
        ),
    ],
}


@pytest.mark.parametrize("rule_id", CASES)
def test_a_rule_of_files_says(rule_id):
    """Each violation is told with the calls that show it; what nobody can know is not told."""
    rows = CASES[rule_id]

    assert [said(rule_id, *exchanges) for _, exchanges in rows] == [words for words, _ in rows]
