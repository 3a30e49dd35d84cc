"""The upstream of the router: subgraphs by name, each with a pool of endpoints."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

from supergraph.upstream.awaiting import reply_to
from supergraph.upstream.channel import EndpointChannel
from supergraph.upstream.deadlines import running_deadlines
from supergraph.upstream.endpoint import Endpoint
from supergraph.upstream.errors import SubgraphUnreachable
from supergraph.upstream.flight import Flight, Flights, Key, nothing
from supergraph.upstream.member import Member
from supergraph.upstream.pool import Pool
from supergraph.upstream.request import Ended, GiveUp, Outcome, SubgraphReply, SubgraphRequest
from supergraph.upstream.retrying import Retries

NOBODY = frozenset[tuple[str, str]]()


class PooledUpstream:
    """Sends each request to an endpoint of its subgraph's pool, and a query that failed once more where it may be.

    Where there are `flights`, a query is sent once while the same query, with the same headers, is on its way to the
    same subgraph. Headers say who asks, so a reply is never shared between identities that the subgraph can tell apart.

    Whoever knows of a write reads it: a read never joins one that was sent before a mutation ended, at
    whichever subgraph and however it ended, nor one that was sent before an event of a subscription came.

    A flight has the time that was left for its first waiter; who has more than twice that left does not join
    it, and who has less leaves earlier.
    """

    def __init__(
        self,
        pools: Mapping[str, Pool],
        *,
        retries: Retries | None = None,
        flights: Flights | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pools = dict(pools)
        self._retries = retries or Retries(attempts=1)
        self._shares = flights is not None
        self._flights = {} if flights is None else flights
        self._clock = clock

    def send(self, request: SubgraphRequest, ended: Ended) -> GiveUp:
        """Send a mutation; send a query, or wait for the one that is on its way."""
        pool = self._pools.get(request.subgraph)
        if pool is None:
            ended(_unknown(request))
            return nothing
        if not request.repeatable:
            return self._write(request, pool, ended)
        if not self._shares:
            return self._launched(request, pool, None).join(ended)
        who = frozenset(request.headers.items()) if request.headers else NOBODY
        key = (id(self), request.subgraph, request.body, who)
        flight = self._flights.get(key)
        if flight is None:
            return self._launched(request, pool, key).join(ended)
        now = self._clock()
        left = math.inf if request.timeout is None else max(0.0, request.timeout)
        if 2 * (flight.until - now) < left:
            return self._launched(request, pool, key).join(ended)
        # Whoever has all its time waits for the flight's end, whose time is counted as its endpoint's.
        return flight.join_for(ended, left) if now + left < flight.until else flight.join(ended)

    async def fetch(self, request: SubgraphRequest) -> SubgraphReply:
        """Send a query or mutation, and wait for its reply; raises `SubgraphError`."""
        return await reply_to(self, request)

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Send a subscription of its own; raises `SubgraphError`."""
        if request.subgraph not in self._pools:
            raise _unknown(request)
        member = self._pools[request.subgraph].pick(request.avoid)
        async with aclosing(member.subscribe(request)) as replies:
            async for reply in replies:
                self._depart()
                yield reply

    def _write(self, request: SubgraphRequest, pool: Pool, ended: Ended) -> GiveUp:
        """Send a mutation. One that failed, or that was given up, may have been executed all the same."""

        def written(outcome: Outcome) -> None:
            self._depart()
            ended(outcome)

        def give_up() -> None:
            self._depart()
            leave()

        leave = self._launched(request, pool, None).join(written)
        return give_up

    def _launched(self, request: SubgraphRequest, pool: Pool, key: Key | None) -> Flight:
        left = request.timeout
        until = math.inf if left is None else self._clock() + (left if left > 0 else 0.0)
        flight = Flight(request, pool, self._retries, until, self._clock, running_deadlines())
        flight.launch()
        if key is not None:
            flight.may_be_joined(self._flights, key)
        return flight

    def _depart(self) -> None:
        """Let nobody join the flights of now: they go on for those who are in them."""
        self._flights.clear()


class DirectUpstream(PooledUpstream):
    """Subgraphs by name, each with one endpoint, and nothing in between: nothing is shared or sent again."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        super().__init__(
            {
                name: Pool([Member(endpoint.url, EndpointChannel(endpoint))])
                for name, endpoint in endpoints.items()
            }
        )


def _unknown(request: SubgraphRequest) -> SubgraphUnreachable:
    return SubgraphUnreachable(request.subgraph, "no endpoint is configured")
