"""Subscriptions as server-sent events, over a real socket."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager

import httpx2
import pytest
from starlette.types import ASGIApp

from supergraph.server.callers import Callers
from supergraph.server.closing import Closing
from supergraph.server.event_stream import EVENT_STREAM
from supergraph.server.graphql_over_http import GraphQLOverHttp, HttpOptions
from supergraph.server.operations import Operations, ResponseMap
from supergraph.server.streaming import pieces
from tests.server.local_upstream import LocalUpstream, until

Served = Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]
STREAM = {"accept": "text/event-stream"}


@pytest.fixture
def closing() -> Closing:
    return Closing()


@pytest.fixture
def endpoint(operations: Operations, closing: Closing) -> GraphQLOverHttp:
    return GraphQLOverHttp(operations, Callers(None, None), closing, HttpOptions(body_limit=10_000))


async def text_of(endpoint: ASGIApp, served: Served, query: str) -> str:
    async with served(endpoint, Closing()) as address, httpx2.AsyncClient() as client:
        response = await client.post(f"http://{address}/graphql", json={"query": query}, headers=STREAM)
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    return response.text


async def test_each_event_is_a_next_and_the_end_is_a_complete(
    endpoint: GraphQLOverHttp, served: Served
) -> None:
    assert await text_of(endpoint, served, "subscription { numbers(to: 2) }") == (
        ":\n\n"
        'event: next\ndata: {"data":{"numbers":0}}\n\n'
        'event: next\ndata: {"data":{"numbers":1}}\n\n'
        "event: complete\ndata:\n\n"
    )


async def test_a_query_is_a_stream_of_one(endpoint: GraphQLOverHttp, served: Served) -> None:
    assert await text_of(endpoint, served, "{ hello }") == (
        ':\n\nevent: next\ndata: {"data":{"hello":"Hello, you"}}\n\nevent: complete\ndata:\n\n'
    )


async def test_a_refused_request_is_told_of_in_the_stream(endpoint: GraphQLOverHttp, served: Served) -> None:
    text = await text_of(endpoint, served, "subscription { nothing }")

    assert '"code":"GRAPHQL_VALIDATION_FAILED"' in text
    assert text.endswith("event: complete\ndata:\n\n")


async def test_the_subscription_ends_when_the_client_goes(
    endpoint: GraphQLOverHttp, served: Served, upstream: LocalUpstream
) -> None:
    query = {"query": "subscription { numbers(to: 0) }"}
    async with served(endpoint, Closing()) as address, httpx2.AsyncClient() as client:
        async with client.stream("POST", f"http://{address}/graphql", json=query, headers=STREAM):
            await until(lambda: upstream.subscribed == 1)
        await until(lambda: upstream.subscribed == 0)


async def test_the_stream_ends_with_the_reason_and_without_complete_when_the_router_closes(
    endpoint: GraphQLOverHttp, served: Served, closing: Closing, upstream: LocalUpstream
) -> None:
    query = {"query": "subscription { numbers(to: 0) }"}
    async with served(endpoint, closing) as address, httpx2.AsyncClient() as client:
        request = asyncio.create_task(client.post(f"http://{address}/graphql", json=query, headers=STREAM))
        await until(lambda: upstream.subscribed == 1)
        closing.set()
        response = await request

    assert response.text.startswith(':\n\nevent: next\ndata: {"errors":[{"message":')
    assert response.text.endswith('"extensions":{"code":"SHUTTING_DOWN"}}]}\n\n')


async def test_a_comment_keeps_an_idle_stream_alive() -> None:
    async def never() -> AsyncGenerator[ResponseMap]:
        await asyncio.Event().wait()
        yield {}

    stream = pieces(never(), EVENT_STREAM, ping_every=0.01)

    assert [await anext(stream) for _ in range(3)] == [b":\n\n"] * 3
    await stream.aclose()
