"""Subscriptions as multipart responses, over a real socket."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx2
from starlette.types import ASGIApp

from supergraph.server.callers import Callers
from supergraph.server.closing import Closing
from supergraph.server.graphql_over_http import GraphQLOverHttp, HttpOptions
from supergraph.server.operations import Operations

Served = Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]
ACCEPT = {"accept": 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'}


async def answer(operations: Operations, served: Served, query: str) -> httpx2.Response:
    endpoint = GraphQLOverHttp(operations, Callers(None, None), Closing(), HttpOptions())
    async with served(endpoint, Closing()) as address, httpx2.AsyncClient() as client:
        return await client.post(f"http://{address}/graphql", json={"query": query}, headers=ACCEPT)


async def test_each_event_is_a_part_and_the_last_boundary_is_the_end(
    operations: Operations, served: Served
) -> None:
    response = await answer(operations, served, "subscription { numbers(to: 2) }")
    part = "\r\ncontent-type: application/json\r\n\r\n"

    assert response.headers["content-type"] == 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'
    assert response.text == (
        f'\r\n--graphql{part}{{"payload":{{"data":{{"numbers":0}}}}}}'
        f'\r\n--graphql{part}{{"payload":{{"data":{{"numbers":1}}}}}}'
        "\r\n--graphql--\r\n"
    )


async def test_a_query_is_answered_in_one_piece_of_json(operations: Operations, served: Served) -> None:
    response = await answer(operations, served, "{ hello }")

    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json() == {"data": {"hello": "Hello, you"}}
