"""A request that is answered without ASGI is answered, byte for byte, as it is by the long way."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from supergraph.configuration import Configuration
from supergraph.configuration.connections import ConnectionsConfiguration
from supergraph.model import Supergraph
from supergraph.server.direct import Answer
from supergraph.server.generations import Generations
from supergraph.server.heads import Head, Heads
from supergraph.server.readiness import Readiness
from supergraph.server.router import Router, create_router
from supergraph.server.serving import Clients, listen, serve
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse
from tests.server.local_upstream import until

Served = Callable[[ASGIApp, Any], AbstractAsyncContextManager[str]]
JSON = "content-type: application/json\r\n"
HELLO = orjson.dumps({"query": "{ hello }"})


@dataclass
class Watched:
    """A router as a generation; knows of each request whether it was taken directly, and holds replies back."""

    app: Generations
    taken: list[bool] = field(default_factory=list)
    replies: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    def take(self, head: Head, body: bytes, address: str | None, answer: Answer) -> bool:
        self.taken.append(self.app.take(head, body, address, answer))
        return self.taken[-1]


Made = Callable[..., Watched]


@pytest.fixture
def made(supergraph: Supergraph) -> Made:
    def make(**values: Any) -> Watched:
        app = Watched(Generations(Readiness()))
        app.replies.set()

        async def subgraph(request: TransportRequest) -> TransportResponse:
            await app.replies.wait()
            body = b'{"data": {"hello": "%b"}}' % (b"long" * 5_000 if b"many" in request.body else b"Hello.")
            return TransportResponse(200, {"content-type": "application/json"}, body)

        transport = FunctionTransport(subgraph)
        endpoints = {"local": Endpoint("http://local/graphql", transport)}
        app.app.succeed(router_of(values, supergraph, endpoints, transport))
        return app

    return make


def router_of(
    values: Mapping[str, Any],
    supergraph: Supergraph,
    endpoints: Mapping[str, Endpoint],
    transport: FunctionTransport,
) -> Router:
    return create_router(Configuration.of(values), supergraph, endpoints, transport)


@dataclass
class Client:
    """One connection, over which bytes are sent as they are given."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    host: str

    async def ask(self, request: bytes) -> bytes:
        """The response to a request, but for its date and the ids of errors."""
        self.send(request)
        return await self.response()

    def send(self, request: bytes) -> None:
        self.writer.write(request.replace(b"HOST", self.host.encode()))

    async def response(self) -> bytes:
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        length = re.search(rb"content-length: (\d+)", head)
        assert length is not None
        body = await asyncio.wait_for(self.reader.readexactly(int(length[1])), 10)
        head = re.sub(rb"date: [^\r]*\r\n", b"", head)
        return head + re.sub(rb'"errorId":"\w+"', b"", body)


@asynccontextmanager
async def client_of(served: Served, app: ASGIApp) -> AsyncIterator[Client]:
    async with served(app, asyncio.Event()) as address:
        host, _, port = address.rpartition(":")
        client = Client(*await asyncio.open_connection(host, int(port)), address)
        try:
            yield client
        finally:
            client.writer.close()


def request(body: bytes = HELLO, headers: str = JSON) -> bytes:
    head = f"POST /graphql HTTP/1.1\r\nhost: HOST\r\n{headers}content-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def query(text: str, **more: Any) -> bytes:
    return orjson.dumps({"query": text, **more})


ANSWERED = [
    pytest.param(request(), id="an answer"),
    pytest.param(request(query("{ hello __schema { queryType { name } } }")), id="introspection"),
    pytest.param(
        request(query("query ($n: String) { hello(name: $n) }", variables={"n": "Ada"})), id="variables"
    ),
    pytest.param(request(query("mutation { count }")), id="a mutation"),
    pytest.param(request(query("{ authorization }")), id="an error of a subgraph"),
    pytest.param(
        request(headers=JSON + "accept: application/graphql-response+json\r\n"), id="another media type"
    ),
    pytest.param(request(query("{ many: hello }"), JSON + "accept-encoding: gzip\r\n"), id="compressed"),
    pytest.param(request(query("{ many: hello }")), id="not compressed"),
    pytest.param(request(headers=JSON + "origin: https://elsewhere.example\r\n"), id="from another origin"),
]
REFUSED = [
    pytest.param(request(query("{ nothing }")), id="errors of the request"),
    pytest.param(request(b"{"), id="no JSON"),
    pytest.param(request(b"[]"), id="a batch"),
    pytest.param(request(query("query ($n: String!) { hello(name: $n) }")), id="a variable is missing"),
    pytest.param(request(headers="content-type: text/plain\r\n"), id="another type of body"),
    pytest.param(request(headers=JSON + "accept: text/html\r\n"), id="nothing acceptable"),
    pytest.param(request(query("subscription { numbers(to: 1) }")), id="a subscription"),
    pytest.param(request().replace(b"HOST", b"elsewhere.example"), id="by another name"),
]


@pytest.mark.parametrize("asked", ANSWERED)
async def test_what_is_answered_directly_is_answered_as_by_the_long_way(
    made: Made, served: Served, asked: bytes
) -> None:
    app = made(introspection=True)
    async with client_of(served, app) as client:
        answers = [await client.ask(asked) for _ in range(4)]

    assert app.taken == [True] * 3
    assert answers == [answers[0]] * 4


@pytest.mark.parametrize("asked", REFUSED)
async def test_what_is_refused_goes_the_long_way_each_time(made: Made, served: Served, asked: bytes) -> None:
    app = made()
    async with client_of(served, app) as client:
        answers = [await client.ask(asked) for _ in range(3)]

    assert app.taken == [False] * 2
    assert answers == [answers[0]] * 3


async def test_a_fault_of_the_router_is_told_as_by_the_long_way(
    made: Made, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = made()
    async with client_of(served, app) as client:
        await client.ask(request())
        monkeypatch.setattr("supergraph.execution.run.Run.response", lambda _: 1 / 0)
        answers = [await client.ask(request()), await client.ask(request(headers=JSON + "x-new: 1\r\n"))]

    assert app.taken == [True]
    assert answers[0] == answers[1]
    assert b"INTERNAL_SERVER_ERROR" in answers[0]


async def test_a_head_or_body_that_comes_in_pieces_is_read_by_the_long_way(
    made: Made, served: Served
) -> None:
    app = made()
    async with client_of(served, app) as client:
        whole = await client.ask(request())
        for cut in (10, len(request()) - 5):
            client.send(request()[:cut])
            await asyncio.sleep(0.05)
            client.send(request()[cut:])
            assert await client.response() == whole

    assert app.taken == []


async def test_requests_sent_at_once_are_answered_in_their_order(made: Made, served: Served) -> None:
    app = made()
    other = request(query("{ other: hello }"))
    async with client_of(served, app) as client:
        first, second = await client.ask(request()), await client.ask(other)
        app.replies.clear()
        client.send(request())
        await until(lambda: app.taken == [True])
        client.send(other + request())
        app.replies.set()
        answers = [await client.response() for _ in range(3)]

    assert answers == [first, second, first]


async def test_a_client_that_goes_leaves_no_request_in_flight(made: Made, served: Served) -> None:
    app = made(concurrency={"requests": 1, "queue": 0})
    async with served(app, asyncio.Event()) as address:
        host, _, port = address.rpartition(":")
        for _ in range(3):
            client = Client(*await asyncio.open_connection(host, int(port)), address)
            assert b"Hello." in await client.ask(request())
            app.replies.clear()
            app.taken.clear()
            client.send(request())
            await until(lambda: app.taken == [True])
            client.writer.close()
            await client.writer.wait_closed()
            app.replies.set()
            await asyncio.sleep(0.05)


async def test_where_there_is_no_room_the_long_way_says_so(made: Made, served: Served) -> None:
    app = made(concurrency={"requests": 1, "queue": 0})
    async with served(app, asyncio.Event()) as address:
        host, _, port = address.rpartition(":")
        one, other = [Client(*await asyncio.open_connection(host, int(port)), address) for _ in range(2)]
        await one.ask(request())
        app.replies.clear()
        one.send(request())
        await until(lambda: app.taken == [True])
        assert b"REQUEST_CONCURRENCY_LIMITED" in await other.ask(request())
        app.replies.set()
        assert b"Hello." in await one.response()
        one.writer.close()
        other.writer.close()

    assert app.taken == [True, False]


async def test_a_router_that_closes_tells_those_whom_it_still_answers(made: Made, served: Served) -> None:
    app = made()
    async with client_of(served, app) as client:
        await client.ask(request())
        app.replies.clear()
        client.send(request())
        await until(lambda: app.taken == [True])
        app.app.leave()
        app.replies.set()
        answer = await client.response()
        ended = await asyncio.wait_for(client.reader.read(), 10)

    assert b"connection: close\r\n" in answer
    assert ended == b""


async def test_a_connection_over_which_nothing_more_is_asked_is_closed_in_time(made: Made) -> None:
    app, stop, listening = made(), asyncio.Event(), asyncio.Event()
    bound, clients = listen("127.0.0.1", 0), Clients(ConnectionsConfiguration(keep_alive_seconds=1))
    serving = asyncio.create_task(serve(app, bound, stop, on_listening=listening.set, clients=clients))
    await listening.wait()
    try:
        client = Client(*await asyncio.open_connection(*bound.getsockname()), "localhost")
        for _ in range(2):
            await client.ask(request())
        ended = await asyncio.wait_for(client.reader.read(), 10)
        client.writer.close()
    finally:
        stop.set()
        await serving

    assert app.taken == [True]
    assert ended == b""


GOOD = b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n"
PAIRS = [(b"host", b"a"), (b"content-length", b"1")]


def test_a_head_is_remembered_with_the_length_of_its_body() -> None:
    heads = Heads()
    heads.learn(GOOD, PAIRS)
    assert heads.known[GOOD].length == 1


@pytest.mark.parametrize(
    ("raw", "pairs"),
    [
        pytest.param(GOOD.replace(b"host: a\r\n", b"host: a\n"), PAIRS, id="a bare LF"),
        pytest.param(GOOD.replace(b"host: a\r\n", b"host: a\r"), PAIRS, id="a bare CR"),
        pytest.param(b"\r\n\r\n", PAIRS, id="an empty line before it"),
        pytest.param(GOOD, [*PAIRS, (b"content-length", b"1")], id="two lengths"),
        pytest.param(GOOD, [*PAIRS, (b"transfer-encoding", b"chunked")], id="a body in chunks"),
        pytest.param(GOOD, [*PAIRS, (b"expect", b"100-continue")], id="a client that waits"),
        pytest.param(GOOD, [*PAIRS, (b"upgrade", b"websocket")], id="another protocol"),
        pytest.param(GOOD, [*PAIRS, (b"connection", b"close")], id="the last of its connection"),
        pytest.param(GOOD, PAIRS[:1], id="no length"),
        pytest.param(GOOD, [PAIRS[0], (b"content-length", b"+1")], id="a length that is no number"),
        pytest.param(GOOD.replace(b"/graphql", b"/other"), PAIRS, id="another path"),
        pytest.param(GOOD.replace(b"host: a", b"host: " + b"a" * 5_000), PAIRS, id="a long one"),
    ],
)
def test_a_head_is_not_remembered_that_does_not_say_all(raw: bytes, pairs: list[tuple[bytes, bytes]]) -> None:
    heads = Heads()
    heads.learn(raw, pairs)
    assert not heads.known


def test_no_more_heads_are_remembered_than_there_is_room_for() -> None:
    heads = Heads()
    for number in range(2_000):
        heads.learn(GOOD.replace(b"host: a", b"host: a%d" % number), PAIRS)
    assert len(heads.known) <= 512
