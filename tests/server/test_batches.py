"""Several operations in one HTTP request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from supergraph.server.callers import Callers
from supergraph.server.closing import Closing
from supergraph.server.graphql_over_http import GraphQLOverHttp, HttpOptions
from supergraph.server.operations import Operations


@pytest.fixture
def client(operations: Operations, client_of: Callable[[ASGIApp], httpx2.AsyncClient]) -> httpx2.AsyncClient:
    options = HttpOptions(largest_batch=3)
    return client_of(GraphQLOverHttp(operations, Callers(None, None), Closing(), options))


async def answers(client: httpx2.AsyncClient, *queries: str) -> Any:
    response = await client.post("/graphql", json=[{"query": query} for query in queries])
    return response.json()


async def test_each_operation_is_answered_at_its_place(client: httpx2.AsyncClient) -> None:
    assert await answers(client, "{ a: hello }", "{ b: hello }") == [
        {"data": {"a": "Hello, you"}},
        {"data": {"b": "Hello, you"}},
    ]


async def test_mutations_in_a_batch_are_executed_one_after_another(client: httpx2.AsyncClient) -> None:
    assert await answers(client, *["mutation { count }"] * 3) == [{"data": {"count": n}} for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ crash }", "INTERNAL_SERVER_ERROR"),
        ("subscription { numbers(to: 1) }", "BATCHING_SUBSCRIPTION_UNSUPPORTED"),
    ],
)
async def test_an_operation_that_is_refused_or_fails_harms_no_other(
    client: httpx2.AsyncClient, query: str, code: str
) -> None:
    refused, answered = await answers(client, query, "{ hello }")

    assert refused["errors"][0]["extensions"]["code"] == code
    assert answered == {"data": {"hello": "Hello, you"}}


@pytest.mark.parametrize("size", [0, 4])
async def test_a_batch_of_a_wrong_size_is_refused_whole(client: httpx2.AsyncClient, size: int) -> None:
    response = await client.post("/graphql", json=[{"query": "{ hello }"}] * size)

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BATCH_LIMIT_EXCEEDED"
