"""Clients that others wrote, and an audit of servers, over a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import gql
import pytest
import pytest_asyncio
from gql.transport import AsyncTransport
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from starlette.types import ASGIApp

from supergraph.configuration import Configuration
from supergraph.model import Supergraph
from supergraph.server.closing import Closing
from supergraph.server.router import create_router
from supergraph.upstream import Endpoint
from tests.server.local_upstream import LocalUpstream
from tests.server.telemetry.conftest import LocalTransport

CLIENTS = Path(__file__).parent / "clients"
AUDITS = 61
Served = Callable[[ASGIApp, Closing], AbstractAsyncContextManager[str]]

pytestmark = pytest.mark.needs("node")


@pytest_asyncio.fixture
async def address(supergraph: Supergraph, upstream: LocalUpstream, served: Served) -> AsyncIterator[str]:
    """`127.0.0.1:port` of a router as it is by default, but for introspection, for which the audit asks."""
    if not (CLIENTS / "node_modules").is_dir():
        pytest.fail("The clients are not installed: run `npm ci` in tests/server/clients, or `make test`.")
    subgraph = LocalTransport(upstream)
    endpoints = {"local": Endpoint("http://local/graphql", subgraph)}
    router = create_router(Configuration.of({"introspection": True}), supergraph, endpoints, subgraph)
    async with served(router, router.closing) as place:
        yield place


async def run(script: str, *arguments: str) -> str:
    """What a script of `clients/` prints."""
    process = await asyncio.create_subprocess_exec(
        "node",
        CLIENTS / script,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def results(script: str, *arguments: str) -> list[dict[str, Any]]:
    return json.loads(await run(script, *arguments))


async def test_the_audit_of_graphql_over_http_passes_whole(address: str) -> None:
    lines = (await run("audit.mjs", f"http://{address}/graphql")).splitlines()
    audits = [json.loads(line) for line in lines]

    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == AUDITS


@pytest.mark.parametrize(
    ("script", "scheme"),
    [
        ("graphql-ws.mjs", "ws"),
        ("graphql-sse.mjs", "http"),
        ("apollo-client.mjs", "http"),
        ("urql.mjs", "http"),
    ],
)
async def test_a_client_gets_the_events_of_a_subscription(script: str, scheme: str, address: str) -> None:
    events = await results(script, f"{scheme}://{address}/graphql", "subscription { numbers(to: 2) }")

    assert [event["data"] for event in events] == [{"numbers": 0}, {"numbers": 1}]


@pytest.mark.parametrize(
    ("script", "scheme"),
    [
        ("graphql-ws.mjs", "ws"),
        ("graphql-sse.mjs", "http"),
        ("apollo-client.mjs", "http"),
        ("urql.mjs", "http"),
    ],
)
async def test_a_client_gets_the_answer_to_a_query(script: str, scheme: str, address: str) -> None:
    answers = await results(script, f"{scheme}://{address}/graphql", "{ hello }")

    assert [answer["data"] for answer in answers] == [{"hello": "Hello, you"}]


async def test_apollo_client_is_asked_for_a_document_that_is_not_known_and_sends_it(address: str) -> None:
    url, query = f"http://{address}/graphql", "query Greeting { hello }"

    assert await results("apollo-client.mjs", url, query, "persisted") == [{"data": {"hello": "Hello, you"}}]


@pytest.mark.parametrize(
    ("transport", "scheme"), [(HTTPXAsyncTransport, "http"), (WebsocketsTransport, "ws")], ids=["http", "ws"]
)
async def test_gql_gets_the_answer_to_a_query(
    transport: Callable[..., AsyncTransport], scheme: str, address: str
) -> None:
    async with gql.Client(transport=transport(url=f"{scheme}://{address}/graphql")) as session:
        assert await session.execute(gql.gql("{ hello }")) == {"hello": "Hello, you"}


async def test_gql_gets_the_events_of_a_subscription(address: str) -> None:
    async with gql.Client(transport=WebsocketsTransport(url=f"ws://{address}/graphql")) as session:
        events = session.subscribe(gql.gql("subscription { numbers(to: 2) }"))
        assert [event async for event in events] == [{"numbers": 0}, {"numbers": 1}]
