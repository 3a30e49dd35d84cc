"""One small application, reached in this process and over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from supergraph.upstream import AsgiTransport, HttpTransport, Transport


async def echo(request: Request) -> Response:
    body = (await request.body()).decode()
    return JSONResponse(
        {"data": {"body": body, "token": request.headers.get("x-token"), "path": str(request.url.path)}},
        headers={"X-Answered": "yes"},
    )


async def moved(_request: Request) -> Response:
    return RedirectResponse("/echo", status_code=307)


async def large(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1_000

    return StreamingResponse(pieces())


async def slow(_request: Request) -> Response:
    await asyncio.sleep(30)
    return Response()


async def broken(_request: Request) -> Response:
    raise ValueError("broken on purpose")


async def events(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[str]:
        for number in (1, 2):
            yield f'event: next\r\ndata: {{"data":{{"n":{number}}}}}\r\n\r\n'
        yield "event: complete\r\ndata:\r\n\r\n"

    return StreamingResponse(pieces(), media_type="text/event-stream")


async def endless(request: Request) -> Response:
    async def pieces() -> AsyncIterator[str]:
        try:
            while True:
                yield 'event: next\ndata: {"data":{"n":1}}\n\n'
                await asyncio.sleep(0.01)
        finally:
            request.app.state.ended.set()

    return StreamingResponse(pieces(), media_type="text/event-stream")


@pytest.fixture
def app() -> Starlette:
    handlers = (echo, moved, large, slow, broken, events, endless)
    app = Starlette(routes=[Route(f"/{each.__name__}", each, methods=["POST"]) for each in handlers])
    app.state.ended = asyncio.Event()
    return app


@pytest.fixture(params=["in process", "over HTTP"])
async def reached(request: pytest.FixtureRequest, app: Starlette) -> AsyncIterator[tuple[Transport, str]]:
    """A transport to the application, and the URL at which it is."""
    if request.param == "in process":
        yield AsgiTransport(app), "http://subgraph"
        return
    async with HttpTransport() as transport, listening(app) as address:
        yield transport, address


@pytest.fixture
async def http_address(app: Starlette) -> AsyncIterator[str]:
    """The URL at which the application is."""
    async with listening(app) as address:
        yield address


@asynccontextmanager
async def listening(
    app: Starlette, host: str = "127.0.0.1", port: int = 0, **others: Any
) -> AsyncIterator[str]:
    """The application on a socket; gives its URL. `others` are options of uvicorn."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="critical",
        timeout_graceful_shutdown=1,
        ws="websockets-sansio",
        **others,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn says so by this flag only
        await asyncio.sleep(0.01)
    try:
        yield f"http://{host}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
