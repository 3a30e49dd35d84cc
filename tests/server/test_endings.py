"""Subscriptions and connections when a newer router takes over, and when the router stops, over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from supergraph.composition import SubgraphSource, compose, read
from supergraph.configuration import Configuration
from supergraph.server.generations import Generations
from supergraph.server.parts import Parts
from supergraph.server.readiness import Readiness
from supergraph.server.router import Router, create_router
from supergraph.server.serving import Ending, listen, serve
from supergraph.upstream import Endpoint, TransportRequest, TransportResponse, TransportStream
from tests.server.local_upstream import until

SDL = """
type Query { hello: String }
type Mutation { count: Int }
type Subscription { ticks: Tick }
type Tick { number: Int }
"""
RENAMED = SDL.replace("hello", "greeting")
OTHER = SDL.replace("number: Int }", "number: Int! }")

EVENTS = {"accept": "text/event-stream"}
MULTIPART = {"accept": "multipart/mixed;subscriptionSpec=1.0"}
TICKS = {"query": "subscription { ticks { number } }"}


@dataclass
class Subgraph:
    """Ticks when it is told to, and answers once it is let; is a transport to itself."""

    ticks: list[asyncio.Queue[int]] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    counted: int = 0

    def tick(self, number: int) -> None:
        for queue in self.ticks:
            queue.put_nowait(number)

    async def send(self, request: TransportRequest) -> TransportResponse:
        self.asked.set()
        await self.answers.wait()
        self.counted += b"count" in request.body
        body = b'{"data": {"hello": "Hello", "count": %d}}' % self.counted
        return TransportResponse(200, {"content-type": "application/json"}, body)

    @asynccontextmanager
    async def stream(self, request: TransportRequest) -> AsyncIterator[TransportStream]:
        assert b"ticks" in request.body
        queue: asyncio.Queue[int] = asyncio.Queue()
        self.ticks.append(queue)

        async def chunks() -> AsyncIterator[bytes]:
            while True:
                data = {"data": {"ticks": {"number": await queue.get()}}}
                yield b"event: next\ndata: " + orjson.dumps(data) + b"\n\n"

        try:
            yield TransportStream(200, {"content-type": "text/event-stream"}, chunks())
        finally:
            self.ticks.remove(queue)


@dataclass
class Running:
    """Generations on a socket."""

    subgraph: Subgraph
    generations: Generations
    address: str = ""
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def reload(self, sdl: str = SDL, **values: Any) -> None:
        composed = compose([SubgraphSource("local", "http://local/graphql", sdl)])
        assert composed.supergraph_sdl is not None
        configuration = Configuration.of({"reload": {"drain_seconds": 0.05}, **values})
        endpoints = {"local": Endpoint("http://local/graphql", self.subgraph)}
        former = self.generations.router
        router: Router = create_router(
            configuration,
            read(composed.supergraph_sdl),
            endpoints,
            self.subgraph,
            parts=Parts(former and former.parts),
        )
        self.generations.succeed(router)

    @property
    def url(self) -> str:
        return f"http://{self.address}/graphql"

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[ClientConnection]:
        protocols = [Subprotocol("graphql-transport-ws")]
        async with connect(f"ws://{self.address}/graphql", subprotocols=protocols) as connection:
            await say(connection, type="connection_init")
            assert (await hear(connection))["type"] == "connection_ack"
            yield connection


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    here = Running(Subgraph(), Generations(Readiness()))
    here.subgraph.answers.set()
    here.reload()
    bound, listening = listen("127.0.0.1", 0), asyncio.Event()
    here.address = f"127.0.0.1:{bound.getsockname()[1]}"
    task = asyncio.create_task(
        serve(
            here.generations,
            bound,
            here.stop,
            on_stopping=here.generations.close,
            on_listening=listening.set,
            ending=Ending(websockets_end_themselves=True),
        )
    )
    await listening.wait()
    yield here
    here.stop.set()
    await task
    await here.generations.aclose()


async def say(connection: ClientConnection, **message: Any) -> None:
    await connection.send(json.dumps(message))


async def hear(connection: ClientConnection) -> dict[str, Any]:
    return json.loads(await asyncio.wait_for(connection.recv(), 5))


async def subscribed(running: Running, connection: ClientConnection) -> None:
    await say(connection, id="ticks", type="subscribe", payload=TICKS)
    await until(lambda: len(running.subgraph.ticks) == 1)


async def goodbye(connection: ClientConnection) -> tuple[int | None, str | None]:
    with pytest.raises(ConnectionClosed):
        while True:
            await asyncio.wait_for(connection.recv(), 5)
    return connection.close_code, connection.close_reason


@pytest.mark.parametrize(("accept", "end"), [(EVENTS, "event: complete\ndata:\n\n"), (MULTIPART, "--\r\n")])
async def test_a_subscription_that_a_reload_changes_ends_with_the_code_that_clients_know(
    running: Running, accept: dict[str, str], end: str
) -> None:
    async with httpx2.AsyncClient() as client:
        request = asyncio.create_task(client.post(running.url, json=TICKS, headers=accept))
        await until(lambda: len(running.subgraph.ticks) == 1)
        running.reload(OTHER)
        response = await request

    assert '"extensions":{"code":"SUBSCRIPTION_SCHEMA_RELOAD"}' in response.text
    assert response.text.endswith(end)
    await until(lambda: not running.subgraph.ticks)


async def test_a_subscription_that_a_reload_does_not_touch_goes_on(running: Running) -> None:
    async with (
        httpx2.AsyncClient() as client,
        client.stream("POST", running.url, json=TICKS, headers=EVENTS) as response,
    ):
        await until(lambda: len(running.subgraph.ticks) == 1)
        running.reload(RENAMED)
        await asyncio.sleep(0.1)  # longer than the time in which it would be ended
        running.subgraph.tick(7)
        lines = response.aiter_lines()
        async with asyncio.timeout(5):
            while not (line := await anext(lines)).startswith("data"):
                pass

    assert line == 'data: {"data":{"ticks":{"number":7}}}'


async def test_a_subscription_does_not_outlive_the_third_generation_after_its_own(running: Running) -> None:
    async with httpx2.AsyncClient() as client:
        request = asyncio.create_task(client.post(running.url, json=TICKS, headers=EVENTS))
        await until(lambda: len(running.subgraph.ticks) == 1)
        for _ in range(4):
            running.reload(RENAMED)
        response = await asyncio.wait_for(request, 5)

    assert '"code":"SUBSCRIPTION_SCHEMA_RELOAD"' in response.text


async def test_a_connection_goes_on_and_asks_the_newest_router(running: Running) -> None:
    async with running.socket() as connection:
        await subscribed(running, connection)
        running.reload(RENAMED)
        await asyncio.sleep(0.1)  # longer than the time in which it would be closed
        await say(connection, id="new", type="subscribe", payload={"query": "{ greeting }"})
        assert (await hear(connection))["type"] == "next"
        assert await hear(connection) == {"id": "new", "type": "complete"}
        running.subgraph.tick(7)
        assert (await hear(connection))["payload"] == {"data": {"ticks": {"number": 7}}}


async def test_a_connection_whose_subscription_a_reload_changes_is_closed_as_for_a_restart(
    running: Running,
) -> None:
    async with running.socket() as connection:
        await subscribed(running, connection)
        running.reload(OTHER)
        code, reason = await goodbye(connection)

    assert code == 1012
    assert reason == "The schema or the configuration has changed: subscribe again."


async def test_a_connection_is_closed_where_the_newest_router_knows_clients_otherwise(
    running: Running,
) -> None:
    async with running.socket() as connection:
        running.reload(override_labels=["new"])
        code, _ = await goodbye(connection)

    assert code == 1012


@pytest.mark.parametrize("change", ["reload", "stop"])
async def test_a_mutation_over_a_connection_is_answered_before_it_is_closed(
    running: Running, change: str
) -> None:
    running.subgraph.answers.clear()
    async with running.socket() as connection:
        await subscribed(running, connection)
        await say(connection, id="count", type="subscribe", payload={"query": "mutation { count }"})
        await running.subgraph.asked.wait()
        if change == "stop":
            running.stop.set()
            await until(lambda: running.generations.readiness.closing)
        else:
            running.reload(OTHER)
            await asyncio.sleep(0.1)  # longer than the time in which it would be closed
        running.subgraph.answers.set()
        answer = await hear(connection)
        code, _ = await goodbye(connection)

    assert answer["payload"] == {"data": {"count": 1}}
    assert code == (1001 if change == "stop" else 1012)
    assert running.subgraph.counted == 1


async def test_a_query_that_is_streamed_is_answered_though_the_router_stops(running: Running) -> None:
    running.subgraph.answers.clear()
    async with httpx2.AsyncClient() as client:
        request = asyncio.create_task(client.post(running.url, json={"query": "{ hello }"}, headers=EVENTS))
        await running.subgraph.asked.wait()
        running.stop.set()
        await until(lambda: running.generations.readiness.closing)
        running.subgraph.answers.set()
        response = await request

    assert '{"data":{"hello":"Hello"}}' in response.text
    assert response.text.endswith("event: complete\ndata:\n\n")


async def test_a_connection_that_was_just_opened_is_answered_though_the_router_stops(
    running: Running,
) -> None:
    host, port = running.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    running.stop.set()
    await until(lambda: running.generations.readiness.closing)
    body = b'{"query": "{ hello }"}'
    head = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    writer.write(head % len(body) + body)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"connection: close\r\n" in answer
    assert answer.endswith(b'{"data":{"hello":"Hello"}}')
