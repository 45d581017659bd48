"""Django's test client gets the callbacks, in the thread of the test, so that the test's database is the view's."""

import json

import django
import httpx
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from tempolor_mock.testing import MockWorld

statuses: dict[str, str] = {}


def callback(request: HttpRequest) -> HttpResponse:
    """Take note of how a song is getting on."""
    song = json.loads(request.body)
    statuses[song["job_id"]] = song["status_name"]
    return HttpResponse(status=204)


class Urls:
    """Stands for the project's `urls.py`."""

    urlpatterns = (path("callback", callback),)


settings.configure(ROOT_URLCONF=Urls, ALLOWED_HOSTS=["my.app"])  # a project has these in its settings
django.setup()


def test_a_song_is_followed_to_its_end(tempolor_mock: MockWorld) -> None:
    tempolor_mock.add_account()
    tempolor_mock.deliver_to(Client())
    order = {"prompt": "A lighthouse waltz", "replyUrl": "https://my.app/callback"}
    with httpx.Client(headers=tempolor_mock.headers, transport=tempolor_mock.transport) as api:
        jobs = api.post(f"{tempolor_mock.api_url}/music/song", json=order).json()["jobs"]

    tempolor_mock.advance(60)

    assert statuses == dict.fromkeys(jobs, "COMPLETED")
