"""Subscriptions over WebSocket: to Strawberry on a real socket, and to servers that do not behave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import orjson
import pytest
import strawberry
from starlette.applications import Starlette
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from websockets.asyncio.server import ServerConnection, serve

from supergraph.upstream import (
    DirectUpstream,
    Endpoint,
    HttpTransport,
    MalformedReply,
    ReplyTooLarge,
    SubgraphError,
    SubgraphReply,
    SubgraphRequest,
    SubgraphStatus,
    SubgraphTimeout,
    SubgraphUnreachable,
)


@strawberry.type
class Query:
    hello: str = "hello"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int]:
        for number in range(1, to + 1):
            yield number

    @strawberry.subscription
    async def endless(self, info: strawberry.Info) -> AsyncGenerator[int]:
        app = info.context["request"].app
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            app.state.ended.set()

    @strawberry.subscription
    async def who(self, info: strawberry.Info) -> AsyncGenerator[str]:
        request = info.context["request"]
        payload = info.context["connection_params"]
        yield f"{request.headers['authorization']}, {payload['authorization']}"

    @strawberry.subscription
    async def broken(self) -> AsyncGenerator[int]:
        raise ValueError("broken on purpose")
        yield 1


@pytest.fixture
def app() -> Starlette:
    schema = strawberry.Schema(query=Query, subscription=Subscription)
    app = Starlette()
    app.mount("/graphql", GraphQL[None, None](schema, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL]))
    app.state.ended = asyncio.Event()
    return app


def upstream_at(
    url: str, *, path: str = "", patience: float = 10.0, limit: int = 10_000, server: str = ""
) -> DirectUpstream:
    endpoint = Endpoint(url, HttpTransport(), websocket=path, timeout=patience, limit=limit, server=server)
    return DirectUpstream({"counter": endpoint})


@pytest.fixture
def upstream(http_address: str) -> DirectUpstream:
    return upstream_at(f"{http_address}/graphql/")


def subscription(query: str) -> SubgraphRequest:
    body = orjson.dumps({"query": f"subscription{{{query}}}"})
    return SubgraphRequest("counter", body, {"authorization": "Bearer router"})


async def replies(upstream: DirectUpstream, query: str) -> list[SubgraphReply]:
    return [reply async for reply in upstream.subscribe(subscription(query))]


async def test_each_event_is_a_reply_until_the_subscription_is_complete(upstream: DirectUpstream) -> None:
    assert [reply.data for reply in await replies(upstream, "count(to:2)")] == [{"count": 1}, {"count": 2}]


async def test_the_identity_goes_with_the_handshake_and_with_the_initialisation(
    upstream: DirectUpstream,
) -> None:
    (reply,) = await replies(upstream, "who")
    assert reply.data == {"who": "Bearer router, Bearer router"}


async def test_a_refused_subscription_is_one_reply_with_errors(upstream: DirectUpstream) -> None:
    (reply,) = await replies(upstream, "nothing")
    assert reply.data is None
    assert "Cannot query field" in reply.errors[0]["message"]


async def test_a_failing_subscription_is_a_reply_with_errors(upstream: DirectUpstream) -> None:
    (reply,) = await replies(upstream, "broken")
    assert reply.errors[0]["message"] == "broken on purpose"


async def test_closing_the_stream_ends_the_subscription_at_the_subgraph(
    upstream: DirectUpstream, app: Starlette
) -> None:
    async with aclosing(upstream.subscribe(subscription("endless"))) as events:
        assert (await anext(events)).data == {"endless": 1}
    async with asyncio.timeout(10):
        await app.state.ended.wait()


async def test_the_websocket_may_have_a_path_of_its_own(http_address: str) -> None:
    upstream = upstream_at(f"{http_address}/elsewhere", path="/graphql/")
    assert [reply.data for reply in await replies(upstream, "count(to:1)")] == [{"count": 1}]


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(SubgraphUnreachable):
        await replies(upstream_at("http://127.0.0.1:1/graphql"), "count(to:1)")


async def test_a_server_without_websockets_answers_with_a_status(http_address: str) -> None:
    with pytest.raises(SubgraphStatus):
        await replies(upstream_at(f"{http_address}/nowhere"), "count(to:1)")


Behave = Callable[[ServerConnection], Awaitable[None]]
ACK = '{"type":"connection_ack"}'
NEXT = '{"id":"1","type":"next","payload":{"data":{"count":1}}}'
COMPLETE = '{"id":"1","type":"complete"}'


async def says(connection: ServerConnection, *messages: str) -> list[Any]:
    """Acknowledges, waits for the subscription, says this, and gives what it heard."""
    heard = [orjson.loads(await connection.recv())]
    await connection.send(ACK)
    heard.append(orjson.loads(await connection.recv()))
    for message in messages:
        await connection.send(message)
    return heard


async def asked_of(behave: Behave, *, patience: float = 10.0, name: str = "") -> AsyncIterator[SubgraphReply]:
    async with serve(behave, "127.0.0.1", 0, subprotocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL]) as server:  # pyright: ignore[reportArgumentType]
        port = server.sockets[0].getsockname()[1]
        upstream = upstream_at(f"http://127.0.0.1:{port}/", patience=patience, limit=500, server=name)
        async for reply in upstream.subscribe(subscription("count(to:1)")):
            yield reply


async def test_the_messages_are_those_of_the_protocol() -> None:
    heard: list[Any] = []

    async def behave(connection: ServerConnection) -> None:
        heard.extend(await says(connection, NEXT, COMPLETE))
        await connection.wait_closed()

    assert [reply.data async for reply in asked_of(behave)] == [{"count": 1}]
    assert heard == [
        {"type": "connection_init", "payload": {"authorization": "Bearer router"}},
        {"id": "1", "type": "subscribe", "payload": {"query": "subscription{count(to:1)}"}},
    ]


async def test_a_server_behind_an_address_is_asked_by_its_name() -> None:
    hosts: list[str] = []

    async def behave(connection: ServerConnection) -> None:
        assert connection.request is not None
        hosts.append(connection.request.headers["host"])
        await says(connection, COMPLETE)
        await connection.wait_closed()

    assert [reply async for reply in asked_of(behave, name="movies.test:4001")] == []
    assert hosts == ["movies.test:4001"]


async def test_a_ping_is_answered() -> None:
    answers: list[Any] = []

    async def behave(connection: ServerConnection) -> None:
        await says(connection, '{"type":"ping"}')
        answers.append(orjson.loads(await connection.recv()))
        await connection.send(COMPLETE)
        await connection.wait_closed()

    assert [reply async for reply in asked_of(behave)] == []
    assert answers == [{"type": "pong"}]


@pytest.mark.parametrize(
    ("code", "error", "told"),
    [
        (4401, SubgraphStatus, "status 401"),
        (4403, SubgraphStatus, "status 403"),
        (4408, SubgraphTimeout, "no reply within 10 s"),
        (4429, SubgraphStatus, "status 429"),
        (4400, SubgraphUnreachable, "4400 not well-formed"),
        (4409, SubgraphUnreachable, "4409"),
        (4500, SubgraphStatus, "status 500"),
        (1001, SubgraphUnreachable, "1001"),
        (1000, SubgraphUnreachable, "1000"),
    ],
)
async def test_a_close_code_says_what_went_wrong(code: int, error: type[SubgraphError], told: str) -> None:
    async def behave(connection: ServerConnection) -> None:
        await says(connection, NEXT)
        await connection.close(code, "not well-formed")

    events = asked_of(behave)
    assert (await anext(events)).data == {"count": 1}
    with pytest.raises(error, match=told):
        await anext(events)


async def test_a_connection_that_breaks_is_an_error() -> None:
    async def behave(connection: ServerConnection) -> None:
        await says(connection)
        connection.transport.abort()

    with pytest.raises(SubgraphUnreachable, match="broke"):
        await anext(asked_of(behave))


@pytest.mark.parametrize(
    "message",
    [
        "no JSON",
        "[]",
        '{"type":1}',
        '{"id":"2","type":"next","payload":{"data":{}}}',
        '{"id":"1","type":"strange"}',
        '{"id":"1","type":"next","payload":{}}',
        '{"id":"1","type":"error","payload":"no list"}',
    ],
)
async def test_a_message_that_breaks_the_protocol_is_malformed(message: str) -> None:
    async def behave(connection: ServerConnection) -> None:
        await says(connection, message)
        await connection.wait_closed()

    with pytest.raises(MalformedReply):
        await anext(asked_of(behave))


async def test_an_event_beyond_the_limit_is_too_large() -> None:
    async def behave(connection: ServerConnection) -> None:
        await says(connection, NEXT.replace("1}}", "1" * 600 + "}}"))
        await connection.wait_closed()

    with pytest.raises(ReplyTooLarge):
        await anext(asked_of(behave))


async def test_a_connection_that_is_not_acknowledged_in_time_is_a_timeout() -> None:
    async def behave(connection: ServerConnection) -> None:
        await connection.wait_closed()

    with pytest.raises(SubgraphTimeout):
        await anext(asked_of(behave, patience=0.2))


async def test_a_server_of_another_protocol_is_refused() -> None:
    async def behave(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve(behave, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(MalformedReply, match="does not speak graphql-transport-ws"):
            await replies(upstream_at(f"http://127.0.0.1:{port}/"), "count(to:1)")
