"""The graphql-transport-ws protocol, over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from supergraph.server.callers import Callers
from supergraph.server.closing import Closing
from supergraph.server.graphql_transport_ws import SUBPROTOCOL, GraphQLTransportWs
from supergraph.server.identity import AccessTokens, KeySet
from supergraph.server.operations import Operations
from tests.server.local_upstream import LocalUpstream, until
from tests.server.test_identity import CONFIGURATION, Issuer

Served = Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]
Opened = Callable[..., AbstractAsyncContextManager[ClientConnection]]


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def closing() -> Closing:
    return Closing()


@pytest.fixture
def opened(operations: Operations, issuer: Issuer, closing: Closing, served: Served) -> Opened:
    """Opens a connection to a router."""
    callers = Callers(AccessTokens(CONFIGURATION, KeySet(issuer.key_set)), None)
    app = GraphQLTransportWs(operations, callers, closing, origins={"https://shop.example"})

    @asynccontextmanager
    async def open_connection(
        origin: str | None = None, protocol: str = SUBPROTOCOL
    ) -> AsyncIterator[ClientConnection]:
        async with served(app, closing) as address:
            where = None if origin is None else Origin(origin.replace("ITSELF", address))
            async with connect(
                f"ws://{address}/graphql", subprotocols=[Subprotocol(protocol)], origin=where
            ) as connection:
                yield connection

    return open_connection


async def say(connection: ClientConnection, **message: Any) -> None:
    await connection.send(json.dumps(message))


async def hear(connection: ClientConnection) -> dict[str, Any]:
    return json.loads(await asyncio.wait_for(connection.recv(), 5))


async def initialise(connection: ClientConnection, **payload: Any) -> None:
    await say(connection, type="connection_init", payload=payload)
    assert await hear(connection) == {"type": "connection_ack"}


async def subscribe(connection: ClientConnection, operation_id: str, query: str) -> None:
    await say(connection, id=operation_id, type="subscribe", payload={"query": query})


async def close_code(connection: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed):
        await asyncio.wait_for(connection.recv(), 5)
    return connection.close_code


async def test_a_subscription_gives_next_for_each_event_and_then_complete(opened: Opened) -> None:
    async with opened() as connection:
        await initialise(connection)
        await subscribe(connection, "a", "subscription { numbers(to: 2) }")

        assert [await hear(connection) for _ in range(3)] == [
            {"id": "a", "type": "next", "payload": {"data": {"numbers": 0}}},
            {"id": "a", "type": "next", "payload": {"data": {"numbers": 1}}},
            {"id": "a", "type": "complete"},
        ]


async def test_a_query_goes_the_same_way(opened: Opened) -> None:
    async with opened() as connection:
        await initialise(connection)
        await subscribe(connection, "a", "{ hello }")

        assert (await hear(connection))["payload"] == {"data": {"hello": "Hello, you"}}
        assert await hear(connection) == {"id": "a", "type": "complete"}


async def test_a_refused_operation_is_an_error_and_leaves_the_connection_open(opened: Opened) -> None:
    async with opened() as connection:
        await initialise(connection)
        await subscribe(connection, "a", "{ nothing }")
        error = await hear(connection)
        await say(connection, type="ping")

        assert (error["id"], error["type"]) == ("a", "error")
        assert error["payload"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert await hear(connection) == {"type": "pong"}


async def test_complete_from_the_client_ends_the_subscription(
    opened: Opened, upstream: LocalUpstream
) -> None:
    async with opened() as connection:
        await initialise(connection)
        await subscribe(connection, "a", "subscription { numbers(to: 0) }")
        await until(lambda: upstream.subscribed == 1)
        await say(connection, id="a", type="complete")

        await until(lambda: upstream.subscribed == 0)


async def test_the_subscriptions_end_with_their_connection(opened: Opened, upstream: LocalUpstream) -> None:
    async with opened() as connection:
        await initialise(connection)
        await subscribe(connection, "a", "subscription { numbers(to: 0) }")
        await until(lambda: upstream.subscribed == 1)
        await connection.close()

        await until(lambda: upstream.subscribed == 0)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["{"], 4400),
        (["[]"], 4400),
        (['{"type": "unknown"}'], 4400),
        (['{"type": "subscribe", "id": "a", "payload": {"query": "{ hello }"}}'], 4401),
        (['{"type": "connection_init"}', '{"type": "connection_init"}'], 4429),
        (['{"type": "connection_init"}', '{"type": "subscribe", "id": "a", "payload": {}}'], 4400),
        (['{"type": "connection_init"}', '{"type": "subscribe", "payload": {"query": "{ hello }"}}'], 4400),
    ],
)
async def test_a_broken_protocol_closes_the_connection_with_its_code(
    opened: Opened, messages: list[str], code: int
) -> None:
    async with opened() as connection:
        for message in messages:
            await connection.send(message)
        if len(messages) > 1:
            assert await hear(connection) == {"type": "connection_ack"}

        assert await close_code(connection) == code


async def test_an_operation_id_in_use_closes_the_connection(opened: Opened) -> None:
    async with opened() as connection:
        await initialise(connection)
        for _ in range(2):
            await subscribe(connection, "a", "subscription { numbers(to: 0) }")

        assert await close_code(connection) == 4409


async def test_a_client_that_does_not_initialise_is_not_waited_for(
    opened: Opened, operations: Operations
) -> None:
    give_time(operations, init_seconds=0.05)
    async with opened() as connection:
        assert await close_code(connection) == 4408


async def test_a_connection_with_nothing_to_do_is_closed(opened: Opened, operations: Operations) -> None:
    give_time(operations, idle_seconds=0.1)
    async with opened() as connection:
        await initialise(connection)

        assert await close_code(connection) == 1000


async def test_a_connection_with_a_quiet_subscription_is_not_idle(
    opened: Opened, operations: Operations, upstream: LocalUpstream
) -> None:
    give_time(operations, idle_seconds=0.05)
    async with opened() as connection:
        await initialise(connection)
        await subscribe(connection, "a", "subscription { numbers(to: 0) }")
        await until(lambda: upstream.subscribed == 1)
        await asyncio.sleep(0.3)
        await say(connection, type="ping")

        assert await hear(connection) == {"type": "pong"}
        await say(connection, id="a", type="complete")
        assert await close_code(connection) == 1000


async def test_a_message_beyond_the_limit_closes_the_connection(opened: Opened) -> None:
    async with opened() as connection:
        await initialise(connection)
        await subscribe(connection, "a", "{ hello } #" + "a" * 1_000_000)

        assert await close_code(connection) == 1009


def give_time(operations: Operations, **seconds: float) -> None:
    """Lets connections last for other times than by default."""
    limiting = operations.limiting
    operations.limiting = replace(limiting, streams=replace(limiting.streams, **seconds))


async def test_another_subprotocol_is_not_spoken(opened: Opened) -> None:
    async with opened(protocol="graphql-ws") as connection:
        assert await close_code(connection) == 4406


@pytest.mark.parametrize("name", ["authorization", "Authorization"])
async def test_the_access_token_may_come_with_the_initialisation(
    opened: Opened, issuer: Issuer, name: str
) -> None:
    async with opened() as connection:
        await initialise(connection, **{name: f"Bearer {issuer.token()}"})


async def test_an_access_token_that_does_not_hold_closes_the_connection(
    opened: Opened, issuer: Issuer
) -> None:
    async with opened() as connection:
        payload = {"headers": {"Authorization": f"Bearer {issuer.token(exp=1000)}"}}
        await say(connection, type="connection_init", payload=payload)

        assert await close_code(connection) == 4401


@pytest.mark.parametrize("origin", ["http://ITSELF", "https://shop.example"])
async def test_pages_of_the_same_host_and_of_allowed_origins_may_connect(opened: Opened, origin: str) -> None:
    async with opened(origin=origin) as connection:
        await initialise(connection)


async def test_pages_of_other_origins_may_not_connect(opened: Opened) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(origin="https://evil.example"):
            pytest.fail("it must not connect")

    assert refusal.value.response.status_code == 403


async def test_a_closing_router_says_goodbye(opened: Opened, closing: Closing) -> None:
    async with opened() as connection:
        await initialise(connection)
        closing.set()

        assert await close_code(connection) == 1001
