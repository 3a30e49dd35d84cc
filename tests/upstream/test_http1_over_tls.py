"""The client of our own over TLS: whom it believes, and that nothing else about it is different."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from supergraph.upstream import TransportError, TransportRequest
from supergraph.upstream.http1 import Http1Transport
from tests.upstream.authority import Authority
from tests.upstream.http_server import OK, Serve, Server, secured, serving


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@asynccontextmanager
async def asking(
    serve: Serve, authority: Authority, name: str = "localhost", trusted: Authority | None = None
) -> AsyncIterator[tuple[Http1Transport, str]]:
    """Asks a server that shows a certificate of this name; trusts its authority, if no other is given."""
    trust = ssl.create_default_context(cafile=(trusted or authority).file)
    transport = Http1Transport(60, tls=trust)
    async with serving(serve, secured(authority, name)) as url, asyncio.timeout(20):
        try:
            yield transport, url
        finally:
            await transport.aclose()


async def test_one_connection_serves_requests_one_after_the_other(authority: Authority) -> None:
    server = Server(OK)
    async with asking(server, authority) as (transport, url):
        for _ in range(5):
            assert (await transport.send(TransportRequest(url, b"{}"))).body == b"{}"
    assert (server.connections, len(server.requests)) == (1, 5)


async def test_a_large_response_comes_whole(authority: Authority) -> None:
    body = b"x" * 3_000_000
    server = Server(b"HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n\r\n" + body)
    async with asking(server, authority) as (transport, url):
        for _ in range(2):
            assert (await transport.send(TransportRequest(url, b"{}"))).body == body
    assert server.connections == 1


async def test_a_large_request_goes_whole(authority: Authority) -> None:
    server = Server(OK)
    async with asking(server, authority) as (transport, url):
        await transport.send(TransportRequest(url, b"y" * 3_000_000))
    assert server.requests[0].endswith(b"\r\n\r\n" + b"y" * 3_000_000)


async def test_a_connection_that_the_server_has_closed_meanwhile_is_not_used(authority: Authority) -> None:
    server = Server(OK, closes=True)
    async with asking(server, authority) as (transport, url):
        for _ in range(3):
            await transport.send(TransportRequest(url, b"{}"))
            await server.ended.wait()
            server.ended.clear()
    assert server.connections == 3


async def test_a_response_that_breaks_off_is_an_error(authority: Authority) -> None:
    server = Server(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{}", closes=True)
    async with asking(server, authority) as (transport, url):
        with pytest.raises(TransportError):
            await transport.send(TransportRequest(url, b"{}"))


async def test_a_stream_is_given_as_it_comes(authority: Authority) -> None:
    server = Server(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n}\r\n0\r\n\r\n"
    )
    async with (
        asking(server, authority) as (transport, url),
        transport.stream(TransportRequest(url, b"{}")) as stream,
    ):
        assert b"".join([chunk async for chunk in stream.chunks]) == b"{}"


async def test_a_request_that_is_cancelled_takes_its_connection_along(authority: Authority) -> None:
    server = Server()
    async with asking(server, authority) as (transport, url):
        sending = asyncio.create_task(transport.send(TransportRequest(url, b"{}")))
        while not server.requests:  # noqa: ASYNC110 - the server is in this loop too
            await asyncio.sleep(0.001)
        sending.cancel()
        await server.ended.wait()


async def test_a_certificate_of_another_name_is_not_believed(authority: Authority) -> None:
    server = Server(OK)
    async with asking(server, authority, name="elsewhere") as (transport, url):
        with pytest.raises(TransportError, match="certificate verify failed"):
            await transport.send(TransportRequest(url, b"{}"))
    assert not server.requests


async def test_the_name_of_the_server_is_the_one_expected_where_the_url_has_its_address(
    authority: Authority,
) -> None:
    server = Server(OK)
    async with asking(server, authority, name="movies.test") as (transport, url):
        await transport.send(TransportRequest(url, b"{}", server="movies.test:1234"))
        with pytest.raises(TransportError, match="certificate verify failed"):
            await transport.send(TransportRequest(url, b"{}"))
    assert [b"host: movies.test:1234\r\n" in request for request in server.requests] == [True]


async def test_connections_as_one_name_are_not_used_as_another(authority: Authority) -> None:
    server = Server(OK)
    async with asking(server, authority) as (transport, url):
        await transport.send(TransportRequest(url, b"{}"))
        with pytest.raises(TransportError, match="certificate verify failed"):
            await transport.send(TransportRequest(url, b"{}", server="movies.test"))
    assert len(server.requests) == 1


async def test_an_authority_that_is_not_trusted_is_not_believed(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other", "another authority")
    async with asking(Server(OK), authority, trusted=other) as (transport, url):
        with pytest.raises(TransportError, match="certificate verify failed"):
            await transport.send(TransportRequest(url, b"{}"))


async def test_those_that_everybody_trusts_are_trusted_where_nobody_is_named(authority: Authority) -> None:
    transport = Http1Transport(60)
    async with serving(Server(OK), secured(authority)) as url, asyncio.timeout(20):
        with pytest.raises(TransportError, match="certificate verify failed"):
            await transport.send(TransportRequest(url, b"{}"))


async def test_tls_is_not_left_out_for_a_server_that_speaks_none(authority: Authority) -> None:
    came: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.read(65_536))
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    transport = Http1Transport(60, tls=ssl.create_default_context(cafile=authority.file))
    async with serving(refuse) as url, asyncio.timeout(20):
        with pytest.raises(TransportError):
            await transport.send(TransportRequest(url.replace("http://", "https://"), b"{}"))
    assert not any(b"POST" in each for each in came)


async def test_without_tls_a_server_that_speaks_it_is_not_understood(authority: Authority) -> None:
    server = Server(OK)
    async with serving(server, secured(authority)) as url, asyncio.timeout(20):
        with pytest.raises(TransportError):
            await Http1Transport(60).send(TransportRequest(url.replace("https://", "http://"), b"{}"))
    assert not server.requests


@pytest.mark.parametrize("url", ["ftp://localhost/", "localhost", "ws://localhost/"])
async def test_no_other_scheme_is_spoken(url: str) -> None:
    with pytest.raises(TransportError, match="neither http:// nor https://"):
        await Http1Transport(1).send(TransportRequest(url, b"{}"))
