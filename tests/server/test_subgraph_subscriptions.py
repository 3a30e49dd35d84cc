"""A subscription of one subgraph, each of whose events another completes, over each way to subgraphs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import orjson
import pytest
import strawberry
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL

from tests.server.businesses import Served, Subgraph, running


@strawberry.federation.type(keys=["id"])
class Film:
    id: strawberry.ID


@strawberry.type
class Query:
    ready: bool = True


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def returned(self) -> AsyncGenerator[Film]:
        for number in ("1", "2"):
            yield Film(id=strawberry.ID(number))

    @strawberry.subscription
    async def interrupted(self) -> AsyncGenerator[Film]:
        yield Film(id=strawberry.ID("1"))
        raise ValueError("broken on purpose")


class Counter:
    """A subgraph of Strawberry that tells of returned films."""

    def __init__(self) -> None:
        schema = strawberry.federation.Schema(query=Query, subscription=Subscription)
        self.sdl = schema.as_str()
        protocols = [GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL]
        self.app = GraphQL[None, None](schema, subscription_protocols=protocols)


def films() -> Subgraph:
    sdl = 'type Query { films: Int } type Film @key(fields: "id") { id: ID! title: String }'
    return Subgraph(sdl, {}, {"Film": {"title": "Nosferatu"}})


WAYS: list[Any] = [
    pytest.param({"at": {"counter": {"subscriptions": {"protocol": "sse"}}}}, id="sse"),
    pytest.param(
        {"at": {"counter": {"subscriptions": {"protocol": "graphql-transport-ws"}}}}, id="websocket"
    ),
    pytest.param({"in_process": ("counter",)}, id="in process"),
]


async def events(served: Served, subgraphs: dict[str, Any], query: str, **way: Any) -> list[dict[str, Any]]:
    """What a client receives over server-sent events, until the stream is complete."""
    async with running(served, subgraphs, **way) as business, asyncio.timeout(20):
        headers = {"accept": "text/event-stream"}
        response = await business.client.post("/graphql", json={"query": query}, headers=headers)
    assert response.text.rstrip().endswith("event: complete\ndata:"), response.text
    lines = [line.removeprefix("data: ") for line in response.text.splitlines()]
    return [orjson.loads(line) for line in lines if line.startswith("{")]


@pytest.mark.parametrize("way", WAYS)
async def test_each_event_is_completed_by_the_other_subgraph(served: Served, way: dict[str, Any]) -> None:
    subgraphs = {"counter": Counter(), "films": films()}
    received = await events(served, subgraphs, "subscription { returned { id title } }", **way)
    assert received == [{"data": {"returned": {"id": number, "title": "Nosferatu"}}} for number in ("1", "2")]
    asked = [body["variables"]["representations"] for body in subgraphs["films"].asked]
    assert asked == [[{"__typename": "Film", "id": number}] for number in ("1", "2")]


@pytest.mark.parametrize("way", WAYS)
async def test_the_other_subgraph_costs_its_own_fields_where_it_is_down(
    served: Served, way: dict[str, Any]
) -> None:
    subgraphs = {"counter": Counter(), "films": films()}
    subgraphs["films"].mode = "failing"
    received = await events(served, subgraphs, "subscription { returned { id title } }", **way)
    assert [event["data"] for event in received] == [
        {"returned": {"id": number, "title": None}} for number in ("1", "2")
    ]
    assert all(event["errors"][0]["path"] == ["returned", "title"] for event in received)


@pytest.mark.parametrize("way", WAYS)
async def test_a_subscription_that_fails_tells_so_and_ends(served: Served, way: dict[str, Any]) -> None:
    subgraphs = {"counter": Counter(), "films": films()}
    received = await events(served, subgraphs, "subscription { interrupted { title } }", **way)
    assert received[0] == {"data": {"interrupted": {"title": "Nosferatu"}}}
    assert received[-1]["errors"]


@pytest.mark.parametrize("way", WAYS[:2])
async def test_a_subscription_to_a_subgraph_that_is_down_tells_so_and_ends(
    served: Served, way: dict[str, Any]
) -> None:
    subgraphs = {"counter": Counter(), "films": films()}
    way = {**way, "dead": ("counter",)}
    (received,) = await events(served, subgraphs, "subscription { returned { id } }", **way)
    assert received["data"] is None
    assert received["errors"][0]["extensions"]["code"] == "SUBREQUEST_HTTP_ERROR"
