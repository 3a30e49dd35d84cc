"""An engine over a local schema, and applications asked in the process or over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

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
def in_process() -> Callable[[ASGIApp], httpx2.AsyncClient]:
    """A client that calls an application without a socket."""

    def client(app: ASGIApp) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url="http://localhost")

    return client


@pytest.fixture
def served() -> Callable[[ASGIApp, Closing | asyncio.Event], AbstractAsyncContextManager[str]]:
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
