"""A response that goes to its connection whole is, byte for byte, what it is as ASGI has it."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp

from supergraph.configuration import Configuration
from supergraph.model import Supergraph
from supergraph.server.generations import Generations
from supergraph.server.http_connection import HttpConnection
from supergraph.server.readiness import Readiness
from supergraph.server.router import Router, create_router
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse

Served = Callable[[ASGIApp, Any], AbstractAsyncContextManager[str]]
JSON = "content-type: application/json\r\n"
HELLO = orjson.dumps({"query": "{ hello }"})


@pytest.fixture
def made(supergraph: Supergraph) -> Callable[..., Router]:
    async def subgraph(_: TransportRequest) -> TransportResponse:
        await asyncio.sleep(0)
        return TransportResponse(200, {"content-type": "application/json"}, b'{"data": {"hello": "Hello."}}')

    def make(**values: Any) -> Router:
        transport = FunctionTransport(subgraph)
        endpoints = {"local": Endpoint("http://local/graphql", transport)}
        return create_router(Configuration.of(values), supergraph, endpoints, transport)

    return make


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether responses went whole, one by one."""
    told: list[bool] = []
    respond = HttpConnection._respond

    def noted(self: HttpConnection, *given: Any) -> bool:
        told.append(respond(self, *given))
        return told[-1]

    monkeypatch.setattr(HttpConnection, "_respond", noted)
    return told


def newest(router: Router, readiness: Readiness | None = None) -> Generations:
    generations = Generations(readiness or Readiness())
    generations.succeed(router)
    return generations


async def told(served: Served, app: ASGIApp, *requests: bytes) -> str:
    """All that comes over one connection upon these requests, sent at once, and one for `/health`; the date aside."""
    async with served(app, asyncio.Event()) as address:
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"".join(requests).replace(b"HOST", address.encode()))
        answered = await asyncio.wait_for(reader.read(65_536), 10)
        writer.write(f"GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n".encode())
        answered += await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return re.sub(r"date: [^\r]*\r\n", "", answered.decode())


def request(body: bytes = HELLO, headers: str = JSON, method: str = "POST") -> bytes:
    head = f"{method} /graphql HTTP/1.1\r\nhost: HOST\r\n{headers}content-length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(request(), id="an answer"),
        pytest.param(request(headers=JSON + "connection: close\r\n"), id="the last of its connection"),
        pytest.param(request(orjson.dumps({"query": "{ nothing }"})), id="errors of the request"),
        pytest.param(
            request(headers=JSON + "accept: application/graphql-response+json\r\n"), id="another media type"
        ),
        pytest.param(request(b"{"), id="no JSON"),
        pytest.param(request(b"", method="HEAD"), id="no body wanted"),
        pytest.param(request() + request(), id="two at once"),
        pytest.param(request().replace(b"HTTP/1.1", b"HTTP/1.0"), id="an old protocol"),
    ],
)
async def test_it_is_told_the_same_either_way(
    made: Callable[..., Router], served: Served, asked: bytes
) -> None:
    router = made()
    answered = await told(served, router, asked)
    assert answered.startswith("HTTP/1.1 ")
    assert await told(served, newest(router), asked) == answered


async def test_an_answer_goes_whole(made: Callable[..., Router], served: Served, whole: list[bool]) -> None:
    assert '{"data":{"hello":"Hello."}}' in await told(served, newest(made()), request())
    assert whole == [True]


async def test_what_is_asked_while_an_answer_is_on_its_way_waits_for_its_turn(
    made: Callable[..., Router], served: Served
) -> None:
    queries = [orjson.dumps({"query": f"{{ a{number}: hello }}"}) for number in range(5)]
    answered = await told(served, newest(made()), *map(request, queries))
    assert re.findall(r'"(a\d)"', answered) == ["a0", "a1", "a2", "a3", "a4"]


async def test_a_router_that_closes_says_so(
    made: Callable[..., Router], served: Served, whole: list[bool]
) -> None:
    answered = await told(served, newest(made(), Readiness(closing=True)), request())
    assert "connection: close" in answered
    assert whole == []


async def test_whoever_adds_to_a_response_is_not_passed_by(
    made: Callable[..., Router], served: Served, whole: list[bool]
) -> None:
    router = made(cors={"origins": ["https://shop.example"]})
    asked = request(headers=JSON + "origin: https://shop.example\r\n")
    assert "access-control-allow-origin: https://shop.example" in await told(served, newest(router), asked)
    assert whole == []
