"""Callbacks into applications under test: real ones of Python's web frameworks, and their own test clients."""

import asyncio
import json
import threading
import time

import django
import flask
import httpx
import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.test import Client as DjangoTestClient
from django.urls import path
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import Response
from tempolor_mock.testing import MockRefusedError

PAST_EVERY_JOB = 60
TARGET = "/callbacks/a%20b?key=1%2F2"
MY_APP = f"https://my.app{TARGET}"
CALLBACKS_OF_A_JOB = 5

frameworks = pytest.mark.parametrize(
    "framework",
    ["fastapi", "fastapi-client", "flask", "flask-client", "django-wsgi", "django-asgi", "django-client"],
)


class Callee:
    """What an application does with a callback: takes note, and answers with `statuses` in turn, then with 204."""

    def __init__(self):
        self.seen = []
        self.threads = []
        self.statuses = []
        self.error = None
        self.act = lambda: None

    def call(self, target, headers, body):
        """Take a callback."""
        self.seen.append((target, {name.lower(): value for name, value in headers.items()}, body))
        self.threads.append(threading.current_thread())
        self.act()
        if self.error is not None:
            raise self.error
        return self.statuses.pop(0) if self.statuses else 204


@pytest.fixture
def callee():
    """What stands behind every application."""
    current.callee = Callee()
    return current.callee


class Current:
    """Django knows one project for each process: its view looks up whose test runs."""

    callee: Callee


current = Current()


def django_view(request, **_):
    """Stand for a project's view."""
    return HttpResponse(status=current.callee.call(request.get_full_path(), request.headers, request.body))


class Urls:
    """Stands for a project's `urls.py`."""

    urlpatterns = (path("callbacks/<name>", django_view),)


settings.configure(ROOT_URLCONF=Urls, ALLOWED_HOSTS=["my.app"], LOGGING_CONFIG=None)
django.setup()


def fastapi_app(callee):
    """Return an application of FastAPI."""
    app = FastAPI()

    @app.post("/callbacks/{name}")
    async def receive(request: Request, name: str):
        target = f"{request.scope['raw_path'].decode()}?{request.url.query}"
        return Response(status_code=callee.call(target, request.headers, await request.body()))

    return app


def flask_app(callee):
    """Return an application of Flask."""
    app = flask.Flask("app")

    @app.post("/callbacks/<name>")
    def receive(name):
        request = flask.request
        target = f"/callbacks/{name.replace(' ', '%20')}?{request.query_string.decode()}"
        return "", callee.call(target, request.headers, request.get_data())

    return app


MAKERS = {
    "fastapi": fastapi_app,
    "fastapi-client": lambda callee: TestClient(fastapi_app(callee)),
    "flask": flask_app,
    "flask-client": lambda callee: flask_app(callee).test_client(),
    "django-wsgi": lambda _: get_wsgi_application(),
    "django-asgi": lambda _: get_asgi_application(),
    "django-client": lambda _: DjangoTestClient(),
}


def order(world, url=MY_APP):
    """Order a song of one piece."""
    world.add_account()
    with httpx.Client(headers=world.headers, transport=world.transport) as client:
        answer = client.post(f"{world.api_url}/music/song", json={"prompt": "x", "replyUrl": url, "replyRef": "r"})
    return answer.raise_for_status().json()["jobs"][0]


@pytest.fixture
def tempolor_mock_options():
    """One job for each song is enough here."""
    return {"jobs_per_request": 1}


@frameworks
def test_an_application_gets_the_callbacks_as_a_receiver_would(tempolor_mock, callee, framework):
    """The target, the headers and the body, to the byte, as the records tell them."""
    tempolor_mock.deliver_to(MAKERS[framework](callee))
    order(tempolor_mock)

    told = tempolor_mock.advance(PAST_EVERY_JOB).callbacks

    assert [(each.outcome, len(each.attempts)) for each in told] == [("delivered", 1)] * CALLBACKS_OF_A_JOB
    assert [body for _, _, body in callee.seen] == [each.body for each in told]
    assert {target for target, _, _ in callee.seen} == {TARGET}
    sent = {name.lower(): value for name, value in told[0].headers.items()}
    assert sent.items() <= callee.seen[0][1].items() | {("connection", "close")}
    assert sent["host"] == "my.app"
    assert json.loads(told[-1].body)["status_name"] == "COMPLETED"


@frameworks
def test_what_an_application_answers_with_a_500_comes_again(tempolor_mock, callee, framework):
    """After the documented pauses, and with the same body."""
    tempolor_mock.deliver_to(MAKERS[framework](callee))
    callee.statuses = [500, 503, 200]
    order(tempolor_mock)

    first, *_ = tempolor_mock.advance(PAST_EVERY_JOB).callbacks

    tries = [((each.at - first.at).total_seconds(), each.status) for each in first.attempts]
    assert tries == [(0, 500), (1, 503), (6, 200)]
    assert len({body for _, _, body in callee.seen[:3]}) == 1


@frameworks
def test_what_an_application_raises_is_raised_in_the_test(tempolor_mock, callee, framework):
    """By the call that moved the clock, once the callback was tried as often as any that fails."""
    tempolor_mock.deliver_to(MAKERS[framework](callee))
    callee.error = LookupError("no such song")
    order(tempolor_mock)

    with pytest.raises(LookupError, match="no such song"):
        tempolor_mock.advance(PAST_EVERY_JOB)

    first, *_ = tempolor_mock.callbacks
    tries = [(each.status, each.error) for each in first.attempts]
    assert tries == [(500, "LookupError: no such song")] * 4
    assert tempolor_mock.advance(0).callbacks == ()


@pytest.mark.parametrize("framework", ["fastapi", "flask", "django-wsgi"])
def test_what_an_application_raises_may_count_as_a_500_alone(tempolor_mock, callee, framework):
    """For tests of what happens then."""
    tempolor_mock.deliver_to(MAKERS[framework](callee), raise_app_exceptions=False)
    callee.error = LookupError("no such song")
    order(tempolor_mock)

    assert {each.outcome for each in tempolor_mock.advance(PAST_EVERY_JOB).callbacks} >= {"failed"}


@pytest.mark.parametrize("framework", ["flask", "django-client"])
def test_an_application_runs_in_the_thread_of_the_test(tempolor_mock, callee, framework):
    """There a test's database transaction is."""
    tempolor_mock.deliver_to(MAKERS[framework](callee))
    order(tempolor_mock)

    tempolor_mock.advance(PAST_EVERY_JOB)

    assert set(callee.threads) == {threading.current_thread()}


@pytest.mark.anyio
async def test_an_asgi_application_runs_on_the_loop_of_the_test(tempolor_mock, callee, anyio_backend):
    """What the application keeps open there stays usable."""
    tempolor_mock.deliver_to(fastapi_app(callee))
    order(tempolor_mock)

    told = (await tempolor_mock.advance_async(PAST_EVERY_JOB)).callbacks

    assert {each.outcome for each in told} == {"delivered"}
    assert set(callee.threads) == {threading.current_thread()}


@pytest.mark.anyio
async def test_another_application_does_not_hold_up_the_loop_of_the_test(tempolor_mock, callee, anyio_backend):
    """It runs in a thread."""
    tempolor_mock.deliver_to(flask_app(callee))
    order(tempolor_mock)
    loop = asyncio.get_running_loop()
    callee.act = lambda: asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(5)

    told = (await tempolor_mock.advance_async(PAST_EVERY_JOB)).callbacks

    assert {each.outcome for each in told} == {"delivered"}


@pytest.fixture
def anyio_backend():
    """What the asynchronous tests run on."""
    return "asyncio"


def test_applications_may_share_the_callbacks(tempolor_mock, callee):
    """Each has its origin; what is left goes to the one without."""
    other = Callee()
    tempolor_mock.deliver_to(fastapi_app(callee))
    tempolor_mock.deliver_to(flask_app(other), "HTTP://Other.app:80")

    order(tempolor_mock)
    order(tempolor_mock, f"http://other.app{TARGET}")
    tempolor_mock.advance(PAST_EVERY_JOB)

    assert (len(callee.seen), len(other.seen)) == (CALLBACKS_OF_A_JOB, CALLBACKS_OF_A_JOB)
    assert {headers["host"] for _, headers, _ in other.seen} == {"other.app"}


def test_an_origin_that_no_application_has_is_a_receiver_as_ever(tempolor_mock, callee):
    """So it is refused, as it is not on this machine."""
    tempolor_mock.deliver_to(fastapi_app(callee), "https://other.app")
    order(tempolor_mock, "http://192.0.2.1/")

    (attempt,) = tempolor_mock.advance(PAST_EVERY_JOB).callbacks[0].attempts

    assert "host not allowed" in attempt.error


def test_an_application_may_ask_the_service_in_its_callback(tempolor_mock, callee):
    """As it does to fetch the file."""
    tempolor_mock.deliver_to(flask_app(callee))
    job = order(tempolor_mock)
    answers = []

    def ask():
        with httpx.Client(headers=tempolor_mock.headers, transport=tempolor_mock.transport) as client:
            answers.append(client.get(f"{tempolor_mock.api_url}/music/{job}").json()["status_name"])

    callee.act = ask
    tempolor_mock.advance(PAST_EVERY_JOB)

    assert answers == ["COMPLETED"] * CALLBACKS_OF_A_JOB


def test_an_application_may_not_move_the_clock_in_its_callback(tempolor_mock, callee):
    """It would wait for itself."""
    tempolor_mock.deliver_to(fastapi_app(callee))
    order(tempolor_mock)
    callee.act = lambda: tempolor_mock.advance(1)

    with pytest.raises(RuntimeError, match="may not move the clock"):
        tempolor_mock.advance(PAST_EVERY_JOB)


@pytest.mark.tempolor(frozen=False, speed=10_000)
def test_a_clock_that_runs_delivers_by_itself(tempolor_mock, callee):
    """In a thread; what the application raises there is raised when the clock is next moved, or at the test's end."""
    tempolor_mock.deliver_to(fastapi_app(callee))
    arrived = threading.Event()

    def act():
        if len(callee.seen) == CALLBACKS_OF_A_JOB:
            callee.error = LookupError("no such song")
            arrived.set()

    callee.act = act
    order(tempolor_mock)

    assert arrived.wait(20)
    deadline = time.monotonic() + 20
    while tempolor_mock.callbacks[-1].outcome == "due":
        assert time.monotonic() < deadline
    with pytest.raises(LookupError, match="no such song"):
        tempolor_mock.advance(0)


@frameworks
def test_a_callback_can_be_sent_again(tempolor_mock, callee, framework):
    """To the byte, with one more attempt; receivers must bear that."""
    tempolor_mock.deliver_to(MAKERS[framework](callee))
    order(tempolor_mock)
    last = tempolor_mock.advance(PAST_EVERY_JOB).callbacks[-1]

    again = tempolor_mock.send_again(last)

    assert callee.seen[-1] == callee.seen[-2]
    assert [each.status for each in again.attempts] == [204, 204]
    assert tempolor_mock.callbacks[-1] == again


def test_a_callback_that_was_given_up_can_be_delivered_later(tempolor_mock, callee):
    """When the receiver works again."""
    tempolor_mock.deliver_to(fastapi_app(callee))
    callee.statuses = [500] * 4
    order(tempolor_mock)
    first, *_ = tempolor_mock.advance(PAST_EVERY_JOB).callbacks

    assert (first.outcome, tempolor_mock.send_again(first).outcome) == ("failed", "delivered")


def test_what_cannot_be_sent_again_is_refused(tempolor_mock, callee):
    """A callback whose moment has not come, one of a job that is gone, one of a world that was emptied."""
    tempolor_mock.deliver_to(fastapi_app(callee))
    callee.statuses = [500, 500]
    job = order(tempolor_mock)
    (waiting,) = tempolor_mock.advance(5).callbacks

    with pytest.raises(MockRefusedError, match="Callback 1 is still to be sent"):
        tempolor_mock.send_again(waiting)
    with httpx.Client(headers=tempolor_mock.headers, transport=tempolor_mock.transport) as client:
        tempolor_mock.advance(PAST_EVERY_JOB)
        client.delete(f"{tempolor_mock.api_url}/music/{job}").raise_for_status()
    with pytest.raises(MockRefusedError, match="Callback 1 tells of a job that was deleted"):
        tempolor_mock.send_again(waiting)
    assert (tempolor_mock.callbacks[0].body, tempolor_mock.callbacks[0].headers) == (None, None)
    tempolor_mock.reset()
    with pytest.raises(MockRefusedError, match="There is no callback 1"):
        tempolor_mock.send_again(waiting)


@pytest.mark.parametrize(
    ("app", "origin", "error"),
    [("my.app:app", None, TypeError), (object(), None, TypeError), (flask_app, "my.app", ValueError)],
    ids=["text", "object", "origin"],
)
def test_what_is_no_application_is_refused_at_once(tempolor_mock, app, origin, error):
    """Not when the first callback is due."""
    with pytest.raises(error, match=r"my\.app|no ASGI or WSGI application"):
        tempolor_mock.deliver_to(app, origin)
