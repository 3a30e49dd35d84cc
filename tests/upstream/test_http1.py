"""What the client of our own promises beyond any transport: framing to the letter, and connections that are kept."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from supergraph.upstream import ResponseTooLarge, TransportError, TransportRequest
from supergraph.upstream.http1 import Http1Transport
from supergraph.upstream.http1.connections import Connections
from supergraph.upstream.http1.response import MOST_UNREAD, StreamedResponse
from supergraph.upstream.http1.response_headers import ResponseHeaders
from tests.upstream.http_server import OK, Serve, Server, serving


@asynccontextmanager
async def asking(
    serve: Serve, idle: float = 60, age: float = 60
) -> AsyncIterator[tuple[Http1Transport, str]]:
    transport = Http1Transport(idle, age)
    async with serving(serve) as url:
        try:
            yield transport, url
        finally:
            await transport.aclose()


async def answer(*pieces: bytes, closes: bool = False, limit: int = 1_000_000) -> bytes:
    async with asking(Server(*pieces, closes=closes)) as (transport, url), asyncio.timeout(10):
        return (await transport.send(TransportRequest(f"{url}/", b"{}", limit=limit))).body


@pytest.mark.parametrize(
    "pieces",
    [
        [OK],
        [OK[:20], OK[20:]],
        [OK[index : index + 1] for index in range(len(OK))],
        [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nx-trailer: 1\r\n\r\n"],
        [b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + OK],
        [b"HTTP/1.1 100 Continue\r\n\r\n", OK],
    ],
)
async def test_a_response_may_be_cut_and_framed_as_http_allows(pieces: list[bytes]) -> None:
    assert await answer(*pieces) == b"{}"


async def test_a_response_without_length_goes_on_until_the_connection_ends() -> None:
    assert await answer(b"HTTP/1.1 200 OK\r\n\r\n{", b"}", closes=True) == b"{}"


async def test_a_status_without_body_has_none() -> None:
    assert await answer(b"HTTP/1.1 204 No Content\r\n\r\n") == b""


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header: 1\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 000 No\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
    ],
)
async def test_what_is_no_proper_response_is_an_error(response: bytes) -> None:
    with pytest.raises(TransportError):
        await answer(response)


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
    ],
)
async def test_a_response_that_breaks_off_is_an_error(response: bytes) -> None:
    with pytest.raises(TransportError, match="before its response was complete"):
        await answer(response, closes=True)


async def test_a_chunked_response_beyond_the_limit_is_given_up_as_it_comes() -> None:
    endless = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1000\r\n" + b"x" * 4096 + b"\r\n"
    with pytest.raises(ResponseTooLarge, match="more than 4000 bytes"):
        await answer(endless, limit=4000)


async def test_one_connection_serves_requests_one_after_the_other() -> None:
    server = Server(OK)
    async with asking(server) as (transport, url):
        for _ in range(5):
            await transport.send(TransportRequest(url, b"{}"))
    assert (server.connections, len(server.requests)) == (1, 5)


async def test_requests_at_the_same_time_have_connections_of_their_own() -> None:
    server = Server(OK)
    async with asking(server) as (transport, url):
        await asyncio.gather(*(transport.send(TransportRequest(url, b"{}")) for _ in range(5)))
    assert server.connections == 5


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        OK + OK,
        OK + b"HT",
    ],
    ids=["it says close", "HTTP/1.0", "a second response comes along", "the beginning of one comes along"],
)
async def test_a_connection_is_not_used_again_where(response: bytes) -> None:
    server = Server(response)
    async with asking(server) as (transport, url):
        for _ in range(2):
            assert (await transport.send(TransportRequest(url, b"{}"))).body == b"{}"
    assert server.connections == 2


async def test_a_response_that_nobody_asked_for_is_given_to_nobody() -> None:
    first = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n{}")
        writer.write(OK if first.is_set() else OK.replace(b"{}", b"[]"))
        await writer.drain()
        if not first.is_set():
            first.set()
            writer.write(OK.replace(b"{}", b"!!"))
        await reader.read()
        writer.close()

    async with asking(serve) as (transport, url):
        assert (await transport.send(TransportRequest(url, b"{}"))).body == b"[]"
        assert (await transport.send(TransportRequest(url, b"{}"))).body == b"{}"


async def test_a_connection_that_the_server_has_closed_meanwhile_is_not_used() -> None:
    server = Server(OK, closes=True)
    async with asking(server) as (transport, url):
        for _ in range(3):
            await transport.send(TransportRequest(url, b"{}"))
            await server.ended.wait()
            server.ended.clear()
    assert server.connections == 3


async def test_a_request_is_sent_once_where_its_connection_breaks() -> None:
    server = Server(closes=True)
    async with asking(server) as (transport, url):
        with pytest.raises(TransportError):
            await transport.send(TransportRequest(url, b"{}"))
    assert len(server.requests) == 1


async def test_a_connection_is_closed_after_its_time_without_use() -> None:
    server = Server(OK)
    async with asking(server, idle=0.01) as (transport, url), asyncio.timeout(10):
        await transport.send(TransportRequest(url, b"{}"))
        await server.ended.wait()


@pytest.mark.parametrize(("age", "connections"), [(60, 1), (1e-9, 3)])
async def test_a_connection_is_not_used_again_once_it_is_too_old(age: float, connections: int) -> None:
    server = Server(OK)
    async with asking(server, age=age) as (transport, url), asyncio.timeout(10):
        for _ in range(3):
            await transport.send(TransportRequest(url, b"{}"))
        if connections > 1:
            await server.ended.wait()
    assert server.connections == connections


async def test_a_stream_stays_on_a_connection_that_grows_too_old() -> None:
    server = Server(OK[:-1], OK[-1:])
    async with (
        asking(server, age=1e-9) as (transport, url),
        transport.stream(TransportRequest(url, b"{}")) as stream,
    ):
        assert b"".join([chunk async for chunk in stream.chunks]) == b"{}"


def test_headers_are_read_by_names_in_lower_case_and_joined_where_they_came_twice() -> None:
    headers = ResponseHeaders([(b"content-type", b"text/plain"), (b"vary", b"a"), (b"vary", b"\xe9")])

    assert dict(headers) == {"content-type": "text/plain", "vary": "a, \u00e9"}
    assert (headers["vary"], headers.get("Vary"), headers.get("x", "y")) == ("a, \u00e9", None, "y")
    assert (len(headers), "\u2603" in headers) == (2, False)


async def test_a_server_is_forgotten_that_nobody_leads_to_and_nothing_is_connected_to() -> None:
    def known() -> int:
        gc.collect()
        return sum(isinstance(each, Connections) for each in gc.get_objects())

    before, server = known(), Server(OK, closes=True)
    async with asking(server, idle=0.05) as (transport, url), asyncio.timeout(10):
        lines = [transport.line(f"http://127.0.0.{number}/", "") for number in range(1, 20)]
        await transport.send(TransportRequest(url, b"{}"))
        assert known() - before >= len(lines)
        lines.clear()
        while known() > before:  # noqa: ASYNC110 - there is nothing that would tell
            await asyncio.sleep(0.01)


async def test_a_request_that_is_cancelled_takes_its_connection_along() -> None:
    server = Server()
    async with asking(server) as (transport, url), asyncio.timeout(10):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await transport.send(TransportRequest(url, b"{}"))
        await server.ended.wait()


async def test_closing_the_transport_fails_what_is_on_its_way() -> None:
    server = Server()
    async with asking(server) as (transport, url), asyncio.timeout(10):
        sending = asyncio.create_task(transport.send(TransportRequest(url, b"{}")))
        while not server.requests:  # noqa: ASYNC110 - the server is in this loop too
            await asyncio.sleep(0)
        await transport.aclose()
        with pytest.raises(TransportError, match="closed on our side"):
            await sending


async def test_a_stream_that_is_not_read_stops_its_connection_until_it_is() -> None:
    steps: list[str] = []
    response = StreamedResponse(lambda: steps.append("pause"), lambda: steps.append("resume"))
    response.begins(200, {})
    for _ in range(3):
        response.receives(b"x" * (MOST_UNREAD // 2 + 1))
    chunks = (await response.begun).chunks
    assert steps == ["pause"]
    for _ in range(3):
        await anext(chunks)
    assert steps == ["pause", "resume"]


async def test_a_stream_that_breaks_gives_what_came_before() -> None:
    server = Server(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{}", closes=True)
    async with asking(server) as (transport, url):
        with pytest.raises(TransportError, match="before its response was complete"):
            async with transport.stream(TransportRequest(url, b"{}")) as stream:
                assert await anext(stream.chunks) == b"{}"
                await anext(stream.chunks)


async def test_the_head_says_what_is_asked_of_whom() -> None:
    server = Server(OK)
    async with asking(server) as (transport, url):
        await transport.send(
            TransportRequest(f"{url}/a/b?c=d e", b"{}", {"x-y": "z"}, server="movies.example")
        )
    assert server.requests == [
        (
            b"POST /a/b?c=d%20e HTTP/1.1\r\nhost: movies.example\r\n"
            b"x-y: z\r\naccept-encoding: identity\r\ncontent-length: 2\r\n\r\n{}"
        )
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x", "1\r\ny: 2"),
        ("x", "1\n"),
        ("x", "1\0"),
        ("x y", "1"),
        ("x\r\ny", "1"),
        ("", "1"),
        ("x", "\u2603"),
        ("content-length", "5"),
        ("transfer-encoding", "chunked"),
        ("host", "other"),
    ],
)
async def test_no_header_changes_where_a_request_ends_or_goes(name: str, value: str) -> None:
    server = Server(OK)
    async with asking(server) as (transport, url):
        with pytest.raises(TransportError):
            await transport.send(TransportRequest(url, b"{}", {name: value}))
    assert not server.requests


@pytest.mark.parametrize("url", ["http://", "http://host:port/", "http://h\u00f6st/", "http://[::1/"])
async def test_a_url_without_a_proper_host_is_refused(url: str) -> None:
    with pytest.raises(TransportError, match="not valid"):
        await Http1Transport(1).send(TransportRequest(url, b"{}"))


async def test_a_coding_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(TransportError, match="not asked for"):
        await answer(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}")
