"""The subgraphs of this house are Strawberry applications: what it answers is understood."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import strawberry
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL

from supergraph.upstream import AsgiTransport, DirectUpstream, Endpoint, SubgraphRequest


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "you") -> str:
        return f"hello {name}"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int]:
        for number in range(1, to + 1):
            yield number


@pytest.fixture
def upstream() -> DirectUpstream:
    schema = strawberry.Schema(query=Query, subscription=Subscription)
    app = GraphQL[None, None](schema, subscription_protocols=[GRAPHQL_SSE_PROTOCOL])
    return DirectUpstream({"counter": Endpoint("http://counter/graphql", AsgiTransport(app))})


async def test_a_query(upstream: DirectUpstream) -> None:
    reply = await upstream.fetch(SubgraphRequest("counter", b'{"query":"{hello(name:\\"Ada\\")}"}'))
    assert reply.data == {"hello": "hello Ada"}


async def test_an_invalid_query(upstream: DirectUpstream) -> None:
    reply = await upstream.fetch(SubgraphRequest("counter", b'{"query":"{nobody}"}'))
    assert reply.data is None
    assert "Cannot query field" in reply.errors[0]["message"]


async def test_a_subscription(upstream: DirectUpstream) -> None:
    request = SubgraphRequest("counter", b'{"query":"subscription{count(to:2)}"}')
    assert [reply.data async for reply in upstream.subscribe(request)] == [{"count": 1}, {"count": 2}]


async def test_a_refused_subscription(upstream: DirectUpstream) -> None:
    request = SubgraphRequest("counter", b'{"query":"subscription{nothing}"}')
    (reply,) = [reply async for reply in upstream.subscribe(request)]
    assert reply.errors
