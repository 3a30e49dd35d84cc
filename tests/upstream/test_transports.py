"""What a transport promises, held against each of them."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

import orjson
import pytest
from starlette.applications import Starlette
from starlette.types import Scope, Send

from supergraph.upstream import (
    AsgiTransport,
    HttpTransport,
    ResponseTooLarge,
    Transport,
    TransportError,
    TransportRequest,
)

Reached = tuple[Transport, str]


async def test_a_body_goes_there_and_comes_back(reached: Reached) -> None:
    transport, url = reached
    response = await transport.send(TransportRequest(f"{url}/echo", b"{}", {"x-token": "t"}))
    assert orjson.loads(response.body) == {"data": {"body": "{}", "token": "t", "path": "/echo"}}


async def test_header_names_come_back_in_lower_case(reached: Reached) -> None:
    transport, url = reached
    response = await transport.send(TransportRequest(f"{url}/echo", b""))
    assert response.headers["x-answered"] == "yes"


async def test_a_redirect_is_not_followed(reached: Reached) -> None:
    transport, url = reached
    assert (await transport.send(TransportRequest(f"{url}/moved", b""))).status == 307


async def test_a_response_beyond_the_limit_is_refused(reached: Reached) -> None:
    transport, url = reached
    with pytest.raises(ResponseTooLarge):
        await transport.send(TransportRequest(f"{url}/large", b"", limit=50_000))


async def test_a_response_up_to_the_limit_is_read(reached: Reached) -> None:
    transport, url = reached
    response = await transport.send(TransportRequest(f"{url}/large", b"", limit=100_000))
    assert len(response.body) == 100_000


async def test_a_call_can_be_cancelled(reached: Reached) -> None:
    transport, url = reached
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await transport.send(TransportRequest(f"{url}/slow", b""))


async def test_a_stream_comes_in_pieces(reached: Reached) -> None:
    transport, url = reached
    async with transport.stream(TransportRequest(f"{url}/events", b"")) as stream:
        body = b"".join([chunk async for chunk in stream.chunks])
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert body.endswith(b"event: complete\r\ndata:\r\n\r\n")


async def test_leaving_a_stream_ends_it_at_the_other_side(reached: Reached, app: Starlette) -> None:
    transport, url = reached
    async with transport.stream(TransportRequest(f"{url}/endless", b"")) as stream:
        await anext(stream.chunks)
    async with asyncio.timeout(5):
        await app.state.ended.wait()


async def test_an_application_that_raises_has_broken_the_connection(app: Starlette) -> None:
    with pytest.raises(TransportError, match="broken on purpose"):
        await AsgiTransport(app).send(TransportRequest("http://subgraph/broken", b""))


async def test_an_application_that_raises_breaks_a_stream_too(app: Starlette) -> None:
    with pytest.raises(TransportError, match="broken on purpose"):
        async with AsgiTransport(app).stream(TransportRequest("http://subgraph/broken", b"")) as stream:
            _ = [chunk async for chunk in stream.chunks]


async def test_what_the_lifespan_left_is_copied_into_each_request() -> None:
    state = {"database": "there"}
    seen: list[object] = []

    async def app(scope: Scope, _receive: object, send: Send) -> None:
        seen.append(scope["state"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    await AsgiTransport(app, state=state).send(TransportRequest("http://subgraph/", b""))
    assert seen == [state]
    assert seen[0] is not state


async def test_what_an_application_sets_in_its_context_stays_there() -> None:
    who: ContextVar[str] = ContextVar("who", default="router")

    async def app(_scope: object, _receive: object, send: Send) -> None:
        who.set("subgraph")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    await AsgiTransport(app).send(TransportRequest("http://subgraph/", b""))
    assert who.get() == "router"


async def test_nobody_listening_is_a_transport_error() -> None:
    async with HttpTransport() as transport:
        with pytest.raises(TransportError):
            await transport.send(TransportRequest("http://127.0.0.1:9/", b""))


async def test_a_connection_that_breaks_is_a_transport_error() -> None:
    async def half_a_response(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(half_a_response, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, HttpTransport() as transport:
        with pytest.raises(TransportError):
            await transport.send(TransportRequest(url, b""))


async def test_a_url_that_is_none_is_a_transport_error() -> None:
    async with HttpTransport() as transport:
        with pytest.raises(TransportError):
            await transport.send(TransportRequest("movies", b""))
