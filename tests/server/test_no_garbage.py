"""A request leaves nothing that only the garbage collector can free: replies would stay in memory until it runs."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from supergraph.configuration import Configuration
from supergraph.model import Supergraph
from supergraph.server.generations import Generations
from supergraph.server.readiness import Readiness
from supergraph.server.router import create_router
from supergraph.upstream import Endpoint, HttpTransport

Served = Callable[[ASGIApp, Any], AbstractAsyncContextManager[str]]
BODY = orjson.dumps({"query": "{ hello }"})
REPLY = b'{"data": {"hello": "Hello."}}'


async def subgraph(_: Scope, __: Receive, send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(REPLY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": REPLY})


@pytest.fixture(params=["as a generation", "by itself"])
async def address(
    supergraph: Supergraph, served: Served, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """A router before a subgraph, both over real sockets; a generation's responses go whole to their connection."""
    async with served(subgraph, asyncio.Event()) as at, HttpTransport() as transport:
        endpoints = {"local": Endpoint(f"http://{at}/graphql", transport, remote=True)}
        router = create_router(Configuration.of({}), supergraph, endpoints, transport)
        app: ASGIApp = router
        if request.param == "as a generation":
            app = Generations(Readiness())
            app.succeed(router)
        async with served(app, router.closing) as address:
            yield address


async def ask(address: str, times: int) -> None:
    """Asks so many times over one connection."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n"
    for _ in range(times):
        writer.write(head.encode() + b"content-length: %d\r\n\r\n" % len(BODY) + BODY)
        answer = await reader.readuntil(b"}}")
        assert answer.endswith(orjson.dumps(orjson.loads(REPLY)))
    writer.close()


@contextmanager
def garbage() -> Iterator[list[Any]]:
    """What the collector finds of what is made in the context."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    found: list[Any] = []
    try:
        yield found
        gc.collect()
        found.extend(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


async def test_a_request_leaves_no_garbage(address: str) -> None:
    await ask(address, 5)
    with garbage() as found:
        await ask(address, 20)

    own = [type(each) for each in found if type(each).__module__.startswith(("supergraph.", "uvicorn."))]
    assert own == []
