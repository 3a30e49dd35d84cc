"""The way to the subgraphs, as configured."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

import pytest
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from supergraph.composition import SubgraphSource, compose, read
from supergraph.configuration import Configuration, ConfigurationError
from supergraph.execution import Caller, Engine
from supergraph.server.endpoints import http_endpoints
from supergraph.server.parts import Parts
from supergraph.server.upstream import create_pools, create_upstream
from supergraph.upstream import (
    Endpoint,
    FunctionTransport,
    HttpTransport,
    SubgraphRequest,
    SubgraphStatus,
    SubgraphUnreachable,
    TransportRequest,
    TransportResponse,
    Upstream,
    reply_to,
)
from tests.server.local_upstream import local_supergraph

Served = Callable[[ASGIApp, asyncio.Event], AbstractAsyncContextManager[str]]

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


def upstream_of(values: Mapping[str, object], endpoints: Mapping[str, Endpoint]) -> Upstream:
    configuration, parts = Configuration.of(values), Parts()
    return create_upstream(configuration, create_pools(configuration, endpoints, parts), parts)


@pytest.mark.parametrize(("values", "sent"), [({}, 1), ({"upstream": {"deduplicate_reads": False}}, 2)])
async def test_identical_queries_in_flight_are_sent_once_unless_configured_otherwise(
    values: dict[str, object], sent: int
) -> None:
    subgraph = Subgraph()
    endpoints = {"movies": Endpoint("http://movies/graphql", FunctionTransport(subgraph))}
    upstream = upstream_of(values, endpoints)

    await asyncio.gather(reply_to(upstream, READ), reply_to(upstream, READ))

    assert len(subgraph.asked) == sent


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"data": {"a": 1}})(scope, receive, send)


async def test_of_several_addresses_one_that_refuses_connections_is_soon_asked_no_more(
    served: Served,
) -> None:
    patient = {"upstream": {"ejection": {"pause_seconds": 1e6, "longest_pause_seconds": 1e6}}}
    with socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))
        async with served(live, asyncio.Event()) as address, HttpTransport() as transport:
            refuses = f"http://127.0.0.1:{dead.getsockname()[1]}/"
            endpoint = Endpoint(refuses, transport, replicas=(f"http://{address}/",))
            upstream = upstream_of(patient, {"movies": endpoint})
            failures = 0
            for _ in range(60):
                try:
                    assert (await reply_to(upstream, READ)).data == {"a": 1}
                except SubgraphUnreachable:
                    failures += 1

    assert failures <= 5


PEOPLE = "type Query { people: [String] }"
FILMS = "type Query { films: [String] }"


async def test_a_circuit_that_is_open_costs_the_fields_of_its_subgraph_and_nothing_else() -> None:
    asked = 0

    async def broken(_request: TransportRequest) -> TransportResponse:
        nonlocal asked
        asked += 1
        return TransportResponse(500, {}, b"")

    async def well(_request: TransportRequest) -> TransportResponse:
        return TransportResponse(200, {}, b'{"data":{"people":["Ada"]}}')

    endpoints = {
        "films": Endpoint("http://films", FunctionTransport(broken)),
        "people": Endpoint("http://people", FunctionTransport(well)),
    }
    sources = [SubgraphSource(name, "", sdl) for name, sdl in (("films", FILMS), ("people", PEOPLE))]
    sdl = compose(sources).supergraph_sdl
    assert sdl is not None
    engine = Engine(read(sdl), upstream_of({}, endpoints))
    query = engine.prepare("{ films people }")
    answer = [(await engine.execute(query, {}, Caller())).as_dict() for _ in range(25)][-1]

    assert asked == 20
    assert answer["data"] == {"films": None, "people": ["Ada"]}
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["films"], "SUBGRAPH_CIRCUIT_BREAKER_REJECTED")
    ]


async def test_a_circuit_breaker_may_be_off() -> None:
    asked = 0

    async def broken(_request: TransportRequest) -> TransportResponse:
        nonlocal asked
        asked += 1
        return TransportResponse(500, {}, b"")

    values = {"upstream": {"circuit_breaker": {"enabled": False}}}
    endpoints = {"movies": Endpoint("http://movies", FunctionTransport(broken))}
    upstream = upstream_of(values, endpoints)
    for _ in range(25):
        with pytest.raises(SubgraphStatus):
            await reply_to(upstream, READ)

    assert asked == 25


@pytest.mark.parametrize(("retries", "sent"), [({}, 22), ({"attempts": 1}, 20), ({"budget": 0}, 20)])
async def test_a_query_that_failed_is_sent_again_unless_configured_otherwise(
    retries: dict[str, object], sent: int
) -> None:
    asked = 0

    async def unavailable(_request: TransportRequest) -> TransportResponse:
        nonlocal asked
        asked += 1
        return TransportResponse(503, {}, b"")

    values = {"upstream": {"circuit_breaker": {"enabled": False}, "retries": retries}}
    endpoints = {"movies": Endpoint("http://movies", FunctionTransport(unavailable))}
    upstream = upstream_of(values, endpoints)
    for _ in range(20):
        with pytest.raises(SubgraphStatus):
            await reply_to(upstream, READ)

    assert asked == sent


def test_each_configured_address_is_an_endpoint() -> None:
    configuration = Configuration.of({"subgraphs": {"local": {"urls": ["http://a/", "http://b/"]}}})
    endpoint = http_endpoints(configuration, local_supergraph(), Parts())["local"]

    assert (endpoint.url, endpoint.replicas) == ("http://a/", ("http://b/",))


def test_an_address_that_is_not_http_is_told() -> None:
    configuration = Configuration.of({"subgraphs": {"local": {"urls": ["http://a/", "ftp://b/"]}}})
    with pytest.raises(ConfigurationError, match=r"subgraphs.local.urls: .* 'ftp://b/'"):
        http_endpoints(configuration, local_supergraph(), Parts())
