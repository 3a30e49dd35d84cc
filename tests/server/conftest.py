"""An engine over a local schema, and applications asked in the process or over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import httpx2
import pytest
from starlette.types import ASGIApp

from supergraph.execution import Engine
from supergraph.model import Supergraph
from supergraph.server.closing import Closing
from supergraph.server.operations import Operations
from supergraph.server.persisted_documents import MemoryStore, persisted_documents
from supergraph.server.serving import listen, serve
from tests.server.local_upstream import LocalUpstream, local_supergraph

Served = Callable[[ASGIApp, Closing | asyncio.Event], AbstractAsyncContextManager[str]]


@pytest.fixture(scope="session")
def supergraph() -> Supergraph:
    return local_supergraph()


@pytest.fixture
def upstream() -> LocalUpstream:
    return LocalUpstream()


@pytest.fixture
def engine(supergraph: Supergraph, upstream: LocalUpstream) -> Engine:
    return Engine(supergraph, upstream)


@pytest.fixture
def operations(engine: Engine) -> Operations:
    return Operations(engine, persisted_documents({}, MemoryStore(10), "anything"))


@pytest.fixture
def served() -> Served:
    """Serves an application on a free port of loopback while the context lasts; gives `127.0.0.1:port`."""

    @asynccontextmanager
    async def on_socket(app: ASGIApp, closing: Closing | asyncio.Event) -> AsyncIterator[str]:
        bound = listen("127.0.0.1", 0)
        stop, listening = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(
            serve(app, bound, stop, on_stopping=closing.set, on_listening=listening.set)
        )
        await listening.wait()
        try:
            yield f"127.0.0.1:{bound.getsockname()[1]}"
        finally:
            stop.set()
            await task

    return on_socket


class ServedTransport(httpx2.AsyncBaseTransport):
    """Carries requests to an application over a real socket; it is served from the first of them on."""

    def __init__(self, serving: AbstractAsyncContextManager[str], stack: AsyncExitStack) -> None:
        self._serving = serving
        self._stack = stack
        self._address = ""
        self._starting = asyncio.Lock()
        self._transport = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        async with self._starting:
            if not self._address:
                await self._stack.enter_async_context(self._transport)
                self._address = await self._stack.enter_async_context(self._serving)
        host, _, port = self._address.rpartition(":")
        request.url = request.url.copy_with(host=host, port=int(port))
        return await self._transport.handle_async_request(request)


@pytest.fixture
async def client_of(served: Served) -> AsyncIterator[Callable[[ASGIApp], httpx2.AsyncClient]]:
    """A client that asks an application over a real socket."""
    async with AsyncExitStack() as stack:

        def client(app: ASGIApp) -> httpx2.AsyncClient:
            transport = ServedTransport(served(app, asyncio.Event()), stack)
            return httpx2.AsyncClient(transport=transport, base_url="http://localhost")

        yield client
