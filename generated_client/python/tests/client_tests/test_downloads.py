"""Files on their way from the service."""

import contextlib
import errno
import io
import os
from pathlib import Path

import pytest
from tempolor_client import errors, models
from tempolor_client.transfer import PartFile, _translated

from .conftest import JOB, TOKEN
from .hostile import answer, cut, drop, error, hang, html, reset

SONG = bytes(range(256)) * 4096
ETAG = '"v1"'
COMPLETED = answer(200, {"job_id": JOB, "status": 30, "status_final": True})
NOT_READY = error(404, f"No record found for {JOB}")


def link(files):
    """Answer with a link to the file host, with a signature."""
    return answer(200, {"url": f"{files.origin}/song.mp3?sig=abc", "remainSeconds": 0})


@pytest.fixture
def to(tmp_path):
    """Where the file is to go."""
    return tmp_path / "song.mp3"


@pytest.fixture
def download(run, to):
    """Downloads the job's file to `to`."""
    return lambda **options: run(lambda client: client.music.download(JOB, to, **options))


def only_nothing_or_the_whole_file(to):
    """Neither half a file nor a part of one is left."""
    assert list(to.parent.iterdir()) == ([to] if to.exists() else [])
    assert not to.exists() or to.read_bytes() == SONG
    return True


def test_a_file_is_fetched_and_its_progress_told(download, hostile, files, to):
    """Into a part file first, then under its name."""
    hostile.then(link(files))
    files.then(answer(200, SONG))
    seen, names = [], []

    def progress(received, total):
        seen.append((received, total))
        names.extend(path.name for path in to.parent.iterdir())

    path = download(file_format="mp3", progress=progress)

    assert path == to
    assert to.read_bytes() == SONG
    assert seen[-1] == (len(SONG), len(SONG))
    assert {name.endswith(".part") for name in names} == {True}
    assert only_nothing_or_the_whole_file(to)
    assert hostile.lines == [f"GET /v1/tempolor/music/download/{JOB}?file_format=mp3"]


def test_the_token_never_goes_to_the_file_host(run, hostile, files, to):
    """Nor do the caller's own headers for the API, nor a cookie of the API."""
    hostile.then(
        answer(200, {"url": f"{files.origin}/song.mp3?sig=abc"}, Set_Cookie="session=s3cret; Path=/"),
        link(files),
    )
    files.then(answer(302, b"", Location="/elsewhere.mp3"), answer(200, SONG))

    run(
        lambda client: client.music.download(JOB, to, options={"headers": {"X-Of-Call": "hidden"}}),
        headers={"X-Of-Client": "hidden"},
    )

    sent = " ".join(f"{name}: {value}" for request in files.requests for name, value in request.headers.items())
    assert len(files.requests) == 2
    assert all(secret not in sent for secret in (TOKEN, "secret", "authorization", "hidden", "s3cret"))


def test_a_404_after_completed_means_not_yet(download, hostile, files, to, time):
    """The file appears some seconds after the job has completed."""
    hostile.then(NOT_READY, COMPLETED, NOT_READY, COMPLETED, link(files))
    files.then(answer(200, SONG))

    download()

    assert time.pauses == [2.0, 2.0]
    assert to.read_bytes() == SONG


def test_a_file_that_never_appears_is_an_error_with_the_job(download, hostile, to):
    """The message says that it can be asked for again."""
    hostile.then(*[NOT_READY, COMPLETED] * 7)

    with pytest.raises(errors.FileNotReadyError, match=r"Ask again in some minutes.*music\.download") as caught:
        download(ready_timeout=10)

    assert caught.value.job_id == JOB
    assert only_nothing_or_the_whole_file(to)


def test_a_404_of_an_unknown_job_is_an_error_at_once(download, hostile, to, time):
    """It looks the same as "not yet", so the job itself is asked for."""
    hostile.then(NOT_READY, NOT_READY)

    with pytest.raises(errors.NotFoundError, match=JOB):
        download()

    assert time.pauses == []
    assert only_nothing_or_the_whole_file(to)


def test_an_unfinished_job_is_an_error_that_says_to_wait(download, hostile, to):
    """The service has words for it."""
    hostile.then(error(400, "Generation is not completed yet (0)"))

    with pytest.raises(errors.NotCompletedError, match=r"music\.wait"):
        download()

    assert only_nothing_or_the_whole_file(to)


def test_a_download_cut_in_the_middle_goes_on_where_it_was(download, hostile, files, to):
    """If the host says by an ETag that it is the same file."""
    hostile.then(link(files))
    rest = SONG[600_000:]
    content_range = f"bytes 600000-{len(SONG) - 1}/{len(SONG)}"
    files.then(cut(SONG, 600_000, ETag=ETAG), answer(206, rest, ETag=ETAG, Content_Range=content_range))

    download()

    assert to.read_bytes() == SONG
    assert files.requests[1].headers["range"] == "bytes=600000-"
    assert files.requests[1].headers["if-range"] == ETAG


def test_a_download_cut_in_the_middle_starts_again_where_the_file_cannot_be_told(download, hostile, files, to):
    """Two halves of two files would be worse than a second download."""
    hostile.then(link(files))
    files.then(cut(SONG, 600_000), answer(200, SONG))

    download()

    assert to.read_bytes() == SONG
    assert "range" not in files.requests[1].headers


def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(download, hostile, files, to):
    """The host answers with the whole file to a range of an old one."""
    hostile.then(link(files))
    files.then(cut(bytes(len(SONG)), 700_000, ETag='"v0"'), answer(200, SONG, ETag=ETAG))

    download()

    assert to.read_bytes() == SONG


def test_a_range_that_cannot_be_had_starts_again(download, hostile, files, to):
    """416, though it should not happen with If-Range."""
    hostile.then(link(files))
    files.then(cut(SONG, 700_000, ETag=ETAG), answer(416), answer(200, SONG))

    download()

    assert to.read_bytes() == SONG


def test_another_part_than_asked_for_is_refused(download, hostile, files, to):
    """It would make a broken file."""
    hostile.then(link(files))
    part = answer(206, SONG[5:], ETag=ETAG, Content_Range=f"bytes 5-{len(SONG) - 1}/{len(SONG)}")
    files.then(cut(SONG, 700_000, ETag=ETAG), part)

    with pytest.raises(errors.DownloadError, match="another part"):
        download()

    assert only_nothing_or_the_whole_file(to)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_expired_link_is_asked_for_again(download, hostile, files, to, status):
    """Hosts say so in different ways; also in the middle of a file."""
    hostile.then(link(files), link(files))
    content_range = f"bytes 600000-{len(SONG) - 1}/{len(SONG)}"
    files.then(
        cut(SONG, 600_000, ETag=ETAG),
        html(status),
        answer(206, SONG[600_000:], ETag=ETAG, Content_Range=content_range),
    )

    download()

    assert to.read_bytes() == SONG
    assert len(hostile.requests) == 2


def test_links_that_never_work_are_an_error(download, hostile, files, to):
    """Not a loop."""
    hostile.always(link(files))
    files.always(html(403))

    with pytest.raises(errors.DownloadError, match="links given do not work: HTTP 403") as caught:
        download()

    assert caught.value.job_id == JOB
    assert len(files.requests) == 5
    assert only_nothing_or_the_whole_file(to)


def test_a_download_that_keeps_breaking_off_is_an_error_that_leaves_nothing(download, hostile, files, to):
    """After some attempts in a row that brought nothing new."""
    hostile.then(link(files))
    files.then(cut(SONG, 300_000, ETag=ETAG)).always(drop)

    with pytest.raises(errors.DownloadError, match=r"broke off after 300000 bytes.*Nothing is lost") as caught:
        download()

    assert caught.value.job_id == JOB
    assert only_nothing_or_the_whole_file(to)


def test_attempts_that_bring_something_do_not_count(download, hostile, files, to):
    """A slow host that cuts every connection still gives the file in the end."""
    hostile.then(link(files))
    step = 90_000
    for start in range(0, len(SONG), step):
        headers = {"ETag": ETAG, "Content_Range": f"bytes {start}-{len(SONG) - 1}/{len(SONG)}"}
        files.then(cut(SONG[start:], step, 206 if start else 200, **headers))

    download()

    assert to.read_bytes() == SONG
    assert len(files.requests) == 12


@pytest.mark.parametrize("failure", [reset, drop, html(500), hang], ids=["reset", "drop", "500", "hang"])
def test_a_broken_file_host_is_tried_again(run, hostile, files, to, failure):
    """Fetching a file changes nothing."""
    hostile.then(link(files))
    files.then(failure, answer(200, SONG))

    run(lambda client: client.music.download(JOB, to, options={"timeout": 0.5}))

    assert to.read_bytes() == SONG


def test_an_empty_file_is_no_file(download, hostile, files, to):
    """It is asked for again."""
    hostile.then(link(files))
    files.then(answer(200, b""), answer(200, SONG))

    download()

    assert to.read_bytes() == SONG


def test_a_file_that_comes_encoded_is_refused(download, hostile, files, to):
    """Saved as it comes, no player would open it."""
    hostile.then(link(files))
    files.then(answer(200, SONG, Content_Encoding="gzip"))

    with pytest.raises(errors.DownloadError, match="encoded"):
        download()

    assert files.requests[0].headers["accept-encoding"] == "identity"
    assert only_nothing_or_the_whole_file(to)


def test_a_web_page_in_place_of_the_file_is_refused(download, hostile, files, to):
    """A song that opens in a browser is none."""
    hostile.then(link(files))
    files.then(html(200))

    with pytest.raises(errors.DownloadError, match="web page"):
        download()

    assert only_nothing_or_the_whole_file(to)


def test_a_full_disk_is_an_error_that_leaves_nothing(download, hostile, files, to, monkeypatch):
    """The message says what to do, and names the job."""
    hostile.then(link(files))
    files.then(answer(200, SONG))
    write = PartFile.write

    def fill_up(self, data):
        write(self, data)
        with _translated("song.mp3", self):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(PartFile, "write", fill_up)

    with pytest.raises(errors.FileWriteError, match=r"the disk is full.*Make room") as caught:
        download()

    assert caught.value.job_id == JOB
    assert isinstance(caught.value.__cause__, OSError)
    assert only_nothing_or_the_whole_file(to)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_really_full_device_is_told_too(tmp_path):
    """The same with a device in place of a pretence."""
    part = PartFile(tmp_path / "song.mp3", JOB)
    part._part = part._part.with_name("full")
    part._part.symlink_to("/dev/full")
    part._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - PartFile closes it

    with pytest.raises(errors.FileWriteError, match="the disk is full"):
        part.write(SONG)

    part.discard()


@pytest.mark.parametrize("where", ["missing/song.mp3", "."], ids=["no folder", "a folder"])
def test_a_place_that_cannot_be_written_is_an_error_before_anything_is_sent(run, hostile, tmp_path, where):
    """Links are short-lived, so the place is tried first."""
    with pytest.raises(errors.FileWriteError, match=r"cannot write .*Check the folder"):
        run(lambda client: client.music.download(JOB, tmp_path / where))

    assert hostile.requests == []


def test_a_file_that_is_there_stays_until_the_new_one_is_complete(download, hostile, files, to):
    """A failed download does not cost the old file."""
    to.write_bytes(b"old")
    hostile.always(link(files))
    files.always(html(403))

    with pytest.raises(errors.DownloadError):
        download()

    assert to.read_bytes() == b"old"
    assert [path.name for path in to.parent.iterdir()] == ["song.mp3"]


def test_an_answer_without_a_link_is_an_error(download, hostile, to):
    """A success that lacks what it is for."""
    hostile.then(answer(200, {"remainSeconds": 5}))

    with pytest.raises(errors.UnexpectedAnswerError, match="holds no url"):
        download()

    assert only_nothing_or_the_whole_file(to)


def test_the_stems_of_a_split_are_fetched_the_same_way(run, hostile, files, tmp_path):
    """From the address in the answer."""
    files.then(answer(200, SONG))
    stems = models.SplitStems(stems_zip_url=f"{files.origin}/stems.zip")

    path = run(lambda client: client.stems.download(stems, tmp_path / "stems.zip"))

    assert path.read_bytes() == SONG


@pytest.mark.parametrize("url", ["http://[x", "ftp://x/y", "http://x:99999/", "http://\x00/"])
def test_a_link_that_is_none_is_an_error(download, hostile, to, url):
    """Whatever the service puts there."""
    hostile.always(answer(200, {"url": url}))

    with pytest.raises(errors.TemPolorError) as caught:
        download()

    assert caught.value.job_id == JOB
    assert only_nothing_or_the_whole_file(to)


def test_a_link_may_be_relative_to_the_api(run, hostile, tmp_path):
    """The document calls some of them references."""
    hostile.then(answer(200, SONG))
    stems = models.SplitStems(stems_zip_url="/files/stems.zip")

    run(lambda client: client.stems.download(stems, tmp_path / "stems.zip"))

    assert hostile.lines == ["GET /files/stems.zip"]
    assert "authorization" not in hostile.requests[0].headers


def test_a_split_without_stems_is_an_error(run, tmp_path):
    """There is nothing to fetch."""
    with pytest.raises(errors.DownloadError, match="no ZIP file"):
        run(lambda client: client.stems.download(models.SplitStems(state=1), tmp_path / "stems.zip"))


class Pipe(io.RawIOBase):
    """Something to write to that cannot seek, and takes little at a time."""

    def __init__(self):
        self.got = b""

    def writable(self):
        """Tell that it takes bytes."""
        return True

    def write(self, data):
        """Take a thousand bytes at most."""
        self.got += bytes(data[:1000])
        return len(data[:1000])


def test_a_file_comes_as_bytes_too(run, hostile, files):
    """For whoever has no use for a path."""
    hostile.then(link(files))
    files.then(answer(200, SONG))

    assert run(lambda client: client.music.file(JOB, file_format="wav").read()) == SONG
    assert hostile.lines[0].endswith("?file_format=wav")


def test_a_file_goes_into_an_open_file_from_where_that_stands(run, hostile, files, tmp_path):
    """After a cut that could not be resumed, only the whole file is there."""
    hostile.then(link(files))
    files.then(cut(SONG, 600_000), answer(200, SONG))

    with (tmp_path / "all").open("w+b") as target:
        target.write(b"before")
        size = run(lambda client: client.songs.order(JOB).file().write_to(target))
        target.seek(0)
        written = target.read()

    assert (size, written) == (len(SONG), b"before" + SONG)


def test_an_open_file_is_left_as_it_was_by_a_failure(run, hostile, files):
    """Where it can seek."""
    hostile.then(link(files))
    files.then(cut(SONG, 600_000, ETag=ETAG)).always(drop)
    target = io.BytesIO(b"before")
    target.seek(0, io.SEEK_END)

    with pytest.raises(errors.DownloadError, match="broke off"):
        run(lambda client: client.music.file(JOB).write_to(target))

    assert target.getvalue() == b"before"


def test_a_pipe_takes_a_file_that_can_be_resumed_and_no_other(run, hostile, files):
    """What it was given is gone."""
    hostile.always(link(files))
    rest = answer(206, SONG[600_000:], ETag=ETAG, Content_Range=f"bytes 600000-{len(SONG) - 1}/{len(SONG)}")
    files.then(cut(SONG, 600_000, ETag=ETAG), rest, cut(SONG, 600_000), answer(200, SONG))
    pipe = Pipe()

    run(lambda client: client.music.file(JOB).write_to(pipe))

    assert pipe.got == SONG
    with pytest.raises(errors.DownloadError, match="cannot seek") as caught:
        run(lambda client: client.music.file(JOB).write_to(Pipe()))
    assert caught.value.job_id == JOB


def test_a_text_file_is_no_place_for_a_file(run, tmp_path):
    """Before anything is asked for."""
    with (tmp_path / "x").open("w") as text, pytest.raises(TypeError, match="'wb'"):
        run(lambda client: client.music.file(JOB).write_to(text))


def stream(run, client):
    """Read a stream to its end, in a client of either kind."""
    if run.kind == "sync":
        return b"".join(client.music.file(JOB).stream())

    async def read():
        return b"".join([piece async for piece in client.music.file(JOB).stream()])

    return read()


def test_a_stream_goes_on_after_a_cut(run, hostile, files):
    """Where the host can tell that the file is the same."""
    hostile.then(link(files))
    rest = answer(206, SONG[600_000:], ETag=ETAG, Content_Range=f"bytes 600000-{len(SONG) - 1}/{len(SONG)}")
    files.then(cut(SONG, 600_000, ETag=ETAG), rest)

    assert run(lambda client: stream(run, client)) == SONG


def test_a_stream_that_would_have_to_begin_again_is_an_error(run, hostile, files):
    """Its reader has had the first bytes."""
    hostile.then(link(files))
    files.then(cut(SONG, 600_000), answer(200, SONG))

    with pytest.raises(errors.DownloadError, match="open a new stream"):
        run(lambda client: stream(run, client))


def test_a_stream_that_is_left_early_closes_its_connection(run, hostile, files):
    """And asks for nothing more."""
    hostile.then(link(files))
    files.then(answer(200, SONG))

    def first(client):
        if run.kind == "sync":
            with contextlib.closing(client.music.file(JOB).stream()) as pieces:
                return next(pieces)

        async def read():
            async with contextlib.aclosing(client.music.file(JOB).stream()) as pieces:
                return await anext(pieces)

        return read()

    assert SONG.startswith(run(first))
    files.wait_until(lambda: files.open_connections == 0)


def test_a_cover_is_fetched_without_the_token(run, files):
    """Any address that an answer names."""
    files.then(answer(200, b"picture"))

    assert run(lambda client: client.file(f"{files.origin}/cover.jpg").read()) == b"picture"
    assert "authorization" not in files.requests[0].headers


def test_a_file_is_fetched_from_where_it_is_redirected_to(run, hostile, files, caplog):
    """And no log shows the signature of either address."""
    caplog.set_level("INFO")
    hostile.then(link(files))
    files.then(answer(302, Location=f"{files.origin}/moved?sig=def"), answer(200, SONG))

    assert run(lambda client: client.music.file(JOB).read()) == SONG
    assert files.lines[1] == "GET /moved?sig=def"
    assert "sig=" not in caplog.text


def test_redirects_without_an_end_are_an_error(run, hostile, files):
    """After as many as any browser takes."""
    hostile.always(link(files))
    files.always(answer(302, Location=f"{files.origin}/song.mp3"))

    with pytest.raises(errors.DownloadError, match="redirects"):
        run(lambda client: client.music.file(JOB, options={"max_retries": 0}).read())
