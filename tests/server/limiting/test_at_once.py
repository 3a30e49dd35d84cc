"""How many requests, connections and subscriptions there may be at once, through a socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from supergraph.configuration import ConcurrencyConfiguration
from supergraph.server.limiting import Slots
from supergraph.server.refusal import HttpRefusal
from tests.server.limiting.conftest import IDENTITY, Clients, Subgraph, ask, code_of
from tests.server.local_upstream import until

STREAM = {"accept": "text/event-stream"}
TICKS = {"query": "subscription { ticks }"}


def busy(**values: Any) -> dict[str, Any]:
    """One request at once, without the sharing of identical reads, which would let others ride along."""
    return {
        "concurrency": {"requests": 1, "queue": 1, "queue_seconds": 20, **values},
        "upstream": {"deduplicate_reads": False},
    }


async def test_what_finds_the_queue_full_is_shed_and_what_waits_is_answered(
    asking: Clients, subgraph: Subgraph
) -> None:
    subgraph.held = asyncio.Event()
    async with asking(**busy()) as client:
        working = asyncio.create_task(ask(client))
        await until(lambda: subgraph.asked == 1)
        others = [asyncio.create_task(ask(client)) for _ in range(2)]
        done, waiting = await asyncio.wait(others, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        shed = done.pop().result()
        subgraph.held.set()
        answered = [(await task).status_code for task in (working, *waiting)]

    assert (shed.status_code, code_of(shed)) == (503, "REQUEST_CONCURRENCY_LIMITED")
    assert shed.headers["retry-after"] == "1"
    assert answered == [200, 200]


async def test_what_waits_too_long_is_shed(asking: Clients, subgraph: Subgraph) -> None:
    subgraph.held = asyncio.Event()
    async with asking(**busy(queue_seconds=0.05)) as client:
        working = asyncio.create_task(ask(client))
        await until(lambda: subgraph.asked == 1)
        shed = await ask(client)
        subgraph.held.set()
        after = await ask(client)

        assert (shed.status_code, code_of(shed)) == (503, "REQUEST_CONCURRENCY_LIMITED")
        assert ((await working).status_code, after.status_code) == (200, 200)


async def test_a_client_that_leaves_takes_no_place_for_good(asking: Clients, subgraph: Subgraph) -> None:
    subgraph.held = asyncio.Event()
    async with asking(**busy()) as client:
        working = asyncio.create_task(ask(client))
        await until(lambda: subgraph.asked == 1)
        with pytest.raises(httpx2.ReadTimeout):
            await client.post("/graphql", json={"query": "{ hello }"}, timeout=0.2)
        subgraph.held.set()
        answers = [await working, await ask(client), await ask(client)]

    assert [answer.status_code for answer in answers] == [200] * 3


async def test_a_subscription_holds_no_place_among_the_requests(asking: Clients, subgraph: Subgraph) -> None:
    async with (
        asking(**busy()) as client,
        client.stream("POST", "/graphql", json=TICKS, headers=STREAM) as stream,
    ):
        await until(lambda: subgraph.subscribed == 1)

        assert stream.status_code == 200
        assert (await ask(client)).status_code == 200


async def test_slots_go_to_who_waits_longest_and_none_is_lost() -> None:
    slots = Slots(ConcurrencyConfiguration(requests=2, queue=3, queue_seconds=20))
    order: list[int] = []
    gates = [asyncio.Event() for _ in range(6)]

    async def work(number: int) -> None:
        async with slots:
            order.append(number)
            await gates[number].wait()

    tasks = []
    for number in range(6):
        tasks.append(asyncio.create_task(work(number)))
        await asyncio.sleep(0)
    with pytest.raises(HttpRefusal):
        await tasks[5]
    tasks[3].cancel()
    for gate in gates:
        gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert order == [0, 1, 2, 4]
    async with slots, asyncio.timeout(5):
        await work(5)


def places(**values: Any) -> dict[str, Any]:
    return {"streams": {"subscriptions": {"all": 5, "address": 2, "subject": 1, **values}}}


@asynccontextmanager
async def subscribed(client: httpx2.AsyncClient, **headers: str) -> AsyncIterator[httpx2.Response]:
    async with client.stream("POST", "/graphql", json=TICKS, headers={**STREAM, **headers}) as response:
        yield response


async def test_an_address_may_hold_so_many_subscriptions_and_again_when_one_has_ended(
    asking: Clients, subgraph: Subgraph
) -> None:
    async with asking(**places()) as client:
        async with subscribed(client), subscribed(client):
            await until(lambda: subgraph.subscribed == 2)
            async with subscribed(client) as refused:
                await refused.aread()
            assert (refused.status_code, code_of(refused)) == (429, "SUBSCRIPTION_LIMIT_REACHED")
            assert "retry-after" in refused.headers
        await until(lambda: subgraph.subscribed == 0)
        async with subscribed(client) as again:
            assert again.status_code == 200
            assert (await ask(client)).status_code == 200


async def test_a_user_may_hold_so_many_from_wherever(asking: Clients, subgraph: Subgraph) -> None:
    limits = {**places(address=9), **IDENTITY, "trusted_proxies": ["127.0.0.1"]}
    ada = {"authorization": f"Bearer {subgraph.issuer.token(sub='ada')}"}
    clive = {"authorization": f"Bearer {subgraph.issuer.token(sub='clive')}"}
    async with asking(**limits) as client, subscribed(client, **ada):
        await until(lambda: subgraph.subscribed == 1)
        async with subscribed(client, **ada, **{"x-forwarded-for": "203.0.113.5"}) as refused:
            assert refused.status_code == 429
        async with subscribed(client, **clive) as other:
            assert other.status_code == 200


async def test_all_clients_together_may_hold_so_many(asking: Clients, subgraph: Subgraph) -> None:
    limits = {**places(all=2), "trusted_proxies": ["127.0.0.1"]}
    async with asking(**limits) as client, AsyncExitStack() as stack:
        for number in range(2):
            await stack.enter_async_context(subscribed(client, **{"x-forwarded-for": f"203.0.113.{number}"}))
        await until(lambda: subgraph.subscribed == 2)
        async with subscribed(client, **{"x-forwarded-for": "203.0.113.9"}) as refused:
            assert refused.status_code == 429


@asynccontextmanager
async def connected(client: httpx2.AsyncClient, **payload: Any) -> AsyncIterator[ClientConnection]:
    url = f"ws://{client.base_url.netloc.decode()}/graphql"
    async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as connection:
        with suppress(ConnectionClosed):
            await connection.send(json.dumps({"type": "connection_init", "payload": payload}))
        yield connection


async def heard(connection: ClientConnection) -> dict[str, Any]:
    return json.loads(await asyncio.wait_for(connection.recv(), 10))


async def close_code(connection: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed):
        while True:
            await asyncio.wait_for(connection.recv(), 10)
    return connection.close_code


async def test_an_address_may_hold_so_many_websocket_connections(asking: Clients) -> None:
    limits = {"streams": {"connections": {"address": 2}}}
    async with asking(**limits) as client:
        async with connected(client) as one, connected(client) as two:
            assert (await heard(one))["type"] == (await heard(two))["type"] == "connection_ack"
            async with connected(client) as three:
                assert await close_code(three) == 4429
        async with connected(client) as again:
            assert (await heard(again))["type"] == "connection_ack"


async def test_a_user_may_hold_so_many_websocket_connections(asking: Clients, subgraph: Subgraph) -> None:
    limits = {"streams": {"connections": {"subject": 1}}, **IDENTITY}
    ada = {"authorization": f"Bearer {subgraph.issuer.token(sub='ada')}"}
    clive = {"authorization": f"Bearer {subgraph.issuer.token(sub='clive')}"}
    async with asking(**limits) as client, connected(client, **ada) as one:
        assert (await heard(one))["type"] == "connection_ack"
        async with connected(client, **ada) as two:
            assert await close_code(two) == 4429
        async with connected(client, **clive) as other, connected(client) as nobody:
            assert (await heard(other))["type"] == (await heard(nobody))["type"] == "connection_ack"


async def test_one_connection_runs_so_many_operations_at_once(asking: Clients) -> None:
    async with asking(streams={"operations": 2}) as client, connected(client) as connection:
        assert (await heard(connection))["type"] == "connection_ack"
        for number in range(3):
            await connection.send(json.dumps({"id": str(number), "type": "subscribe", "payload": TICKS}))

        assert await close_code(connection) == 4429


async def test_a_subscription_too_many_on_a_websocket_is_an_error_of_its_own(
    asking: Clients, subgraph: Subgraph
) -> None:
    async with asking(**places(address=1)) as client, connected(client) as connection:
        await heard(connection)
        await connection.send(json.dumps({"id": "a", "type": "subscribe", "payload": TICKS}))
        assert (await heard(connection))["type"] == "next"
        await connection.send(json.dumps({"id": "b", "type": "subscribe", "payload": TICKS}))
        refused = await heard(connection)

        assert (refused["id"], refused["type"]) == ("b", "error")
        assert refused["payload"][0]["extensions"]["code"] == "SUBSCRIPTION_LIMIT_REACHED"
        assert subgraph.subscribed == 1
