"""The upstream in which identical reads that are in flight at the same time are one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from supergraph.upstream.errors import SubgraphTimeout
from supergraph.upstream.request import SubgraphReply, SubgraphRequest, Upstream

Key = tuple[str, bytes, frozenset[tuple[str, str]]]


@dataclass(eq=False, slots=True)
class _Flight:
    """A read on its way, and how many wait for it."""

    task: asyncio.Task[SubgraphReply]
    waiters: int = field(default=0)


class DeduplicatingUpstream:
    """Sends a query once where the same query, with the same headers, is on its way to the same subgraph.

    Headers say who asks, so a reply is never shared between identities that the subgraph can tell apart.

    Whoever knows of a write reads it: a read never joins one that was sent before a mutation ended, at
    whichever subgraph and however it ended, nor one that was sent before an event of a subscription came.

    Each waiter has its own time. One that leaves takes nothing from the others, and with the last one the
    flight is cancelled.
    """

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._flights: dict[Key, _Flight] = {}

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
        key = (request.subgraph, request.body, frozenset(request.headers.items()))
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.create_task(self._fly(key, request)))
        flight.waiters += 1
        try:
            seconds = None if request.timeout is None else max(0.0, request.timeout)
            landed, _ = await asyncio.wait({flight.task}, timeout=seconds)
        finally:
            flight.waiters -= 1
            if not flight.waiters and not flight.task.done():
                self._remove(key, flight.task)
                flight.task.cancel()
        if not landed:
            raise SubgraphTimeout(request.subgraph, seconds or 0.0)
        return flight.task.result()

    async def _fly(self, key: Key, request: SubgraphRequest) -> SubgraphReply:
        try:
            # The time that is left is each waiter's own.
            return await self._upstream.fetch(replace(request, timeout=None))
        finally:
            self._remove(key, asyncio.current_task())

    def _remove(self, key: Key, task: asyncio.Task[SubgraphReply] | None) -> None:
        flight = self._flights.get(key)
        if flight is not None and flight.task is task:
            del self._flights[key]
