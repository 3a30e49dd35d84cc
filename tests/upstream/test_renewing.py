"""Connections have a maximum age."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from supergraph.upstream import (
    FunctionTransport,
    HttpTransport,
    RenewingTransport,
    TransportRequest,
    TransportResponse,
)
from tests.upstream.clock import Clock
from tests.upstream.gated import settled


async def whence(request: Request) -> Response:
    """Says from which of its ports the client calls: one for each connection."""
    assert request.client is not None
    return JSONResponse(request.client.port)


async def held(request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"begun"
        await request.app.state.go_on.wait()
        yield b", ended"

    return StreamingResponse(pieces())


@pytest.fixture
def app() -> Starlette:
    app = Starlette(routes=[Route(f"/{each.__name__}", each, methods=["POST"]) for each in (whence, held)])
    app.state.go_on = asyncio.Event()
    return app


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def transport(clock: Clock) -> AsyncIterator[RenewingTransport]:
    async with RenewingTransport(HttpTransport, 60, clock=clock, draw=lambda age: age) as transport:
        yield transport


async def port(transport: RenewingTransport, address: str) -> int:
    return orjson.loads((await transport.send(TransportRequest(f"{address}/whence", b""))).body)


async def test_a_connection_is_used_again_until_it_is_too_old(
    transport: RenewingTransport, clock: Clock, http_address: str
) -> None:
    first = await port(transport, http_address)
    clock.now += 59
    assert await port(transport, http_address) == first
    clock.now += 1
    second = await port(transport, http_address)
    assert second != first
    assert await port(transport, http_address) == second


async def test_what_is_in_flight_ends_on_the_old_connection(
    transport: RenewingTransport, clock: Clock, http_address: str, app: Starlette
) -> None:
    async with transport.stream(TransportRequest(f"{http_address}/held", b"")) as stream:
        body = await anext(stream.chunks)
        clock.now += 60
        await port(transport, http_address)
        app.state.go_on.set()
        body += b"".join([chunk async for chunk in stream.chunks])
    assert body == b"begun, ended"


class Held(FunctionTransport):
    """Answers when it is let, and says when its connections were closed."""

    def __init__(self) -> None:
        super().__init__(self.answer)
        self.go_on = asyncio.Event()
        self.closed = asyncio.Event()

    async def answer(self, _request: TransportRequest) -> TransportResponse:
        await self.go_on.wait()
        return TransportResponse(200, {}, b"")

    async def aclose(self) -> None:
        self.closed.set()


async def test_old_connections_are_closed_once_nothing_is_on_them(clock: Clock) -> None:
    made = [Held(), Held()]
    first, second = made
    transport = RenewingTransport(iter(made).__next__, 60, clock=clock, draw=lambda age: age)
    sending = asyncio.create_task(transport.send(TransportRequest("", b"")))
    await settled()
    clock.now += 60
    second.go_on.set()
    await transport.send(TransportRequest("", b""))
    assert not first.closed.is_set()
    first.go_on.set()
    await sending
    await settled()
    assert first.closed.is_set()
    assert not second.closed.is_set()
    await transport.aclose()
    assert second.closed.is_set()
