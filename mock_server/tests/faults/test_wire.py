"""Effects on the wire: real sockets where the socket matters, and waiting that disturbs nobody."""

import asyncio
import json

import httpx
import pytest
from tempolor_mock import Settings, create_app

ACCOUNTS = "/v1/tempolor/accounts"
SONG = "/v1/tempolor/music/song"
LONGEST_SECONDS = 10


def run(coroutine):
    """Run a test's coroutine; the limit only ends one that hangs."""
    return asyncio.run(asyncio.wait_for(coroutine, LONGEST_SECONDS))


def test_a_dropped_connection_ends_without_an_answer(server, wire_client, wire, add_fault):
    """In good order: the client reads the end."""
    add_fault(wire_client, "drop")

    async def read():
        async with wire.request(server, wire_client.api_token, ACCOUNTS) as connection:
            return await connection.reader.read()

    assert run(read()) == b""


def test_a_reset_connection_is_reset(server, wire_client, wire, add_fault):
    """The client's system says so."""
    add_fault(wire_client, "reset")

    async def read():
        async with wire.request(server, wire_client.api_token, ACCOUNTS) as connection:
            with pytest.raises(ConnectionResetError):
                await connection.reader.read()

    run(read())


@pytest.mark.parametrize("kind", ["drop", "reset"])
@pytest.mark.parametrize("carried_out", [False, True])
def test_an_order_whose_answer_is_lost_has_its_effect_or_has_not(wire_client, add_fault, kind, carried_out):
    """The next requests on new connections are served."""
    wire_client.account("111")
    add_fault(wire_client, kind, carried_out=carried_out, rule={"times": 1})

    with pytest.raises(httpx.TransportError):
        wire_client.post("/music/song", json={"prompt": "x"})

    assert len(wire_client.get("/scheduler").json()) == (2 if carried_out else 0)


@pytest.mark.parametrize("size", [7, None])
def test_a_truncated_body_is_shorter_than_it_says(server, wire_client, wire, add_fault, size):
    """So many bytes, or half of them."""
    wire_client.account("111")
    whole = wire_client.get("/accounts").content
    add_fault(wire_client, "truncate", **({"bytes": size} if size else {}))

    async def read():
        async with wire.request(server, wire_client.api_token, ACCOUNTS) as connection:
            return await connection.head(), await connection.reader.read()

    (status, length), body = run(read())

    assert (status, length) == (200, len(whole))
    assert body == whole[: size or len(whole) // 2]


def test_a_body_dribbles_as_time_passes(server, wire_client, wire, add_fault):
    """Nothing more comes while the clock stands still; the same bytes arrive in the end."""
    wire_client.account("111")
    whole = wire_client.get("/accounts").content
    fault_id = add_fault(wire_client, "dribble", bytes=5, seconds=2, match={"operation_ids": ["list_accounts"]})

    async def read():
        async with wire.request(server, wire_client.api_token, ACCOUNTS) as connection:
            _, length = await connection.head()
            body = await connection.reader.readexactly(5)
            await asyncio.to_thread(wire_client.advance, 2)
            body += await connection.reader.readexactly(5)
            more = asyncio.ensure_future(connection.reader.readexactly(1))
            await asyncio.to_thread(wire_client.advance, 1.9)
            waited = not more.done()
            await asyncio.to_thread(wire_client.advance, 0.1)
            body += await more + await connection.reader.readexactly(4)
            await asyncio.to_thread(wire_client.delete, f"{server.url}/_mock/faults/{fault_id}")
            return waited, body + await connection.reader.readexactly(length - 15)

    waited, body = run(read())

    assert waited
    assert json.loads(body) == json.loads(whole)


def test_malformed_json_is_complete_on_the_wire(server, wire_client, add_fault):
    """The connection stays, and serves the next request."""
    wire_client.account("111")
    add_fault(wire_client, "malformed_json", rule={"times": 1})

    broken = wire_client.get("/accounts")

    with pytest.raises(json.JSONDecodeError):
        broken.json()
    assert wire_client.get("/accounts").json()


def test_a_client_that_gives_up_is_forgotten(server, wire_client, wire, add_fault):
    """Its order, which was waiting, is not carried out; others are served all the while."""
    wire_client.account("111")
    add_fault(wire_client, "delay", seconds=5, match={"operation_ids": ["create_song"]})
    url = f"{server.url}/_mock/faults"

    async def give_up():
        async with wire.request(server, wire_client.api_token, SONG, method="POST", body=b'{"prompt":"x"}'):
            while not (await asyncio.to_thread(wire_client.get, url)).json()["faults"][0]["applied"]:
                pass

    run(give_up())
    assert wire_client.get("/accounts").status_code == 200
    wire_client.advance(10)
    assert wire_client.get("/scheduler").json() == []


class Process:
    """An application in this process, with asynchronous clients."""

    def __init__(self) -> None:
        self.app = create_app(Settings(frozen=True, validate_responses=True), wall=lambda: 1_747_731_600_125)
        self.client = self.of("user:1-a")

    def of(self, token: str) -> httpx.AsyncClient:
        """Return a client of a world."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://127.0.0.1/v1/tempolor/",
            headers={"Authorization": f"Bearer {token}"},
        )

    async def control(self, call: str, **body):
        """POST to the control plane."""
        return (await self.client.post(f"http://127.0.0.1/_mock/{call}", json=body)).raise_for_status().json()

    async def delayed(self, seconds: float, **match):
        """Begin a request that a rule keeps waiting; return it, and the rule's id."""
        rule = {"effect": {"kind": "delay", "seconds": seconds}, "match": match, "times": 1}
        fault_id = (await self.control("faults", **rule))["id"]
        request = asyncio.ensure_future(self.client.get("scheduler"))
        await self.until_applied(1)
        return request, fault_id

    async def until_applied(self, times: int) -> None:
        """Return when the newest rule has hit so many requests; the loop goes round meanwhile."""
        while await self._applied() < times:  # noqa: ASYNC110 - the event is a counter's
            await asyncio.sleep(0)  # Nothing in this process would wait otherwise, and others would not get on.

    async def _applied(self) -> int:
        return (await self.client.get("http://127.0.0.1/_mock/faults")).json()["faults"][-1]["applied"]


def test_a_delayed_request_delays_no_other():
    """Not even those of its own world; it is answered when the clock gets there, with the state of then."""

    async def steps():
        process = Process()
        await process.client.post("accounts", json={"requestParams": {}})
        request, _ = await process.delayed(10)
        others = [process.client.post("music/song", json={"prompt": "x"}) for _ in range(3)]
        statuses = [answer.status_code for answer in await asyncio.gather(*others)]
        await process.control("clock/advance", seconds=9.999)
        await process.client.get("scheduler")
        waits = not request.done()
        await process.control("clock/advance", seconds=0.001)
        return statuses, waits, len((await request).json())

    assert run(steps()) == ([200, 200, 200], True, 6)


def test_a_delay_ends_when_its_rule_is_deleted():
    """Nobody has to turn the clock."""

    async def steps():
        process = Process()
        request, fault_id = await process.delayed(1000)
        await process.client.delete(f"http://127.0.0.1/_mock/faults/{fault_id}")
        return (await request).status_code

    assert run(steps()) == 200


def test_a_delay_ends_with_a_reset():
    """The rule is gone with the world."""

    async def steps():
        process = Process()
        request, _ = await process.delayed(1000)
        await process.control("reset")
        return (await request).status_code

    assert run(steps()) == 200


def test_many_delayed_requests_are_let_go_together():
    """One turn of the clock wakes all of them."""

    async def steps():
        process = Process()
        await process.control("faults", effect={"kind": "delay", "seconds": 5})
        requests = [asyncio.ensure_future(process.client.get("scheduler")) for _ in range(50)]
        await process.until_applied(50)
        await process.control("clock/advance", seconds=5)
        return {answer.status_code for answer in await asyncio.gather(*requests)}

    assert run(steps()) == {200}


def test_an_answer_can_take_its_time_and_be_a_fault_in_the_end():
    """A gateway that gives up after a while."""

    async def steps():
        process = Process()
        await process.control("faults", effect={"kind": "status", "status": 504, "seconds": 60})
        request = asyncio.ensure_future(process.client.get("scheduler"))
        await process.until_applied(1)
        await process.control("clock/advance", seconds=60)
        return (await request).status_code

    assert run(steps()) == 504
