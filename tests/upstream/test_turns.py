"""One subgraph has so many requests on their way, and no more."""

from __future__ import annotations

import asyncio

import pytest

from supergraph.upstream import (
    DirectUpstream,
    Endpoint,
    FunctionTransport,
    SubgraphRequest,
    SubgraphTimeout,
    TransportRequest,
    TransportResponse,
    Turns,
)
from tests.upstream.gated import settled

REQUEST = SubgraphRequest("movies", b"")


class Held:
    """Counts the requests that have begun, and answers them once they may go on."""

    def __init__(self) -> None:
        self.begun = 0
        self.go_on = asyncio.Event()

    async def __call__(self, _request: TransportRequest) -> TransportResponse:
        self.begun += 1
        await self.go_on.wait()
        return TransportResponse(200, {}, b'{"data":{}}')


async def test_further_requests_wait_for_their_turn() -> None:
    movies = Held()
    endpoint = Endpoint("http://movies", FunctionTransport(movies), turns=Turns(2))
    upstream = DirectUpstream({"movies": endpoint})
    sending = [asyncio.create_task(upstream.fetch(REQUEST)) for _ in range(5)]
    await settled()
    assert movies.begun == 2
    movies.go_on.set()
    await asyncio.gather(*sending)
    assert movies.begun == 5


async def test_a_request_that_is_cancelled_gives_its_turn_to_the_next() -> None:
    begun = 0

    async def answer(_request: TransportRequest) -> TransportResponse:
        nonlocal begun
        begun += 1
        return await asyncio.Event().wait() and TransportResponse(200, {}, b"")

    endpoint = Endpoint("http://movies", FunctionTransport(answer), turns=Turns(1))
    upstream = DirectUpstream({"movies": endpoint})
    sending = [asyncio.create_task(upstream.fetch(REQUEST)) for _ in range(2)]
    await settled()
    sending[0].cancel()
    await settled()
    assert begun == 2
    sending[1].cancel()
    await asyncio.gather(*sending, return_exceptions=True)


async def test_a_request_whose_time_is_over_as_it_waits_takes_no_turn() -> None:
    movies = Held()
    endpoint = Endpoint("http://movies", FunctionTransport(movies), turns=Turns(1))
    upstream = DirectUpstream({"movies": endpoint})
    first = asyncio.create_task(upstream.fetch(REQUEST))
    await settled()
    with pytest.raises(SubgraphTimeout):
        await upstream.fetch(SubgraphRequest("movies", b"", timeout=0.01))
    movies.go_on.set()
    await first
    await upstream.fetch(REQUEST)
    assert movies.begun == 2


async def test_a_request_that_is_cancelled_as_it_waits_takes_no_turn() -> None:
    movies = Held()
    endpoint = Endpoint("http://movies", FunctionTransport(movies), turns=Turns(1))
    upstream = DirectUpstream({"movies": endpoint})
    sending = [asyncio.create_task(upstream.fetch(REQUEST)) for _ in range(3)]
    await settled()
    sending[1].cancel()
    movies.go_on.set()
    outcomes = await asyncio.gather(*sending, return_exceptions=True)
    assert movies.begun == 2
    assert isinstance(outcomes[1], asyncio.CancelledError)
