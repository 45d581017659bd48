"""The log for debugging."""

import logging

import pytest
from tempolor_client import TemPolor, errors
from tempolor_client.log import logger

from .conftest import JOB, TOKEN
from .hostile import answer, error, html


@pytest.fixture
def _restored():
    yield
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)


def test_the_log_tells_methods_paths_statuses_and_tries(run, hostile, caplog):
    """Enough to see what happened."""
    hostile.then(html(502), answer(200, {}))

    with caplog.at_level("DEBUG", "tempolor_client"):
        run(lambda client: client.music.get(JOB))

    assert f"GET {hostile.url}/music/{JOB}: 502 in" in caplog.messages[0]
    assert caplog.messages[1] == "get_music failed (ServerError), next try in 0.2 s"


def test_the_log_holds_no_secret(run, hostile, files, caplog, tmp_path):
    """No token, no header, no body, no signature of a link."""
    hostile.then(error(400, "no"), answer(200, {"url": f"{files.origin}/song.mp3?sig=s3cret"}))
    files.then(answer(200, b"song"))

    with caplog.at_level("DEBUG"):
        with pytest.raises(errors.BadRequestError):
            run(lambda client: client.accounts.create({"service_ticket": "t1cket"}, headers={"X-Key": "k3y"}))
        run(lambda client: client.music.download(JOB, tmp_path / "song.mp3"))

    assert "/song.mp3: 200" in caplog.text
    assert all(secret not in caplog.text for secret in (TOKEN, "s3cret", "t1cket", "k3y"))


@pytest.mark.parametrize(("value", "level"), [("debug", "DEBUG"), ("INFO", "INFO")])
@pytest.mark.usefixtures("_restored")
def test_the_environment_turns_the_log_on(monkeypatch, value, level):
    """Once, however many clients there are."""
    monkeypatch.setenv("TEMPOLOR_LOG", value)

    for _ in range(2):
        TemPolor(TOKEN).close()

    assert (len(logger.handlers), logging.getLevelName(logger.level)) == (1, level)


def test_without_it_the_log_is_left_to_the_program(monkeypatch):
    """A library configures no logging of its own."""
    monkeypatch.setenv("TEMPOLOR_LOG", "loudly")

    TemPolor(TOKEN).close()

    assert logger.handlers == []
