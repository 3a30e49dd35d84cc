"""The upstream in which identical reads that are in flight at the same time are one."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from supergraph.upstream.errors import SubgraphTimeout
from supergraph.upstream.request import SubgraphReply, SubgraphRequest, Upstream

Key = tuple[int, str, bytes, frozenset[tuple[str, str]]]


@dataclass(eq=False, slots=True)
class _Flight:
    """A read on its way, until when (of the loop's clock), and how many wait for it."""

    task: asyncio.Task[SubgraphReply]
    until: float
    waiters: int = 0


Flights = dict[Key, _Flight]
"""The reads on their way that may be joined. Upstreams to the same subgraphs have them in common."""


class DeduplicatingUpstream:
    """Sends a query once where the same query, with the same headers, is on its way to the same subgraph.

    Headers say who asks, so a reply is never shared between identities that the subgraph can tell apart.

    Whoever knows of a write reads it: a read never joins one that was sent before a mutation ended, at
    whichever subgraph and however it ended, nor one that was sent before an event of a subscription came.

    A flight has the time that was left for its first waiter; who has more than twice that left does not join
    it, and who has less leaves earlier. One that leaves takes nothing from the others, and with the last one
    the flight is cancelled.
    """

    def __init__(self, upstream: Upstream, flights: Flights | None = None) -> None:
        self._upstream = upstream
        self._flights: Flights = {} if flights is None else flights

    async def fetch(self, request: SubgraphRequest) -> SubgraphReply:
        """Send a mutation; send a query, or wait for the one that is on its way. Raises `SubgraphError`."""
        if request.repeatable:
            return await self._read(request)
        try:
            return await self._upstream.fetch(request)
        finally:
            # One that failed, or that nobody waits for any more, may have been executed all the same.
            self._depart()

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Send a subscription of its own; raises `SubgraphError`."""
        async with aclosing(self._upstream.subscribe(request)) as replies:
            async for reply in replies:
                self._depart()
                yield reply

    def _depart(self) -> None:
        """Let nobody join the flights of now: they go on for those who are in them."""
        self._flights.clear()

    async def _read(self, request: SubgraphRequest) -> SubgraphReply:
        key = (id(self._upstream), request.subgraph, request.body, frozenset(request.headers.items()))
        now = asyncio.get_running_loop().time()
        left = math.inf if request.timeout is None else max(0.0, request.timeout)
        flight = self._flights.get(key)
        if flight is None or 2 * (flight.until - now) < left:
            flight = self._flights[key] = _Flight(asyncio.create_task(self._fly(key, request)), now + left)
        # Whoever has all its time waits for its end, so that what is wrapped sees that the time is over.
        patience = left if now + left < flight.until else None
        flight.waiters += 1
        try:
            if patience is None:
                return await asyncio.shield(flight.task)
            landed, _ = await asyncio.wait({flight.task}, timeout=patience)
        finally:
            flight.waiters -= 1
            if not flight.waiters and not flight.task.done():
                self._remove(key, flight.task)
                flight.task.cancel()
        if not landed:
            raise SubgraphTimeout(request.subgraph, left)
        return flight.task.result()

    async def _fly(self, key: Key, request: SubgraphRequest) -> SubgraphReply:
        try:
            return await self._upstream.fetch(request)
        finally:
            self._remove(key, asyncio.current_task())

    def _remove(self, key: Key, task: asyncio.Task[SubgraphReply] | None) -> None:
        flight = self._flights.get(key)
        if flight is not None and flight.task is task:
            del self._flights[key]
