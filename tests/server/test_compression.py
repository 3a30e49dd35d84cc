"""Responses to clients are compressed where they ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
import orjson
import pytest
from starlette.types import ASGIApp

from supergraph.configuration import Configuration
from supergraph.model import Supergraph
from supergraph.server.compression import negotiated
from supergraph.server.router import Router, create_router
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse
from supergraph.upstream.codings import decode

OFFERED = ("zstd", "br", "gzip")
Served = Callable[[ASGIApp, asyncio.Event], AbstractAsyncContextManager[str]]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (b"", ""),
        (b"identity", ""),
        (b"deflate", ""),
        (b"gzip", "gzip"),
        (b"GZip", "gzip"),
        (b"gzip, deflate, br, zstd", "zstd"),
        (b"gzip, br;q=0.9", "gzip"),
        (b"gzip;q=0.5, br;q=0.8, zstd;q=0", "br"),
        (b"*", "zstd"),
        (b"*, zstd;q=0", "br"),
        (b"gzip;q=0", ""),
        (b"gzip;q=0.2, identity", ""),
        (b"gzip;q=much", ""),
    ],
)
def test_the_coding_is_the_one_that_the_client_likes_best(accepted: bytes, coding: str) -> None:
    assert negotiated(accepted, OFFERED) == coding


def router(supergraph: Supergraph, text: str, **values: Any) -> Router:
    async def answer(_request: TransportRequest) -> TransportResponse:
        return TransportResponse(200, {}, orjson.dumps({"data": {"hello": text}}))

    endpoints = {"local": Endpoint("http://local", FunctionTransport(answer))}
    return create_router(Configuration.of(values), supergraph, endpoints, FunctionTransport(answer))


async def ask(
    served: Served, app: Router, accept_encoding: str, accept: str = "application/json"
) -> tuple[httpx2.Response, bytes]:
    """The response, and its body as it came over the socket."""
    headers = {"accept-encoding": accept_encoding, "accept": accept}
    async with served(app, asyncio.Event()) as address, httpx2.AsyncClient() as client:
        url = f"http://{address}/graphql"
        async with client.stream("POST", url, json={"query": "{ hello }"}, headers=headers) as response:
            return response, b"".join([chunk async for chunk in response.aiter_raw()])


@pytest.mark.parametrize("coding", OFFERED)
@pytest.mark.parametrize("length", [5_000, 500_000])
async def test_a_large_response_comes_in_the_coding_that_is_asked_for(
    supergraph: Supergraph, served: Served, coding: str, length: int
) -> None:
    text = "x" * length
    response, body = await ask(served, router(supergraph, text), coding)
    assert (response.headers["content-encoding"], response.headers["vary"]) == (coding, "accept-encoding")
    assert len(body) == int(response.headers["content-length"]) < length
    assert orjson.loads(decode(coding, body, length * 2)) == {"data": {"hello": text}}


@pytest.mark.parametrize(
    ("text", "accept_encoding", "values"),
    [
        ("x" * 5_000, "identity", {}),
        ("x" * 100, "gzip", {}),
        ("x" * 5_000, "gzip", {"compression": {"enabled": False}}),
        ("x" * 5_000, "gzip", {"compression": {"smallest_bytes": 10_000}}),
        ("x" * 5_000, "gzip", {"compression": {"codings": ["br"]}}),
    ],
)
async def test_a_response_comes_as_it_is_where_it_is_small_or_that_is_not_wanted(
    supergraph: Supergraph, served: Served, text: str, accept_encoding: str, values: dict[str, Any]
) -> None:
    response, body = await ask(served, router(supergraph, text, **values), accept_encoding)
    assert "content-encoding" not in response.headers
    assert orjson.loads(body) == {"data": {"hello": text}}


async def test_a_stream_is_not_compressed(supergraph: Supergraph, served: Served) -> None:
    response, body = await ask(served, router(supergraph, "x" * 5_000), "gzip", "text/event-stream")
    assert "content-encoding" not in response.headers
    assert body.startswith((b":", b"event:"))
