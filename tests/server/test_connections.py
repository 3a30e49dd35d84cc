"""Slow clients, and too many of them, over raw sockets."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from supergraph.configuration import ConnectionsConfiguration
from supergraph.server.callers import Callers
from supergraph.server.closing import Closing
from supergraph.server.connections import Connections, Watch, room_for
from supergraph.server.graphql_over_http import GraphQLOverHttp, HttpOptions
from supergraph.server.graphql_transport_ws import SUBPROTOCOL, GraphQLTransportWs
from supergraph.server.networks import TrustedProxies, network_of
from supergraph.server.operations import Operations
from supergraph.server.serving import Clients, listen, serve

Limited = Callable[..., AbstractAsyncContextManager[int]]
Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]

QUERY = b'{"query": "{ hello }"}'
POST = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
WHOLE = POST + b"content-length: %d\r\n\r\n" % len(QUERY) + QUERY
LARGE = 4_000_000


@pytest.fixture
def limited(operations: Operations) -> Limited:
    """Serves GraphQL, and at `/large` a large body, with these limits of connections; gives the port."""
    closing = Closing()
    graphql = GraphQLOverHttp(operations, Callers(None, None), closing, HttpOptions())
    websocket = GraphQLTransportWs(operations, Callers(None, None), closing, origins=())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await websocket(scope, receive, send)
        elif scope["path"] == "/large":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": bytes(LARGE)})
        else:
            await graphql(scope, receive, send)

    @asynccontextmanager
    async def on_socket(**values: Any) -> AsyncIterator[int]:
        limits = ConnectionsConfiguration.model_validate(values)
        bound, stop, listening = listen("127.0.0.1", 0), asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(
            serve(app, bound, stop, on_listening=listening.set, clients=Clients(limits))
        )
        await listening.wait()
        try:
            yield bound.getsockname()[1]
        finally:
            stop.set()
            await task

    return on_socket


@asynccontextmanager
async def wired(port: int) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the router ends the connection, which takes nothing away of what came before."""
    came = b""
    try:
        async with asyncio.timeout(10):
            while piece := await reader.read(65_536):
                came += piece
    except ConnectionResetError:
        pass
    return came


async def answer(wire: Wire, request: bytes = WHOLE) -> bytes:
    """The response to one request on a connection that stays open."""
    reader, writer = wire
    writer.write(request)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
    return head + await reader.readexactly(int(length.partition(b":")[2]))


async def until_answered(port: int) -> None:
    """Tries until there is room for one more connection."""
    async with asyncio.timeout(10):
        while True:
            async with wired(port) as (reader, writer):
                writer.write(WHOLE.replace(b"\r\n", b"\r\nconnection: close\r\n", 1))
                if b"200 OK" in await until_closed(reader):
                    return
            await asyncio.sleep(0.02)


async def drip(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Sends a piece now and again, for as long as it is taken."""
    try:
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)
    except ConnectionError:
        return


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"", id="nothing at all"),
        pytest.param(b"\r\n", id="empty lines"),
        pytest.param(POST, id="headers without end"),
        pytest.param(WHOLE + POST, id="headers without end after a request"),
    ],
)
async def test_a_head_that_does_not_end_is_not_waited_for_while_others_are_served(
    limited: Limited, begun: bytes
) -> None:
    async with limited(head_seconds=0.3) as port, wired(port) as (reader, writer):
        writer.write(begun)
        coming = asyncio.create_task(until_closed(reader))
        piece = b"\r\n" if begun == b"\r\n" else b"x-more: 1\r\n"
        dripping = asyncio.create_task(drip(writer, piece if begun else b""))
        async with wired(port) as other:
            assert b"200 OK" in await answer(other)
        rest = await coming
        dripping.cancel()

    assert (b"200 OK" in rest) == begun.startswith(WHOLE)


async def test_a_body_that_does_not_end_is_a_408(limited: Limited) -> None:
    async with limited(body_seconds=0.3) as port, wired(port) as (reader, writer):
        writer.write(POST + b"content-length: 900000\r\n\r\n{")
        dripping = asyncio.create_task(drip(writer, b" "))
        response = await until_closed(reader)
        dripping.cancel()

    assert response.startswith(b"HTTP/1.1 408 ")
    assert b"REQUEST_TIMEOUT" in response


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(POST + b"x-filler: ", id="one header"),
        pytest.param(POST + b"transfer-encoding: chunked\r\n\r\n1;x=", id="a chunk's extension"),
        pytest.param(POST + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n0\r\nx-filler: ", id="a trailer"),
    ],
)
async def test_a_head_of_great_length_is_refused_as_it_comes(limited: Limited, begun: bytes) -> None:
    async with limited() as port, wired(port) as (reader, writer):
        writer.write(begun)
        sent = asyncio.create_task(flood(writer))
        response = await until_closed(reader)
        await sent

    assert response == b"" or response.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))
    assert sent.result() < 8_000_000


async def flood(writer: asyncio.StreamWriter) -> int:
    """Sends until nobody takes it, 64 MB at most; gives how much was taken."""
    for sent in range(0, 64_000_000, 65_536):
        try:
            writer.write(b"a" * 65_536)
            await writer.drain()
        except ConnectionError:
            return sent
    return 64_000_000


async def test_a_client_that_does_not_take_its_response_is_given_up(limited: Limited) -> None:
    async with limited(read_seconds=0.3) as port:
        bound = small_socket(port)
        bound.sendall(b"GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n")
        with capture_logs() as logs:
            await until(lambda: any(line.get("reading") == 1 for line in logs))

        assert await asyncio.to_thread(received, bound) < LARGE


async def test_a_client_that_takes_its_response_slowly_has_all_of_it(limited: Limited) -> None:
    async with limited(read_seconds=1) as port:
        bound = small_socket(port)
        bound.sendall(b"GET /large HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")

        assert await asyncio.to_thread(received, bound, pause=0.001) > LARGE


def small_socket(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    bound.connect(("127.0.0.1", port))
    bound.settimeout(10)
    return bound


def received(bound: socket.socket, pause: float = 0) -> int:
    """How many bytes come until the end."""
    total = 0
    with bound:
        try:
            while piece := bound.recv(65_536):
                total += len(piece)
                time.sleep(pause)
        except ConnectionError:
            pass
    return total


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - there is nothing that would tell
            await asyncio.sleep(0.02)


async def test_an_idle_connection_is_kept_and_a_request_on_it_answered(limited: Limited) -> None:
    async with limited(head_seconds=0.2, body_seconds=0.2) as port, wired(port) as wire:
        assert b"200 OK" in await answer(wire)
        await asyncio.sleep(0.6)

        assert b"200 OK" in await answer(wire)


async def test_one_address_has_no_more_connections_than_it_may_have(limited: Limited) -> None:
    async with limited(most_per_address=2) as port, wired(port) as first, wired(port) as second:
        assert b"200 OK" in await answer(first)
        assert b"200 OK" in await answer(second)
        async with wired(port) as (reader, _):
            refused = await until_closed(reader)

        assert refused.startswith(b"HTTP/1.1 429 ")
        assert b"TOO_MANY_CONNECTIONS" in refused
        assert b"retry-after:" in refused
        assert b"200 OK" in await answer(first)


async def test_a_connection_that_has_ended_makes_room_for_another(limited: Limited) -> None:
    async with limited(most=1) as port:
        async with wired(port) as first:
            assert b"200 OK" in await answer(first)
            async with wired(port) as (reader, _):
                assert (await until_closed(reader)).startswith(b"HTTP/1.1 503 ")

        await until_answered(port)


async def test_a_websocket_counts_as_the_connection_that_it_began_as(limited: Limited) -> None:
    async with limited(most=1) as port:
        for _ in range(3):
            async with (
                connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol(SUBPROTOCOL)]),
                wired(port) as (reader, _),
            ):
                assert (await until_closed(reader)).startswith(b"HTTP/1.1 503 ")
            await until_answered(port)


async def test_a_client_that_sends_pings_and_takes_no_pongs_is_given_up(limited: Limited) -> None:
    async with limited(read_seconds=0.3) as port:
        bound = small_socket(port)
        bound.sendall(
            b"GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            b"sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
        )
        ping = b"\x89\xfd\0\0\0\0" + bytes(125)

        def send_pings() -> int:
            sent = 0
            try:
                while sent < 256_000_000:
                    bound.sendall(ping * 500)
                    sent += len(ping) * 500
            except OSError:
                return sent
            return sent

        assert await asyncio.to_thread(send_pings) < 256_000_000
        bound.close()


async def test_the_connection_that_http_begins_on_goes_on_for_others(limited: Limited) -> None:
    async with limited() as port, httpx2.AsyncClient() as client:
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
        for _, writer in slow:
            writer.write(POST)
        response = await client.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ hello }"})
        for _, writer in slow:
            writer.close()

    assert response.json() == {"data": {"hello": "Hello, you"}}


class Stuck:
    """A client that takes nothing, or as much as the test says."""

    def __init__(self, unread: int) -> None:
        self.size = unread
        self.given_up = False

    def owes(self) -> tuple[Any, object]:
        return ("reading", None)

    def unread(self) -> int:
        return self.size

    def give_up(self, owed: Any) -> None:  # noqa: ARG002 - as its base has it
        self.given_up = True


def test_what_is_written_meanwhile_gives_a_client_no_more_time() -> None:
    client = Stuck(10_000)
    watch = Watch([client], ConnectionsConfiguration(read_seconds=10))
    for now in range(0, 10, 2):
        watch.look(now)
        client.size += 10_000

    assert not client.given_up
    watch.look(11)
    assert client.given_up


def test_a_client_that_takes_a_part_has_time_for_the_next() -> None:
    client = Stuck(100_000)
    watch = Watch([client], ConnectionsConfiguration(read_seconds=10))
    for now in range(0, 100, 5):
        watch.look(now)
        client.size -= 5_000

    assert not client.given_up


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a name", ""),
    ],
)
def test_a_user_of_ipv6_counts_with_all_of_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_trusted_proxy_has_the_connections_of_many_clients() -> None:
    limits = ConnectionsConfiguration(most_per_address=1, most=3)
    connections = Connections(limits, lambda: TrustedProxies(["10.0.0.0/8"]))

    assert [connections.refusal("10.0.0.7") for _ in range(4)] == [None, None, None, 503]


def test_a_flood_of_connections_is_told_of_once_a_second() -> None:
    connections = Connections(ConnectionsConfiguration(most_per_address=1))
    with capture_logs() as logs:
        for _ in range(100):
            connections.refusal("203.0.113.7")

    assert len(logs) == 1


def test_connections_are_counted_no_longer_than_they_last() -> None:
    connections = Connections(ConnectionsConfiguration(most_per_address=1))

    assert connections.refusal("a") is None
    assert connections.refusal("a") == 429
    connections.ended("a")
    connections.ended("a")
    assert connections.refusal("a") is None


def test_there_is_room_for_no_more_connections_than_files_may_be_open() -> None:
    assert room_for(10) == 10
    assert room_for(10**9) < 10**9
