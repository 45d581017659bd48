"""The proxy judges and records what passes, in the order in which it began, and is never in its way."""

import threading
from datetime import date

import httpx
import pytest
from stories import TOKEN, music, order
from tempolor_contract import CATALOGUE, Exchange, Reader, Request, Response
from tempolor_contract.document.router import default_router
from tempolor_contract.exchanges.har import HarWriter
from tempolor_contract.exchanges.proxy import Proxy, Sequence, Upstream
from tempolor_contract.exchanges.proxy.server import Door, listen, serve
from tempolor_contract.judging.check import check
from tempolor_contract.judging.known_differences import KnownDifference, Register
from tempolor_contract.judging.live import LiveTraffic
from tempolor_contract.judging.session import Session

TODAY = date(2026, 6, 1)


def exchange(number):
    """Return any exchange."""
    return Exchange(Request(url=f"http://x/{number}"), None)


@pytest.fixture
def recorded(tmp_path):
    """Pass a service's answers through a session that records; return what was told, the file and the result."""

    def run(*answers, register=None):
        told = []
        with HarWriter(tmp_path / "out.har") as writer:
            base = "http://up.example/v1/tempolor"
            traffic = LiveTraffic(
                Session(base, "proxy", CATALOGUE, "", base=base, live=False, register=register), told.append, writer
            )
            for number, (status, body) in enumerate(answers):
                request = Request(
                    method="POST",
                    url="http://up.example/v1/tempolor/accounts?token=hidden",
                    headers=(("authorization", f"Bearer {TOKEN}"), ("content-type", "application/json")),
                    body=b'{"requestParams": {"service_ticket": "hidden"}}',
                )
                response = Response(status=status, headers=(("content-type", "application/json"),), body=body)
                traffic.observe(Exchange(request, response, 1_747_731_600.0 + number, 0.1, "proxy"))
        return told, tmp_path / "out.har", traffic.close()

    return run


def test_violations_are_told_as_they_pass(recorded):
    """A wrong answer is told at once, a right one is not."""
    told, _, result = recorded((401, b'{"error": "Unauthorized", "code": 401}'), (418, b"{}"))

    assert [each.rule.id for each in told] == ["status-documented"]
    assert (result.exit_code, result.exchanges) == (1, 2)


def test_known_violations_are_not_told(recorded):
    """What a register excuses neither shows nor fails."""
    entry = KnownDifference("status-documented", "a teapot", since=TODAY, expires=TODAY)

    told, _, result = recorded((418, b"{}"), register=Register((entry,), TODAY))

    assert told == []
    assert result.exit_code == 0


def test_recording_is_read_by_check_and_keeps_no_secret(recorded):
    """The HAR gives the same verdict when it is checked, and tells neither token nor ticket nor signature."""
    _, file, result = recorded((401, b'{"error": "Unauthorized", "code": 401}'), (418, b"{}"))

    again = check([file], CATALOGUE)

    assert [tally.verdict for tally in again.tallies] == [tally.verdict for tally in result.tallies]
    assert "hidden" not in file.read_text()
    assert TOKEN not in file.read_text()


def test_whoever_moves_the_clock_of_a_mock_is_left_alone(tmp_path):
    """The control plane is no part of the API: its calls are neither judged nor recorded."""
    with HarWriter(tmp_path / "out.har") as writer:
        traffic = LiveTraffic(Session("http://up.example", "proxy", CATALOGUE, ""), print, writer)
        request = Request(method="POST", url="http://up.example/_mock/clock/advance")
        traffic.observe(Exchange(request, Response(status=200)))

    assert (traffic.close().exchanges, traffic.close().foreign) == (0, 0)
    assert "_mock" not in (tmp_path / "out.har").read_text()


def test_nothing_that_passed_is_nothing_verified(recorded):
    """A proxy that saw nothing has not found the contract kept."""
    assert recorded()[2].exit_code == 2


@pytest.mark.parametrize(
    ("broken", "told"), [("_record", "could not be written on"), ("_judge", "could not be judged: ValueError: a bug")]
)
def test_what_goes_wrong_inside_stops_no_traffic(tmp_path, broken, told):
    """A full disk or a bug in a judge is told at the end, and the run is no success."""

    def fail(*_):
        raise OSError(28, "No space left on device") if broken == "_record" else ValueError("a bug")

    writer = HarWriter(tmp_path / "out.har")
    session = Session("http://up.example", "proxy", CATALOGUE, "")
    traffic = LiveTraffic(session, print, writer if broken == "_record" else None)
    if broken == "_record":
        writer.write = fail
    else:
        session.inspector.see = fail

    traffic.observe(exchange(1))
    traffic.observe(exchange(2))

    assert told in traffic.close().stopped
    assert traffic.close().exit_code == 2


def test_server_stops_when_it_is_told_to():
    """A violation can end the proxy, as --fail-fast has it; the answer that shows it still arrives."""
    answers, servers = [], []

    def ask(port):
        answers.append(httpx.get(f"http://127.0.0.1:{port}/v1/tempolor/accounts", trust_env=False, timeout=20))

    def ready(server):
        servers.append(server)
        threading.Thread(target=ask, args=[listener.getsockname()[1]], daemon=True).start()

    def tell(_violation):
        servers[0].should_exit = True

    traffic = LiveTraffic(Session("http://up.example", "proxy", CATALOGUE, "", live=False), tell)
    teapot = httpx.MockTransport(lambda _: httpx.Response(418, json={}))
    with listen(0) as listener:
        door = Door(listener, Proxy(Upstream.at("http://up.example"), traffic.observe, transport=teapot))
        serve(door, ready=ready)

    assert [each.status_code for each in answers] == [418]
    assert traffic.close().exit_code == 1


def test_callbacks_pass_to_their_receiver_and_are_judged():
    """The second address is what an order gives: what comes there goes on to the receiver, and is a callback."""
    answers, seen, servers = [], [], []
    item = music(30)

    def post(url, reply_url):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        for to, sent in ((url, {"prompt": "A ballad", "replyUrl": reply_url}), (reply_url, item)):
            answers.append(httpx.post(to, json=sent, headers=headers, trust_env=False, timeout=20))
        servers[0].should_exit = True

    def answer(request):
        host = request.headers["host"]
        return httpx.Response(200, json=order().response.json if host == "up.example" else {"taken by": host})

    proxy = Proxy(Upstream.at("http://up.example"), seen.append, transport=httpx.MockTransport(answer))
    with listen(0) as first, listen(0) as second:
        doors = [Door(first, proxy), Door(second, proxy.of_callbacks(Upstream.at("http://me.example:3000/hook")))]
        urls = f"{doors[0].url}/v1/tempolor/music/song", f"{doors[1].url}/hook?a=1"

        def ready(server):
            servers.append(server)
            threading.Thread(target=post, args=urls, daemon=True).start()

        serve(*doors, ready=ready)

    reader = Reader(default_router())
    assert answers[1].json() == {"taken by": "me.example:3000"}
    assert [(reader.read(each).operation, each.source) for each in seen] == [
        ("create_song", "proxy"),
        ("report_progress", "callback"),
    ]
    assert seen[1].request.url == urls[1]


def test_exchanges_are_judged_in_the_order_in_which_they_began():
    """The one that began first is handed on first, though it ended last."""
    handed = []
    sequence = Sequence(handed.append, lambda: 0.0)
    first, second, third = (sequence.begin() for _ in range(3))

    sequence.end(third, exchange(3))
    sequence.end(second, None)
    waiting = sequence.waiting
    sequence.end(first, exchange(1))

    assert waiting == 1
    assert [each.request.url[-1] for each in handed] == ["1", "3"]


def test_exchange_that_takes_long_does_not_hold_up_the_others_for_ever():
    """After some seconds the others go first."""
    handed, now = [], [0.0]
    sequence = Sequence(handed.append, lambda: now[0], patience=5)
    first, second = sequence.begin(), sequence.begin()
    sequence.end(second, exchange(2))

    now[0] = 5.0
    sequence.flush()
    sequence.end(first, exchange(1))

    assert [each.request.url[-1] for each in handed] == ["2", "1"]
