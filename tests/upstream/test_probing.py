"""Endpoints are asked how they are, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from supergraph.upstream import (
    EjectionRule,
    Endpoint,
    HttpTransport,
    Member,
    Pool,
    ProbeRule,
    Probing,
    answers_path,
    answers_query,
)
from tests.upstream.conftest import listening
from tests.upstream.scripted import Scripted

RULE = ProbeRule(interval=1e6, timeout=5, unhealthy=2, healthy=2)


async def health(request: Request) -> Response:
    return Response(status_code=200 if request.app.state.well else 503)


async def graphql(request: Request) -> Response:
    if (await request.json()) != {"query": "{__typename}"}:
        return Response(status_code=500)
    if request.app.state.refuses:
        return JSONResponse({"errors": [{"message": "who are you?"}]}, 401)
    if request.app.state.well:
        return JSONResponse({"data": {"__typename": "Query"}})
    return Response(status_code=502)


@pytest.fixture
def app() -> Starlette:
    app = Starlette(
        routes=[Route("/health", health, methods=["GET"]), Route("/graphql", graphql, methods=["POST"])]
    )
    app.state.well, app.state.refuses = True, False
    return app


@pytest.fixture
async def endpoint(app: Starlette) -> AsyncIterator[Endpoint]:
    async with HttpTransport() as transport, listening(app) as address:
        yield Endpoint(f"{address}/graphql", transport)


class Probed:
    """One endpoint, probed when a test says."""

    def __init__(self, endpoint: Endpoint, path: str) -> None:
        async def probe() -> bool:
            return await (answers_path(endpoint, path) if path else answers_query(endpoint))

        self.member = Member("", Scripted(), rule=EjectionRule(1), probe=probe)
        self.pool = Pool([self.member])
        self.probing = Probing("movies", self.pool, RULE)

    async def rounds(self, count: int) -> None:
        for _ in range(count):
            await self.probing.round()


@pytest.fixture(params=["/health", ""])
async def probed(endpoint: Endpoint, request: pytest.FixtureRequest) -> AsyncIterator[Probed]:
    probed = Probed(endpoint, request.param)
    yield probed
    await probed.probing.aclose()


async def test_an_endpoint_that_fails_probes_in_a_row_is_left_out_until_it_answers_in_a_row(
    probed: Probed, app: Starlette
) -> None:
    await probed.rounds(2)
    assert probed.member.available
    app.state.well = False
    await probed.rounds(1)
    assert probed.member.available
    await probed.rounds(1)
    assert not probed.member.available
    assert probed.member.suspect
    app.state.well = True
    await probed.rounds(1)
    assert not probed.member.available
    await probed.rounds(1)
    assert probed.member.available


async def test_an_ejected_endpoint_that_answers_probes_is_back_before_its_time_on_probation(
    probed: Probed,
) -> None:
    probed.member.ejection.fail(0.0)
    assert not probed.member.available
    await probed.rounds(2)
    assert probed.member.available
    assert probed.member.on_probation


async def test_an_endpoint_that_refuses_the_probe_is_well(endpoint: Endpoint, app: Starlette) -> None:
    app.state.refuses = True
    assert await answers_query(endpoint)


@pytest.mark.parametrize("path", ["/health", ""])
async def test_an_endpoint_that_is_not_there_does_not_answer(path: str) -> None:
    async with HttpTransport() as transport:
        gone = Endpoint("http://127.0.0.1:1/graphql", transport)
        assert not await (answers_path(gone, path) if path else answers_query(gone))


async def test_an_endpoint_that_takes_too_long_does_not_answer() -> None:
    async def never() -> bool:
        return await asyncio.Event().wait()

    member = Member("", Scripted(), probe=never)
    probing = Probing("movies", Pool([member]), ProbeRule(1e6, timeout=0.01, unhealthy=1))
    await probing.round()
    assert member.sick
    await probing.aclose()
