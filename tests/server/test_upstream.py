"""The way to the subgraphs, as configured."""

from __future__ import annotations

import asyncio

import pytest

from supergraph.configuration import Configuration
from supergraph.server.upstream import create_upstream
from supergraph.upstream import (
    Endpoint,
    FunctionTransport,
    SubgraphRequest,
    TransportRequest,
    TransportResponse,
)

READ = SubgraphRequest("movies", b'{"query":"{a}"}')


class Subgraph:
    """Counts what reaches it, and answers once everything that can happen before has happened."""

    def __init__(self) -> None:
        self.asked: list[TransportRequest] = []

    async def __call__(self, request: TransportRequest) -> TransportResponse:
        self.asked.append(request)
        for _ in range(20):
            await asyncio.sleep(0)
        return TransportResponse(200, {}, b'{"data":{"a":1}}')


@pytest.mark.parametrize(("values", "sent"), [({}, 1), ({"upstream": {"deduplicate_reads": False}}, 2)])
async def test_identical_queries_in_flight_are_sent_once_unless_configured_otherwise(
    values: dict[str, object], sent: int
) -> None:
    subgraph = Subgraph()
    endpoints = {"movies": Endpoint("http://movies/graphql", FunctionTransport(subgraph))}
    upstream = create_upstream(Configuration.of(values), endpoints)

    await asyncio.gather(upstream.fetch(READ), upstream.fetch(READ))

    assert len(subgraph.asked) == sent
