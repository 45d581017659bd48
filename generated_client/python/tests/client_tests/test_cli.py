"""The commands."""

import json
import os
import signal
import sys
import threading

import pytest
from click.testing import CliRunner
from tempolor_client import __main__
from tempolor_client.cli import main
from tempolor_client.cli.interrupts import Interrupts

from .conftest import JOB, OTHER_JOB, TOKEN
from .hostile import answer, error, hang
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

    assert (result.exit_code, result.stderr) == (0, f"ordered {JOB}\nordered {OTHER_JOB}\n")
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


def test_the_folder_is_tried_before_anything_is_ordered(tempolor, hostile, tmp_path):
    """A song that cannot be saved was paid for all the same."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "mix.wav").write_bytes(WAV)

    for arguments in (
        ["song", "Rain", "--out", "missing/song.mp3"],
        ["song", "Rain", "--out", "folder"],
        ["stems", "mix.wav", "--out", "missing/stems.zip"],
        ["music", "download", JOB, "--out", "missing/song.mp3"],
    ):
        result = tempolor(*arguments)
        assert (result.exit_code, f"cannot write {arguments[-1]}: " in result.stderr) == (2, True), result.stderr

    assert hostile.requests == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "mix.wav"]


def test_the_ids_are_on_the_screen_before_any_waiting(tempolor, hostile):
    """Whatever becomes of the wait."""
    hostile.then(answer(200, {"jobs": [JOB, OTHER_JOB]})).always(error(401, "Unauthorized"))

    result = tempolor("song", "Rain")

    assert (result.exit_code, result.stderr.splitlines()[:2]) == (1, [f"ordered {JOB}", f"ordered {OTHER_JOB}"])


FAILED = answer(200, {"job_id": JOB, "status": 10, "status_name": "FAILED", "status_final": True})
OTHER = answer(200, {"job_id": OTHER_JOB, "status": 30, "status_final": True, "progress": 100, "titleEn": "Snow"})
RUNNING = answer(200, {"job_id": JOB, "status": 0, "status_final": False, "progress": 7})


def test_of_two_takes_the_good_one_is_saved(tempolor, hostile, files, tmp_path):
    """Under its own number, and the failure is told and ends the command with 1."""
    hostile.then(answer(200, {"jobs": [JOB, OTHER_JOB]}), FAILED, OTHER, answer(200, {"url": f"{files.origin}/song"}))
    files.then(answer(200, b"two"))

    result = tempolor("song", "Rain", "--out", "song.mp3")

    assert (result.exit_code, result.stdout) == (1, f"{OTHER_JOB}\tSnow\tsong-2.mp3\n")
    assert (tmp_path / "song-2.mp3").read_bytes() == b"two"
    assert "ended as FAILED" in result.stderr
    assert "To come back" not in result.stderr


def test_a_take_that_is_late_is_told_how_to_come_back_to_and_the_other_one_saved(tempolor, hostile, files):
    """With a command that can be pasted."""
    hostile.then(answer(200, {"jobs": [JOB, OTHER_JOB]}), RUNNING, OTHER, answer(200, {"url": f"{files.origin}/song"}))
    files.then(answer(200, b"two"))

    result = tempolor("song", "Rain", "--timeout", "0", "--out", "my song.mp3")

    assert (result.exit_code, result.stdout) == (1, f"{OTHER_JOB}\tSnow\tmy song-2.mp3\n")
    assert f"\n  tempolor-client song --job {JOB} --out 'my song.mp3'\n" in result.stderr
    assert "client." not in result.stderr


def test_a_take_that_cannot_be_fetched_does_not_lose_the_other_one(tempolor, hostile, files, tmp_path):
    """And is told how to come back to."""
    hostile.then(
        answer(200, {"jobs": [JOB, OTHER_JOB]}),
        DONE,
        OTHER,
        error(401, "Unauthorized"),
        answer(200, {"url": f"{files.origin}/song"}),
    )
    files.then(answer(200, b"two"))

    result = tempolor("song", "Rain", "--out", "song.mp3")

    assert (result.exit_code, (tmp_path / "song-2.mp3").read_bytes()) == (1, b"two")
    assert f"song --job {JOB} --out song.mp3" in result.stderr


def test_a_result_comes_as_json_too(tempolor, hostile):
    """All that the service said."""
    hostile.then(answer(200, {"jobs": [JOB]}), DONE)

    (take,) = json.loads(tempolor("song", "Rain", "--json").stdout)

    assert (take["job_id"], take["file"], take["item"]["titleEn"]) == (JOB, None, "Rain")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "a.mp3", "--format", "wav"], "make them agree"),
        (["--out", "a.ogg"], "use .mp3, .wav or .zip"),
        (["--format", "wav"], "--format needs --out"),
        (["--timeout", "nan"], "no number of seconds"),
        (["--timeout", "-1"], "no number of seconds"),
        (["--busy-timeout", "inf"], "no number of seconds"),
        (["--timeout", "soon"], "no number of seconds"),
        (["--job", JOB], "leave the prompt out"),
        (["--lyrics", "@missing.txt"], "cannot read missing.txt"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_options_that_make_no_sense_are_refused_before_anything_is_ordered(tempolor, hostile, arguments, words):
    """With 2, in one line."""
    result = tempolor("song", "Rain", *arguments)

    assert (result.exit_code, words in result.stderr) == (2, True), result.stderr
    assert hostile.requests == []


def test_advice_in_the_shell_speaks_shell(tempolor, hostile):
    """Nobody at a shell has a client object."""
    hostile.then(error(429, "busy")).always(error(596, "session"))

    busy, session = tempolor("song", "Rain", "--busy-timeout", "0"), tempolor("jobs")

    assert "allow more time with --busy-timeout" in busy.stderr
    assert "tempolor-client accounts create" in session.stderr


def test_a_pause_for_a_slot_can_be_interrupted(tempolor, hostile, monkeypatch):
    """Nothing is under way then."""
    hostile.always(error(429, "busy"))
    monkeypatch.setattr("time.sleep", lambda _: signal.raise_signal(signal.SIGTERM))

    result = tempolor("song", "Rain")

    assert (result.exit_code, len(hostile.requests)) == (143, 1)
    assert "next try in" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_order_is_answered_leaves_the_ids_on_the_screen(tempolor, hostile, number):
    """The answer is waited for first; then the command ends as shells expect, and says how to go on."""

    def interrupt(request, connection):
        os.kill(os.getpid(), number)
        return answer(200, {"jobs": [JOB]})(request, connection)

    hostile.then(interrupt)

    result = tempolor("song", "Rain", "--out", "song.mp3")

    assert (result.exit_code, len(hostile.requests)) == (128 + number, 1)
    assert f"ordered {JOB}\n" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_the_wait_says_how_to_go_on(tempolor, hostile, monkeypatch, number):
    """With a command to paste; the handlers of before are back afterwards."""
    before = signal.getsignal(number)
    hostile.then(answer(200, {"jobs": [JOB]})).always(RUNNING)
    monkeypatch.setattr("time.sleep", lambda _: signal.raise_signal(number))

    result = tempolor("instrumental", "Rain", "--out", "song.wav")

    assert result.exit_code == 128 + number
    assert f"  tempolor-client instrumental --job {JOB} --out song.wav\n" in result.stderr
    assert signal.getsignal(number) is before


def test_a_second_signal_ends_at_once_and_says_where_to_look(tempolor, hostile, monkeypatch):
    """The answer may never come."""
    arrived, heard = Interrupts._arrived, threading.Event()

    def listen(self, number, frame):
        heard.set()
        arrived(self, number, frame)

    def interrupt_twice(request, connection):
        os.kill(os.getpid(), signal.SIGINT)
        assert heard.wait(10)
        os.kill(os.getpid(), signal.SIGINT)
        # A signal in the moment before a read is heard after it, so there is something to read.
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        return hang(request, connection)

    monkeypatch.setattr(Interrupts, "_arrived", listen)

    hostile.then(interrupt_twice)

    result = tempolor("song", "Rain")

    assert result.exit_code == 130
    assert "It may have been taken all the same: look at `tempolor-client jobs`" in result.stderr


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


def test_finished_music_is_listed_and_no_more_than_asked_for(tempolor, hostile):
    """What still runs is in `jobs`; further pages are not asked for."""
    items = [{"job_id": str(n), "status": 30 if n != 2 else 0, "titleEn": f"No {n}"} for n in range(1, 6)]
    hostile.always(answer(200, {"records": items, "hasNext": True, "cursor": "more"}))

    result = tempolor("music", "--limit", "3", "--kind", "instrumental")

    assert result.stdout == "1\tNo 1\n3\tNo 3\n4\tNo 4\n"
    assert hostile.lines == ["GET /v1/tempolor/music?type=instrumental"]


def test_music_is_shown_downloaded_and_deleted(tempolor, hostile, files, tmp_path):
    """By its id; the file has a name of its own."""
    hostile.then(DONE, answer(200, {"url": f"{files.origin}/song"}), answer(200, {"result": True}))
    files.then(answer(200, b"song"))
    name = JOB.rpartition(":")[2] + ".wav"

    assert tempolor("music", "get", JOB).stdout == f"{JOB}\t30\t100%\tRain\n"
    assert tempolor("music", "download", JOB, "--format", "wav").stdout == f"{name}\n"
    assert (tmp_path / name).read_bytes() == b"song"
    assert tempolor("music", "delete", JOB).stdout == f"{JOB}\tdeleted\n"


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        ('{"user_id": "7"}', {"user_id": "7"}),
        ('{"requestParams": {"user_id": "7"}, "maxJobs": 1}', {"user_id": "7"}),
        (None, {}),
    ],
    ids=["parameters", "whole body", "none"],
)
def test_an_account_is_stored_from_what_was_copied(tempolor, hostile, tmp_path, content, sent):
    """The parameters alone, or the whole body around them."""
    hostile.then(
        answer(
            200,
            {
                "user_id": "7",
                "maxJobs": 3,
                "updated": 1,
                "updatedUTC": "2026-05-20T09:25:00Z",
                "requestParams": {},
            },
        )
    )
    (tmp_path / "account.json").write_text(content or "")

    result = tempolor("accounts", "create", *(["account.json"] if content else []), "--max-jobs", "3")

    assert (result.exit_code, result.stdout) == (0, "7\t3\n"), result.stderr
    assert hostile.requests[0].json == {"requestParams": sent, "maxJobs": 3}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"requestParams": 1}'])
def test_parameters_that_are_none_are_refused(tempolor, hostile, tmp_path, content):
    """Nothing is sent."""
    (tmp_path / "account.json").write_text(content)

    assert tempolor("accounts", "create", "account.json").exit_code == 2
    assert hostile.requests == []


def test_an_unknown_command_of_a_group_is_an_error(tempolor):
    """And not a list."""
    result = tempolor("voices", "clon")

    assert (result.exit_code, "No such command 'clon'" in result.stderr) == (2, True)


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
