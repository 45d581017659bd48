"""Mutants in links and the files behind them."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

from tempolor_mock.domain import music
from tempolor_mock.files import links

from ..mutant import Answer, Asked, Kind, Mutant, Rewrite
from ..rewriting import SUCCESS, answers, at, edit, error, header, moved, on, rewritten, with_fields, without
from ..switching import instead, swap, switched


def _other_suffix(download: Any) -> Any:
    return lambda world, job, _format, base_url: download(world, job, "mp3", base_url)


def _of_midi(download: Any) -> Any:
    return lambda world, job, kind, base_url: download(
        world, job, "mp3" if job.request.midi_id and kind == "stems" else kind, base_url
    )


def _one_stem(asked: Asked, answer: Answer) -> None:
    end = answer.body.rfind(b"PK\x05\x06") if asked.path.startswith("/files/") else -1
    if end >= 0:
        answer.body = answer.body[: end + 8] + b"\x01\x00\x01\x00" + answer.body[end + 12 :]


def _once() -> Rewrite:
    used: set[bytes] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.path.startswith("/files/") and answer.status in SUCCESS:
            if (link := asked.raw_path + asked.query) in used:
                answer.become(403, error(403))
            used.add(link)

    return rewrite


def _first_file() -> Rewrite:
    """Lead everybody to the file that was asked for first, in each format."""
    first: dict[tuple[str, bytes], Any] = {}

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.operation == "download_music" and answer.status == 200:
            answer.put(first.setdefault((asked.token, asked.query), answer.data))

    return rewrite


def _expired_at_once(download: Any) -> Any:
    def linked(world: Any, job: Any, kind: Any, base_url: str) -> str:
        before = SimpleNamespace(
            token=world.token, now_ms=world.now_ms - 10_000_000, policy=SimpleNamespace(link_seconds=3600)
        )
        return str(download(before, job, kind, base_url))

    return linked


def _never_expires(valid: Any) -> Any:
    def is_valid(token: Any, path: str, auth_key: str, _now_ms: int) -> bool:
        return bool(valid(token, path, auth_key, 0))

    return is_valid


def _half(asked: Asked, answer: Answer) -> None:
    if asked.path.endswith(".wav") and "/music/" in asked.path and answer.status in SUCCESS:
        answer.body = answer.body[: len(answer.body) // 2]


def _moved_on(asked: Asked, answer: Answer) -> None:
    answer.become(302)
    answer.headers[b"location"] = b"%b?%b&once=more" % (asked.raw_path, asked.query)


def _bytes(part: str, old: bytes, new: bytes) -> Rewrite:
    """Replace bytes in the files whose path has this part."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.path.startswith("/files/") and part in asked.path:
            answer.body = answer.body.replace(old, new)

    return rewrite


def _other_bytes(asked: Asked, answer: Answer) -> None:
    if asked.path.startswith("/files/") and b"range" in asked.headers and answer.status in SUCCESS:
        answer.body = answer.body[::-1]


def _spoilt(part: str, change: Callable[[bytes], bytes]) -> Rewrite:
    """Change the bytes of whole files whose path has this part."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        if asked.path.startswith("/files/") and part in asked.path and answer.status == 200 and answer.body:
            answer.body = change(answer.body)

    return rewrite


def _halved(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _hole(body: bytes) -> bytes:
    third = len(body) // 3
    return body[:third] + bytes(third) + body[2 * third :]


def _from_the_beginning(part: str) -> Rewrite:
    """Answer who asks for the end of some files with as much of their beginning, by the head of the answer."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        if part in asked.path and asked.headers.get(b"range", b"").startswith(b"bytes=-") and answer.status == 206:
            total = answer.headers[b"content-range"].rpartition(b"/")[2]
            answer.headers[b"content-range"] = b"bytes 0-%d/%b" % (len(answer.body) - 1, total)

    return rewrite


def _late_ranges_shift(asked: Asked, answer: Answer) -> None:
    first = asked.headers.get(b"range", b"").removeprefix(b"bytes=").partition(b"-")[0]
    if asked.path.startswith("/files/") and answer.status == 206 and first.isdigit() and int(first) > 1 << 20:
        answer.body = answer.body[1:] + answer.body[:1]


def _ranges_shift(part: str) -> Rewrite:
    """Answer ranges of some files, but for their beginning, with bytes of another place."""

    def rewrite(asked: Asked, answer: Answer) -> None:
        wanted = asked.headers.get(b"range", b"")
        if asked.path.startswith("/files/") and part in asked.path and answer.status == 206 and b"=0-" not in wanted:
            answer.body = answer.body[1:] + answer.body[:1]

    return rewrite


def _stems_share_an_address() -> Rewrite:
    first: list[str] = []

    def share(url: str) -> str:
        first.append(url)
        return first[0]

    return edit(["split_stems"], at("stemsZipUrl", share))


def _early_links() -> Rewrite:
    """Hand out links once a job is nearly done."""
    nearly: set[str] = set()

    def rewrite(asked: Asked, answer: Answer) -> None:
        job_id = asked.path.rpartition("/")[2]
        if asked.operation == "get_music" and answer.status == 200 and answer.data["progress"] >= _NEARLY:
            nearly.add(job_id)
        elif asked.operation == "download_music" and answer.status == 400 and job_id in nearly:
            answer.become(200, {"url": f"http://127.0.0.1:9/files/{job_id}.mp3", "remainSeconds": 600})

    return rewrite


_NEARLY: Final = 60
_rewrite = partial(rewritten, Kind.FILES)
_switch = partial(switched, Kind.FILES)

MUTANTS: Final = (
    _rewrite(
        "stems-share-an-address",
        "All stems are under one address.",
        "each-job-has-its-file",
        _stems_share_an_address,
    ),
    _rewrite(
        "early-links",
        "Shortly before the end of a job its download gives a link.",
        "download-only-when-complete",
        _early_links,
    ),
    _rewrite(
        "link-without-host",
        "The link of a download has no host.",
        "download-has-a-link answer-fits-schema answer-fits-reading",
        lambda: edit(["download_music"], at("url", lambda url: "/" + url.split("/", 3)[3])),
    ),
    _rewrite(
        "link-serves-html",
        "A link serves a web page.",
        "link-serves-its-kind",
        lambda: answers(
            lambda asked, answer: (
                "/music/" in asked.path and asked.path.startswith("/files/") and answer.status in SUCCESS
            ),
            200,
            "<html>",
        ),
    ),
    _rewrite(
        "download-never",
        "A COMPLETED job's files are never there.",
        "complete-can-be-downloaded",
        lambda: answers(on("download_music"), 404, error(404)),
    ),
    _rewrite(
        "wav-as-mpeg",
        "A WAV comes as audio/mpeg.",
        "link-names-its-kind",
        lambda: header(
            lambda asked, answer: asked.path.endswith(".wav") and "/music/" in asked.path and answer.status in SUCCESS,
            b"content-type",
            b"audio/mpeg",
        ),
    ),
    _rewrite(
        "link-needs-a-token",
        "A link answers 401 without a token.",
        "link-lasts-and-expires link-serves-its-kind",
        lambda: answers(lambda asked, _answer: asked.path.startswith("/files/") and not asked.token, 401, error(401)),
    ),
    _rewrite(
        "stems-without-link",
        "Stems that are done have no link.",
        "stems-are-done-or-not",
        lambda: edit(["split_stems"], without("stemsZipUrl")),
    ),
    _switch(
        "download-too-early",
        "A job at work can be downloaded.",
        "download-only-when-complete",
        swap(music, "downloadable", instead(music.get)),
    ),
    _switch(
        "always-mp3",
        "Whatever format is asked for, the link is to an MP3.",
        "link-serves-its-kind",
        swap(links, "download", _other_suffix),
    ),
    _switch(
        "link-never-expires",
        "A link works for ever.",
        "link-lasts-and-expires",
        swap(links, "is_valid", _never_expires),
    ),
    _switch(
        "link-expired-at-once",
        "A link has expired when it is handed out.",
        "link-lasts-and-expires link-serves-its-kind",
        swap(links, "download", _expired_at_once),
    ),
    _rewrite(
        "dead-midi-links",
        "The link to an uploaded MIDI file is a 404.",
        "link-lasts-and-expires",
        lambda: answers(
            lambda asked, _answer: asked.path.startswith("/files/") and "midi" in asked.path, 404, error(404)
        ),
    ),
    _rewrite(
        "range-of-other-bytes",
        "A request for a range gets bytes of another place.",
        "link-serves-its-kind file-is-whole",
        lambda: _other_bytes,
    ),
    Mutant(
        id="link-lasts-a-second",
        kind=Kind.FILES,
        sentence="A link that is to last an hour lasts a second.",
        expects=("link-lasts-and-expires", "link-serves-its-kind"),
        rewrite=lambda: edit(["download_music"], with_fields(remainSeconds=3600)),
        policy={"link_seconds": 1},
    ),
    _rewrite(
        "stems-are-one-file",
        "The ZIP of stems says that it holds one file.",
        "file-is-whole",
        lambda: _one_stem,
    ),
    _rewrite(
        "links-work-once",
        "A link works once.",
        "link-lasts-and-expires",
        _once,
    ),
    _rewrite(
        "all-jobs-have-one-file",
        "Every download leads to the file of the job that was downloaded first.",
        "each-job-has-its-file",
        _first_file,
    ),
    _switch(
        "stems-of-midi-are-an-mp3",
        "The stems of a song that was built on a MIDI file are an MP3.",
        "link-serves-its-kind",
        swap(links, "download", _of_midi),
    ),
    _rewrite("half-of-a-wav", "A WAV breaks off in its middle.", "file-is-whole", lambda: _half),
    _rewrite(
        "zip-without-directory",
        "The stems are a ZIP whose end is missing.",
        "file-is-whole",
        lambda: _bytes("stems", b"PK\x05\x06", b"\0\0\0\0"),
    ),
    _rewrite("half-of-an-mp3", "An MP3 breaks off in its middle.", "file-is-whole", lambda: _spoilt(".mp3", _halved)),
    _rewrite("hole-in-an-mp3", "A third of an MP3 is zeros.", "file-is-whole", lambda: _spoilt(".mp3", _hole)),
    _rewrite(
        "wav-without-sound",
        "A WAV says that its sound has 0 bytes.",
        "file-is-whole",
        lambda: _spoilt(".wav", lambda body: body[:40] + bytes(4) + body[44:]),
    ),
    _rewrite(
        "moved-files-break-off",
        "Links are redirected to where there is half of each WAV.",
        "file-is-whole",
        lambda: moved(_half),
    ),
    _rewrite(
        "moved-for-ever",
        "Links are redirected from one address to the next.",
        "link-lasts-and-expires",
        lambda: moved(_moved_on),
    ),
    _rewrite("half-of-a-cover", "A cover breaks off.", "file-is-whole", lambda: _spoilt("cover", _halved)),
    _rewrite("half-of-a-waveform", "A waveform breaks off.", "file-is-whole", lambda: _spoilt("waveform", _halved)),
    _rewrite(
        "ends-are-beginnings",
        "A request for the end of a file gets its beginning.",
        "file-is-whole",
        lambda: _from_the_beginning("/music/"),
    ),
    _rewrite(
        "ends-of-midi-files-are-beginnings",
        "A request for the end of a MIDI file gets its beginning.",
        "file-is-whole",
        lambda: _from_the_beginning("/midi/"),
    ),
    _rewrite(
        "late-ranges-shift",
        "A range beyond the first megabyte is one byte off.",
        "file-is-whole",
        lambda: _late_ranges_shift,
    ),
    _rewrite(
        "ranges-of-wavs-shift",
        "A range of a WAV, but for its beginning, is one byte off.",
        "file-is-whole",
        lambda: _ranges_shift(".wav"),
    ),
    _rewrite(
        "ranges-of-covers-shift",
        "A range of a cover, but for its beginning, is one byte off.",
        "file-is-whole",
        lambda: _ranges_shift("cover"),
    ),
    _rewrite(
        "another-midi-file",
        "The link to an uploaded MIDI file serves another one.",
        "midi-file-comes-back",
        lambda: _bytes("midi", b"\x01\xe0", b"\x03\xc0"),
    ),
    _rewrite(
        "midi-as-text",
        "The link of a MIDI file serves it with its line feeds as carriage return and line feed.",
        "midi-file-comes-back file-is-whole",
        lambda: _bytes("midi", b"\n", b"\r\n"),
    ),
    _rewrite(
        "lifetime-in-milliseconds",
        "`remainSeconds` of a link counts milliseconds.",
        "lifetime-is-in-seconds",
        lambda: edit(["download_music"], at("remainSeconds", lambda seconds: seconds * 1000)),
    ),
)
