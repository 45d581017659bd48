"""The commands."""

import sys

import pytest
from click.testing import CliRunner
from tempolor_client import __main__
from tempolor_client.cli import main

from .conftest import JOB, OTHER_JOB, TOKEN
from .hostile import answer, error
from .test_uploads import WAV

DONE = answer(200, {"job_id": JOB, "status": 30, "status_final": True, "progress": 100, "titleEn": "Rain"})


@pytest.fixture
def tempolor(hostile, monkeypatch, tmp_path):
    """Runs a command against the hostile server, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    environment = {"USEAPI_TOKEN": TOKEN, "TEMPOLOR_BASE_URL": hostile.url}
    return lambda *arguments, **env: CliRunner().invoke(main, arguments, env={**environment, **env})


def test_a_song_is_ordered_waited_for_and_saved(tempolor, hostile, files, tmp_path):
    """One line of output for each take, for other programs to read."""
    url = {"url": f"{files.origin}/song"}
    hostile.then(answer(200, {"jobs": [JOB, OTHER_JOB]}), DONE, DONE, answer(200, url), answer(200, url))
    files.then(answer(200, b"one"), answer(200, b"two"))

    result = tempolor("song", "Rain", "--lyrics", "la", "--out", "song.wav")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{JOB}\tRain\tsong.wav\n{OTHER_JOB}\tRain\tsong-2.wav\n"
    assert (tmp_path / "song-2.wav").read_bytes() == b"two"
    assert hostile.lines[3].endswith("?file_format=wav")


def test_an_instrumental_is_ordered_with_its_key_tempo_and_chords(tempolor, hostile):
    """Without --out only the ids are printed."""
    hostile.then(answer(200, {"jobs": [JOB]}), DONE)

    result = tempolor("instrumental", "Calm", "--tonality", "D:minor", "--bpm", "72", "--chords", "Dm")

    assert result.stdout == f"{JOB}\tRain\n"
    assert hostile.requests[0].json == {"prompt": "Calm", "tonality": "D:minor", "bpm": 72, "chords": "Dm"}


def test_a_job_can_be_gone_on_with(tempolor, hostile):
    """After an interruption, or on another day."""
    hostile.then(DONE)

    assert tempolor("song", "--job", JOB).stdout == f"{JOB}\tRain\n"


def test_an_interruption_says_how_to_go_on(tempolor, hostile, monkeypatch):
    """The job was paid for."""
    hostile.then(answer(200, {"jobs": [JOB]}))

    def interrupt(self, **_):
        raise KeyboardInterrupt

    monkeypatch.setattr("tempolor_client._sync.resources.Order.wait", interrupt)

    result = tempolor("song", "Rain")

    assert (result.exit_code, f"--job {JOB}" in result.stderr) == (130, True)


def test_lyrics_can_come_from_a_file(tempolor, hostile, tmp_path):
    """They have lines."""
    (tmp_path / "words.txt").write_text("one\ntwo")
    hostile.then(answer(200, {"jobs": [JOB]}), DONE)

    tempolor("song", "Rain", "--lyrics", "@words.txt")

    assert hostile.requests[0].json["lyrics"] == "one\ntwo"
    assert tempolor("song", "Rain", "--lyrics", "@missing.txt").exit_code == 2


def test_jobs_and_voices_are_listed(tempolor, hostile):
    """A line each, with tabs between the fields."""
    job = {"job_id": JOB, "started": "2026-05-20T09:25:00Z", "elapsed": "01:23"}
    account = {"user_id": "7", "maxJobs": 10, "executing": 1, "available": 9}
    hostile.then(
        answer(200, {"executing": [job], "available": [account]}),
        answer(200, {"records": [{"clonedVoiceItemId": "user:1-tempolor:2-voice:v", "name": "Alto"}]}),
        answer(200, {"records": [{"itemId": "voice_1", "name": "Baritone", "labels": ["male", "deep"]}]}),
    )

    assert tempolor("jobs").stdout == f"{JOB}\trunning\t01:23\naccount 7\t1 of 10 running\n"
    assert tempolor("voices").stdout == "user:1-tempolor:2-voice:v\tAlto\tcloned\nvoice_1\tBaritone\tmale, deep\n"


def test_stems_are_split_and_saved(tempolor, hostile, files, tmp_path):
    """Beside the recording unless told otherwise."""
    (tmp_path / "mix.wav").write_bytes(WAV)
    hostile.then(answer(200, {"state": 2, "stemsZipUrl": f"{files.origin}/stems.zip"}))
    files.then(answer(200, b"PK"))

    result = tempolor("stems", "mix.wav")

    assert (result.stdout, result.stderr) == ("mix-stems.zip\n", "")
    assert (tmp_path / "mix-stems.zip").read_bytes() == b"PK"


@pytest.mark.parametrize(
    ("arguments", "reply", "expected"),
    [
        (["jobs"], error(401, "Unauthorized"), (1, "Check the API token")),
        (["song", "x"], error(400, "prompt is too long"), (1, "2000 characters")),
        (["song"], None, (2, "say what the music should be like")),
        (["song", "--job", "a/b"], None, (2, "is no id")),
        (["stems", "missing.wav"], None, (2, "cannot read missing.wav")),
    ],
    ids=["token", "prompt", "no prompt", "no id", "no file"],
)
def test_a_mistake_is_one_line_and_an_exit_code(tempolor, hostile, arguments, reply, expected):
    """1 where the service said no, 2 where nothing could be asked; never a traceback."""
    code, words = expected
    hostile.then(*[reply] if reply else [])

    result = tempolor(*arguments)

    assert (result.exit_code, words in result.stderr, "Traceback" in result.stderr) == (code, True, False)


def test_no_token_is_one_line_too(tempolor):
    """It says where one can come from."""
    result = tempolor("jobs", USEAPI_TOKEN="")

    assert (result.exit_code, "USEAPI_TOKEN" in result.stderr) == (2, True)


def test_without_click_the_command_says_what_it_needs(monkeypatch):
    """And the package itself works."""
    monkeypatch.setitem(sys.modules, "click", None)
    monkeypatch.delitem(sys.modules, "tempolor_client.cli")
    monkeypatch.delattr("tempolor_client.cli")

    with pytest.raises(SystemExit, match=r"tempolor-client\[cli\]"):
        __main__.main()


def test_a_terminal_gets_a_bar(hostile, files, tmp_path, monkeypatch):
    """Other places do not, as bars make logs unreadable; so this asks for a terminal of its own."""
    pty = pytest.importorskip("pty")
    import os  # noqa: PLC0415
    import subprocess  # noqa: PLC0415

    hostile.then(answer(200, {"jobs": [JOB]}), DONE, answer(200, {"url": f"{files.origin}/song"}))
    files.then(answer(200, b"song"))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tempolor_client", "song", "Rain", "--out", str(tmp_path / "song.mp3")]

    result = subprocess.run(
        command,
        env={**os.environ, "USEAPI_TOKEN": TOKEN, "TEMPOLOR_BASE_URL": hostile.url},
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=False,
    )
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)

    assert result.returncode == 0, shown
    assert "generating" in shown
    assert "100%" in shown
