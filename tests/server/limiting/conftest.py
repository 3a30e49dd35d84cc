"""A router with limits, on a real socket, in front of one subgraph that answers from a schema of this process."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
import pytest
import redis
from graphql import build_schema, execute, parse
from starlette.types import ASGIApp

from supergraph.composition import SubgraphSource, compose, read
from supergraph.configuration import Configuration
from supergraph.model import Supergraph
from supergraph.server.closing import Closing
from supergraph.server.router import Router, create_router
from supergraph.upstream import Endpoint, TransportRequest, TransportResponse, TransportStream
from tests.conftest import redis_url
from tests.server.test_identity import Issuer

FIELDS = """
type Query { hello: String shelf(first: Int): [Film] SIZED all: [Film] echo(in: Nested, any: Anything): Int }
type Mutation { signIn(name: String): String register: String }
type Subscription { ticks: Int }
type Film { title: String next: Film }
input Nested { in: Nested list: [Nested!] n: Int }
scalar Anything
"""
SDL = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@listSize"])'
    + FIELDS.replace("SIZED", '@listSize(slicingArguments: ["first"], requireOneSlicingArgument: false)')
)
IDENTITY = {
    "identity": {
        "access_tokens": {"key_set": {"subgraph": "films"}, "issuer": "users", "audience": "supergraph"}
    }
}


@dataclass
class Subgraph:
    """Answers queries at once, or where it is `held`, when it is let go; `asked` counts what reached it."""

    issuer: Issuer = field(default_factory=Issuer)
    asked: int = 0
    subscribed: int = 0
    held: asyncio.Event | None = None
    schema: Any = field(default_factory=lambda: build_schema(FIELDS.replace("SIZED", "")))

    async def send(self, request: TransportRequest) -> TransportResponse:
        if request.method == "GET":
            return TransportResponse(200, {}, await self.issuer.key_set())
        self.asked += 1
        if self.held is not None:
            await self.held.wait()
        body = orjson.loads(request.body)
        film = {"title": "Heat", "next": {"title": "Ronin"}}
        root = {
            "hello": "Hello",
            "shelf": lambda _, first=2: [film] * first,
            "all": [film],
            "echo": 1,
            "signIn": "in",
            "register": "ok",
        }
        result = execute(self.schema, parse(body["query"]), root, variable_values=body.get("variables"))
        assert not isinstance(result, asyncio.Future)
        answer = orjson.dumps(result.formatted)  # pyright: ignore[reportAttributeAccessIssue] - nothing is awaited
        return TransportResponse(200, {"content-type": "application/json"}, answer)

    @asynccontextmanager
    async def stream(self, request: TransportRequest) -> AsyncIterator[TransportStream]:  # noqa: ARG002 - the signature is the transport's
        async def chunks() -> AsyncIterator[bytes]:
            self.subscribed += 1
            try:
                yield b'event: next\ndata: {"data": {"ticks": 1}}\n\n'
                await asyncio.Event().wait()
            finally:
                self.subscribed -= 1

        yield TransportStream(200, {"content-type": "text/event-stream"}, chunks())


@pytest.fixture(scope="session")
def films() -> Supergraph:
    composition = compose([SubgraphSource("films", "http://films/graphql", SDL)])
    assert composition.supergraph_sdl is not None, composition.errors
    return read(composition.supergraph_sdl)


@pytest.fixture
def subgraph() -> Subgraph:
    return Subgraph()


Routers = Callable[..., Router]


@pytest.fixture
def router(films: Supergraph, subgraph: Subgraph) -> Routers:
    """A router with these values in its configuration."""

    def with_values(**values: Any) -> Router:
        endpoints = {"films": Endpoint("http://films/graphql", subgraph)}
        return create_router(Configuration.of(values), films, endpoints, subgraph)

    return with_values


Clients = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]


@pytest.fixture
def asking(
    router: Routers, served: Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]
) -> Clients:
    """A client of a router with these values, which is served on a socket."""

    @asynccontextmanager
    async def client(**values: Any) -> AsyncIterator[httpx2.AsyncClient]:
        app = router(**values)
        async with (
            served(app, app.closing) as address,
            httpx2.AsyncClient(base_url=f"http://{address}", timeout=20) as connected,
        ):
            yield connected

    return client


async def ask(client: httpx2.AsyncClient, query: str = "{ hello }", **others: Any) -> httpx2.Response:
    headers = others.pop("headers", {})
    return await client.post("/graphql", json={"query": query, **others}, headers=headers)


def code_of(answer: httpx2.Response) -> str | None:
    """The code of the first error of a response, if it has any."""
    errors = answer.json().get("errors")
    return errors[0]["extensions"]["code"] if errors else None


@pytest.fixture
def shared() -> Iterator[dict[str, Any]]:
    """Configuration of a real Redis, with a prefix of its own; what was written there is deleted afterwards."""
    prefix = f"test-{uuid.uuid4().hex}"
    yield {"url": redis_url(), "prefix": prefix, "timeout_seconds": 5}
    connection = redis.Redis.from_url(redis_url())
    for key in connection.scan_iter(f"{{{prefix}}}:*"):
        connection.delete(key)
    connection.close()
