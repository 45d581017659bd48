"""What goes wrong, and what the message says to do about it."""

import copy
import pickle
import re
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from tempolor_client import errors, parse_callback
from tempolor_client._generated.defaults import ANSWERS, FAILURES
from tempolor_client.models import BusyJob, MusicItem
from tempolor_spec import load_document, operations

from .conftest import JOB, TOKEN
from .hostile import answer, error, html


def order(client):
    """Order a song, without patience."""
    return client.songs.create("Rain", busy_timeout=0)


REFUSALS = [
    (400, "prompt is too long", errors.BadRequestError, "Shorten the prompt to 2000 characters"),
    (400, "lyrics is too long", errors.BadRequestError, "Shorten the lyrics to 3000"),
    (
        400,
        "Parameters artistVoiceItemId and clonedVoiceItemId cannot be used together",
        errors.BadRequestError,
        "Choose one singer",
    ),
    (
        400,
        "Parameter midiItemId cannot be used with artistVoiceItemId or clonedVoiceItemId",
        errors.BadRequestError,
        "Choose one singer",
    ),
    (400, "Parameter user_id is required", errors.BadRequestError, "say which one with user_id"),
    (400, "Content-Type must be audio/midi", errors.BadRequestError, "media_type"),
    (400, "Empty file received", errors.BadRequestError, "has no content"),
    (400, "whatever", errors.BadRequestError, "Correct the request"),
    (401, "Unauthorized", errors.AuthenticationError, "USEAPI_TOKEN"),
    (402, "Subscription expired", errors.SubscriptionRequiredError, "Renew"),
    (404, "The source material does not exist.", errors.NotFoundError, "belongs to another account"),
    (404, "No accounts found", errors.NotFoundError, "accounts.create"),
    (405, "Method not allowed", errors.MethodNotAllowedError, "/v1/tempolor"),
    (413, "Too large", errors.PayloadTooLargeError, "shorter"),
    (429, "TemPolor is busy", errors.UpstreamBusyError, "busy_timeout"),
    (500, "Oops", errors.ServerError, "may have been taken"),
    (596, "Session", errors.AccountSessionError, "Log in"),
    (418, "Teapot", errors.UnexpectedAnswerError, "base_url"),
    (422, "Refused by moderation", errors.UnexpectedAnswerError, "Change the prompt"),
    (412, "Insufficient credits", errors.UnexpectedAnswerError, "Buy credits"),
    (304, "", errors.UnexpectedAnswerError, "never redirects: check base_url"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=[f"{row[0]} {row[1]}" for row in REFUSALS])
def test_an_error_has_a_class_and_says_what_to_do(run, hostile, refusal):
    """With the service's words, status, text, body and request."""
    status, words, kind, advice = refusal
    hostile.then(error(status, words))

    with pytest.raises(errors.APIError, match=str(status)) as caught:
        run(order)

    found = caught.value
    assert type(found) is kind
    assert advice in str(found)
    assert words in str(found)
    assert (found.status, found.error, found.request.operation_id) == (status, words, "create_song")
    assert (found.request.method, found.request.url) == ("POST", f"{hostile.url}/music/song")
    assert TOKEN not in str(found) + repr(found) + repr(found.request)


def test_each_documented_error_has_a_class():
    """No operation of the document answers with a status that ends as a surprise."""
    known = {status for status, _, kind, _ in REFUSALS if kind is not errors.UnexpectedAnswerError}

    statuses = {int(s) for operation in operations(load_document()) for s in operation.definition["responses"]}

    assert {status for status in statuses if status >= 400} <= known


@pytest.mark.parametrize(
    ("status", "advice"),
    [(404, "A gateway answered"), (401, "A gateway answered"), (502, "It may have been taken all the same")],
)
def test_a_web_page_of_a_gateway_is_an_error_and_not_a_crash(run, hostile, status, advice):
    """The message says that it is none of the service's, and whether an order may have got through."""
    hostile.then(html(status))

    with pytest.raises(errors.APIError, match=f"a web page. {advice}") as caught:
        run(order)

    assert (caught.value.status, caught.value.body, caught.value.error) == (status, None, "")
    assert "Bad Gateway" in caught.value.text


@pytest.mark.parametrize(
    "body",
    [b"<html>Welcome to the hotel</html>", b"", b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b"[" * 100_000],
    ids=["html", "empty", "half", "list", "text", "null", "bytes", "deep"],
)
def test_a_success_that_is_none_is_an_error_with_its_text(run, hostile, body):
    """A hotel's login page has status 200."""
    hostile.then(answer(200, body))

    with pytest.raises(errors.UnexpectedAnswerError) as caught:
        run(lambda client: client.music.get(JOB))

    assert caught.value.job_id == JOB
    assert caught.value.text == body.decode("utf-8", "replace")


@pytest.mark.parametrize("body", [b"", b"nope", b"[1]", b'{"error": {"no": "text"}}', b'{"message": "x"}', b"\xff"])
def test_an_error_without_the_services_envelope_is_no_crash(run, hostile, body):
    """Only a text under `error` counts as the service's words."""
    hostile.then(answer(400, body))

    with pytest.raises(errors.BadRequestError) as caught:
        run(order)

    assert caught.value.error == ""


@pytest.mark.parametrize("running", [{"a": [{"no": "id"}]}, {"a": 1}, [], "x", None])
def test_running_jobs_in_another_shape_are_no_crash(run, hostile, running):
    """The refusal is what matters."""
    hostile.then(error(429, "busy", runningJobs=running))

    with pytest.raises(errors.BusyError) as caught:
        run(order)

    assert caught.value.running_jobs == {}


def test_the_id_of_a_job_is_in_the_error_and_its_message(run, hostile):
    """Whenever there is one."""
    hostile.then(error(401, "Unauthorized"))

    with pytest.raises(errors.AuthenticationError, match=JOB) as caught:
        run(lambda client: client.scheduler.cancel(JOB))

    assert caught.value.job_id == JOB


def test_a_required_field_that_is_missing_is_an_error_that_names_it(run, hostile):
    """Accounts and the scheduler have such fields."""
    hostile.then(answer(200, [{"job_id": JOB, "started": "2026-05-20T09:25:00Z"}]))

    with pytest.raises(errors.UnexpectedAnswerError, match="elapsed is missing"):
        run(lambda client: client.scheduler.running())


def test_a_callback_is_read_from_bytes_text_or_json():
    """Frameworks hand over one or the other."""
    fields = {"job_id": JOB, "status": 30, "status_final": True, "replyRef": "mine", "new": 1}
    body = f'{{"job_id": "{JOB}", "status": 30, "status_final": true, "replyRef": "mine", "new": 1}}'

    reports = [parse_callback(body), parse_callback(body.encode()), parse_callback(fields)]

    assert {(report.job_id, report.status, report.reply_ref) for report in reports} == {(JOB, 30, "mine")}
    assert reports[0].additional_properties == {"new": 1}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", "x", b"\xff", {}, {"job_id": ""}, b"[" * 100_000, b" " * 1_100_000, "null"],
    ids=["empty", "half", "list", "text", "bytes", "no id", "empty id", "deep", "long", "null"],
)
def test_a_callback_that_is_none_is_an_error(body):
    """Anybody can post to that address."""
    with pytest.raises(errors.CallbackError, match="answer 4"):
        parse_callback(body)


def test_the_readme_says_what_to_do_about_each_error():
    """Whoever looks an error up finds it."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    table = [line for line in readme.splitlines() if line.startswith("| `") and "Error`" in line]
    inner = {"TemPolorError", "APIError", "BusyError", "MisfitError"}

    named = set(re.findall(r"`(\w+Error)`", " ".join(line.split("|")[1] for line in table)))

    assert named == {name for name, kind in vars(errors).items() if _is_error(kind)} - inner


def test_advice_for_the_shell_speaks_of_options_and_commands(run, hostile):
    """And that for programs of arguments and calls; one table has both."""
    hostile.then(error(502, "Oops"))
    with pytest.raises(errors.ServerError) as caught:
        run(order)

    in_python, in_shell = str(caught.value), caught.value.explain("shell", command="tempolor")

    assert "client.scheduler.running()" in in_python
    assert "`tempolor jobs`" in in_shell
    shell = [row.say["shell"] for row in ANSWERS] + [say["shell"] for say in FAILURES.values()]
    assert not [text for text in shell if "client." in text or "()" in text]


def _is_error(kind):
    return isinstance(kind, type) and issubclass(kind, Exception)


REQUEST = errors.SentRequest(operation_id="get_music", method="GET", url="http://x/y")
ITEM = MusicItem(job_id=JOB, status=10, additional_properties={"new": [1]})
ANSWER = {"status": 429, "error": "busy", "text": "t", "body": {"a": 1}, "headers": {"x": "y"}, "request": REQUEST}
ADVICE = FAILURES["wait_again"]


def one_of_each():
    """Return an error of each class, with all that it can hold."""
    made = {
        errors.InvalidIdError: errors.InvalidIdError("job_id", "a/b"),
        errors.JobFailedError: errors.JobFailedError(ITEM, job_id=JOB, completed=[MusicItem(job_id="other")]),
        errors.WaitTimeoutError: errors.WaitTimeoutError(
            "late", advice=ADVICE, job_ids=[JOB], item=ITEM, completed=[ITEM]
        ),
    }
    for kind in filter(_is_error, vars(errors).values()):
        if issubclass(kind, errors.APIError):
            made[kind] = kind(**ANSWER, job_id=JOB)
        elif issubclass(kind, errors.ConnectionFailedError):
            made[kind] = kind("broke", request=REQUEST, advice=ADVICE, job_id=JOB)
        elif kind not in made:
            made[kind] = kind("words", job_id=JOB)
    made[errors.AccountBusyError].running_jobs = {"1": [BusyJob(user_id="7", job_id=JOB, started=1)]}
    made[errors.NotFoundError].add_note("a note")
    return made


@pytest.mark.parametrize("error", one_of_each().values(), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("anew", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_crosses_processes_with_all_it_knows(error, anew):
    """Into a pool of processes and back, or into a queue."""
    made = anew(error)

    assert type(made) is type(error)
    assert (str(made), made.args, vars(made)) == (str(error), error.args, vars(error))
    assert made.explain("shell") == error.explain("shell")


def test_an_error_comes_out_of_a_process_pool(hostile):
    """As it went in."""
    hostile.then(error(429, "busy", runningJobs={"7": [{"user_id": "7", "job_id": JOB, "started": 1}]}))
    program = f"""if True:
        from tempolor_client import TemPolor
        TemPolor({TOKEN!r}, base_url={hostile.url!r}).songs.create("Rain", busy_timeout=0)
    """

    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(errors.AccountBusyError) as caught,
    ):
        pool.submit(exec, program).result()

    assert caught.value.running_jobs["7"][0].job_id == JOB
    assert caught.value.request.operation_id == "create_song"


def test_errors_can_be_told_apart_by_base_classes():
    """One `except` for all, or one for each thing to do."""
    kinds = [kind for kind in vars(errors).values() if _is_error(kind)]

    assert all(issubclass(kind, errors.TemPolorError) for kind in kinds)
    assert all(kind.__doc__ for kind in kinds)
