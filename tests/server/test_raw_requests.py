"""Requests that no well-behaved client sends, over raw sockets: what two servers could read in two ways is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from supergraph.configuration import Configuration
from supergraph.model import Supergraph
from supergraph.server.router import create_router
from supergraph.server.serving import listen, serve
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse

BODY = b'{"query":"{ hello }"}'
HEAD = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
LENGTH = b"content-length: %d\r\n" % len(BODY)
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
SMUGGLED = b"GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n"


class Asked:
    """A subgraph that remembers the headers of each request."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []

    async def __call__(self, request: TransportRequest) -> TransportResponse:
        self.headers.append(dict(request.headers))
        return TransportResponse(200, {"content-type": "application/json"}, b'{"data": {"hello": "Hello"}}')


@pytest.fixture
def subgraph() -> Asked:
    return Asked()


@pytest.fixture
async def port(supergraph: Supergraph, subgraph: Asked) -> AsyncIterator[int]:
    """A router that passes a client's x-client-name on, and nothing else."""
    configuration = Configuration.of({"headers": {"propagate": ["x-client-name"]}})
    transport = FunctionTransport(subgraph)
    router = create_router(
        configuration, supergraph, {"local": Endpoint("http://local", transport)}, transport
    )
    async with serving(router) as port:
        yield port


@asynccontextmanager
async def serving(router) -> AsyncIterator[int]:  # noqa: ANN001 - any application
    bound, stop, listening = listen("127.0.0.1", 0), asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(
        serve(router, bound, stop, on_stopping=router.closing.set, on_listening=listening.set)
    )
    await listening.wait()
    yield bound.getsockname()[1]
    stop.set()
    await task


async def ask(port: int, request: bytes) -> bytes:
    """All that comes back to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


async def test_a_plain_request_is_answered(port: int) -> None:
    response = await ask(port, HEAD + LENGTH + b"connection: close\r\n\r\n" + BODY)

    assert response.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(
            HEAD + LENGTH + b"transfer-encoding: chunked\r\n\r\n" + CHUNKS + SMUGGLED,
            id="a length and chunks",
        ),
        pytest.param(
            HEAD + b"transfer-encoding: chunked\r\n" + LENGTH + b"\r\n" + CHUNKS + SMUGGLED,
            id="chunks and a length",
        ),
        pytest.param(HEAD + LENGTH + b"content-length: 3\r\n\r\n" + BODY + SMUGGLED, id="two lengths"),
        pytest.param(HEAD + b"content-length: +21\r\n\r\n" + BODY + SMUGGLED, id="a length with a sign"),
        pytest.param(HEAD + b"content-length: 21, 21\r\n\r\n" + BODY + SMUGGLED, id="a list of lengths"),
        pytest.param(
            HEAD + b"transfer-encoding: xchunked\r\n\r\n" + CHUNKS + SMUGGLED, id="another encoding"
        ),
        pytest.param(
            HEAD + b"transfer-encoding : chunked\r\n\r\n" + CHUNKS + SMUGGLED, id="a space before the colon"
        ),
        pytest.param(
            HEAD + b"transfer-encoding: chunked\r\n\r\n0x15\r\n" + BODY + b"\r\n0\r\n\r\n",
            id="a chunk's odd size",
        ),
        pytest.param(
            HEAD + b"transfer-encoding:\r\n chunked\r\n\r\n" + CHUNKS + SMUGGLED, id="a folded header"
        ),
        pytest.param(HEAD + b"x-a: b\rx-c: d\r\n" + LENGTH + b"\r\n" + BODY, id="a bare carriage return"),
        pytest.param(HEAD + b"x-a: b\0c\r\n" + LENGTH + b"\r\n" + BODY, id="a zero byte"),
    ],
)
async def test_a_request_that_could_be_read_in_two_ways_is_refused_and_nothing_after_it_is_read(
    port: int, subgraph: Asked, request_: bytes
) -> None:
    response = await ask(port, request_)

    assert response.startswith(b"HTTP/1.1 400 ")
    assert response.count(b"HTTP/1.1 ") == 1
    assert subgraph.headers == []


async def test_no_header_that_is_not_named_passes_however_it_is_written(port: int, subgraph: Asked) -> None:
    spoofed = (
        b"X-User-Id: usr_1\r\nX_USER_ID: usr_1\r\nx-user-id: usr_2\r\nX-Client-Address: 10.0.0.1\r\n"
        b"x_client_address: 10.0.0.1\r\nForwarded: for=10.0.0.1\r\nCookie: a=b\r\n"
        b"Connection: close, x-client-name\r\nX-Client-Name: shop\r\nX_Client_Name: forged\r\n"
    )
    response = await ask(port, HEAD + spoofed + LENGTH + b"\r\n" + BODY)

    assert response.startswith(b"HTTP/1.1 200 ")
    [headers] = subgraph.headers
    passed = {name.lower().replace("_", "-") for name in headers}
    assert passed.isdisjoint({"x-user-id", "x-client-address", "forwarded", "cookie", "connection"})
    assert headers.get("x-client-name") == "shop"
    assert "x_client_name" not in headers


@pytest.mark.parametrize("name", [b"authorization: Bearer a.b.c", b"content-type: application/json"])
async def test_a_header_that_can_stand_once_is_refused_where_it_stands_twice(
    port: int, subgraph: Asked, name: bytes
) -> None:
    response = await ask(
        port, HEAD + name + b"\r\n" + name + b"\r\n" + LENGTH + b"connection: close\r\n\r\n" + BODY
    )

    assert response.startswith(b"HTTP/1.1 400 ")
    assert b"BAD_REQUEST" in response
    assert subgraph.headers == []
