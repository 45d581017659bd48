"""The page of answers: every row is walked, by state and by force, and the page is fresh."""

import re
from dataclasses import replace
from functools import reduce
from pathlib import Path
from urllib.parse import quote

import answers
import pytest
from answers import PLAIN, Recipe, Step
from tempolor_mock import create_app
from tempolor_mock.cli import _settings, mock_command
from tempolor_mock.documented import DocumentedAnswer

ROWS = list(answers.answers())
IDS = [f"{operation_id}-{answer.status}-{answer.example}" for operation_id, answer in ROWS]
REACHABLE = [
    pytest.param(operation_id, answer, id=name)
    for (operation_id, answer), name in zip(ROWS, IDS, strict=True)
    if answers.recipe(operation_id, answer)
]
START_MS = 1_747_731_600_125
PAGE = Path(__file__).parents[3] / "docs" / "answers.md"


@pytest.fixture(scope="module")
def started(application):
    """Applications like the shared one, but started with options of the command line; one for each set of options."""
    transports = {(): application}

    def get(options: tuple[str, ...]):
        if options not in transports:
            chosen = _settings(mock_command.make_context("mock", list(options)), loopback_only=False)
            settings = replace(chosen, frozen=True, validate_responses=True)
            transports[options] = type(application)(create_app(settings, wall=lambda: START_MS))
        return transports[options]

    yield get

    for transport in list(transports.values())[1:]:
        transport.stop()


class Walker:
    """Sends the steps of a recipe."""

    def __init__(self, client, samples: dict[str, bytes]) -> None:
        self._client = client
        self._samples = samples
        self._kept: dict[str, str] = {}

    def walk(self, recipe: Recipe):
        """Return the answer to the last step."""
        *setups, last = recipe.steps()
        for step in setups:
            answer = self._send(step).raise_for_status().json()
            for name, place in step.keeps.items():
                self._kept[name] = reduce(lambda value, key: value[key], place, answer)
        return self._send(last)

    def _send(self, step: Step):
        options = {}
        if step.body is not None:
            options["json"] = {name: self._filled(value) for name, value in step.body.items()}
        elif step.sample or step.raw is not None or step.size:
            options["content"] = self._samples[step.sample] if step.sample else (step.raw or "x" * step.size)
        request = self._client.build_request(step.method, self._url(step.path), **options)
        if step.content_type:
            request.headers["Content-Type"] = step.content_type
        if not step.token:
            del request.headers["Authorization"]
        return self._client.send(request)

    def _url(self, path: str):
        url = self._filled(path, escape=True)
        return self._client.base_url.join(url) if url.startswith(answers.CONTROL) else url

    def _filled(self, value, *, escape: bool = False):
        if isinstance(value, str):
            for name, kept in self._kept.items():
                value = value.replace(f"{{{name}}}", quote(kept) if escape else kept)
        return value


def shape(text: str) -> str:
    """Return an error's text without what differs from world to world."""
    return re.sub(r"\d+", "#", re.sub(r"user:\S+", "#", text))


@pytest.mark.parametrize(("operation_id", "answer"), REACHABLE)
def test_an_answer_is_had_by_state(client, started, samples, operation_id: str, answer: DocumentedAnswer):
    """The recipe on the page ends with the status of its row, and with an error of the same shape."""
    recipe = answers.recipe(operation_id, answer)
    its_client = type(client)(client.api_token, transport=started(recipe.options), base_url=client.base_url)

    response = Walker(its_client, samples).walk(recipe)

    assert response.status_code == answer.status, response.text
    if answer.status >= 400:
        assert shape(response.json()["error"]) == shape(answer.content["error"])
        assert response.json().keys() == answer.content.keys()
    elif answer.content is None:
        assert response.content == b""
    elif "status_name" in answer.content:
        assert response.json()["status_name"] == answer.content["status_name"]
    elif "_page" in str(answer.example):
        assert response.json()["hasNext"] == answer.content["hasNext"]
        assert bool(response.json()["records"]) == bool(answer.content["records"])


@pytest.mark.parametrize(("operation_id", "answer"), ROWS, ids=IDS)
def test_an_answer_is_had_by_force(client, operation_id: str, answer: DocumentedAnswer):
    """The header gets the example itself, in an empty world and without a body."""
    last = PLAIN[operation_id].last

    response = client.request(last.method, last.path, headers={"Prefer": answers.prefer(answer)})

    assert response.status_code == answer.status
    assert (response.json() if response.content else None) == answer.content
    assert response.headers["Preference-Applied"] == answers.prefer(answer)
    assert client.get(client.base_url.join("/_mock/world")).json()["accounts"] == []


def test_only_what_is_documented_is_called_unreachable():
    """No exception outlives its row."""
    keys = {(operation_id, answer.status, answer.example) for operation_id, answer in ROWS}

    assert set(answers.UNREACHABLE) <= keys
    assert {key for key in answers.OWN if key not in keys} <= {
        (operation_id, 400, example)
        for operation_id in ("create_song", "create_instrumental")
        for example in answers._FIELDS_OF_ORDERS
    }


def test_the_page_is_fresh():
    """`make docs` makes it from the document and the recipes."""
    assert PAGE.read_text("utf-8") == answers.page()


def test_a_recipe_can_be_repeated():
    """Steps are values: nothing of one walk is left for the next."""
    recipe = PLAIN["create_song"]

    assert list(recipe.steps()) == list(replace(recipe).steps())
