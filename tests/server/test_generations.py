"""A newer router takes over from an older one, over a real socket: nothing that was begun is lost."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from supergraph.configuration import Configuration
from supergraph.execution import Engine
from supergraph.model import Supergraph
from supergraph.server.generations import Generations
from supergraph.server.parts import Parts
from supergraph.server.readiness import Readiness
from supergraph.server.router import Router, create_router
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse

Served = Callable[[ASGIApp, Any], AbstractAsyncContextManager[str]]
HELLO = {"query": "{ hello }"}


class Subgraph:
    """Answers with its name, once it is let."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()
        self.name = "the first"

    async def __call__(self, _: TransportRequest) -> TransportResponse:
        name = self.name
        self.asked.set()
        await self.answers.wait()
        body = b'{"data": {"hello": "%s"}}' % name.encode()
        return TransportResponse(200, {"content-type": "application/json"}, body)


@pytest.fixture
def subgraph() -> Subgraph:
    return Subgraph()


Made = Callable[..., Router]


@pytest.fixture
def made(supergraph: Supergraph, subgraph: Subgraph) -> Made:
    """A router with these values in its configuration, and maybe a former one."""
    transport = FunctionTransport(subgraph)

    def make(former: Router | None = None, url: str = "http://local/graphql", **values: Any) -> Router:
        endpoints = {"local": Endpoint(url, transport)}
        return create_router(
            Configuration.of(values), supergraph, endpoints, transport, parts=Parts(former and former.parts)
        )

    return make


async def test_a_request_in_flight_is_answered_by_the_generation_that_took_it(
    made: Made, subgraph: Subgraph, served: Served
) -> None:
    generations = Generations(Readiness())
    generations.succeed(first := made())
    async with served(generations, first.closing) as address, httpx2.AsyncClient() as client:
        url = f"http://{address}/graphql"
        request = asyncio.create_task(client.post(url, json=HELLO))
        await subgraph.asked.wait()
        generations.succeed(made(first, limits={"body_bytes": 1}))
        refused = await client.post(url, json=HELLO)
        subgraph.answers.set()
        answered = await request

    assert refused.status_code == 413
    assert answered.json() == {"data": {"hello": "the first"}}


async def test_a_generation_without_work_is_freed(made: Made) -> None:
    generations = Generations(Readiness())
    engines: list[weakref.ref[Engine]] = []

    def succeed() -> None:
        router = made(generations.router, graphiql=True, client="dist")
        router.engine.make_ready("{ hello }", None)
        engines.append(weakref.ref(router.engine))
        generations.succeed(router)

    for _ in range(4):
        succeed()
    async with asyncio.timeout(10):
        while any(engine() is not None for engine in engines[:-1]):
            await asyncio.sleep(0)
            gc.collect()


async def test_it_is_told_when_a_router_has_begun_and_when_a_former_one_is_gone(made: Made) -> None:
    told: list[bool] = []
    again = asyncio.Event()
    former: weakref.ref[Engine] | None = None

    def settled() -> None:
        gc.collect()
        told.append(former is None or former() is None)
        if len(told) == 2:
            again.set()

    generations = Generations(Readiness(), settled)
    generations.succeed(router := made())
    former = weakref.ref(router.engine)
    generations.succeed(made(router))
    del router
    await asyncio.wait_for(again.wait(), 10)

    assert told == [True, True]


def test_what_would_be_the_same_is_taken_over(made: Made) -> None:
    first = made()
    second = made(first, limits={"depth": 5})
    third = made(second, url="http://elsewhere/graphql")

    assert second.parts.without(first.parts) == []
    kinds = {type(part).__name__ for part in third.parts.without(second.parts)}
    assert kinds == {"PooledUpstream", "Member", "Outages", "Pool"}


async def test_before_there_is_a_router_it_lives_and_takes_no_requests(served: Served) -> None:
    generations = Generations(Readiness(waiting="the supergraph is being read"))
    async with served(generations, asyncio.Event()) as address, httpx2.AsyncClient() as client:
        health = await client.get(f"http://{address}/health")
        ready = await client.get(f"http://{address}/ready")
        answer = await client.post(f"http://{address}/graphql", json=HELLO)

    assert health.status_code == 200
    assert (ready.status_code, ready.json()["reason"]) == (503, "the supergraph is being read")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["errors"][0]["extensions"]["code"] == "NO_SUPERGRAPH_AVAILABLE"
