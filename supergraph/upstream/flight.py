"""A request on its way to a subgraph, and who waits for its reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

from supergraph.upstream.deadlines import Deadlines
from supergraph.upstream.errors import SubgraphError, SubgraphTimeout
from supergraph.upstream.exchange import Exchange, Outcome
from supergraph.upstream.pool import Pool
from supergraph.upstream.request import SubgraphReply, SubgraphRequest
from supergraph.upstream.retrying import Retries

Key = tuple[int, str, bytes, frozenset[tuple[str, str]]]
Flights = dict[Key, "Flight"]
"""The reads on their way that may be joined. Upstreams to the same subgraphs have them in common."""


class Flight:
    """A request that is sent to an endpoint of a pool, and once more where it failed and `retries` allow it.

    It goes on until a time of the clock, and for as long as anybody waits. Each waits alone: one that leaves takes
    nothing from the others, and with the last one the flight is given up.
    """

    __slots__ = (
        "_attempts",
        "_clock",
        "_deadlines",
        "_entered",
        "_exchange",
        "_flights",
        "_key",
        "_member",
        "_outcome",
        "_pool",
        "_request",
        "_retries",
        "_sent_at",
        "_traceback",
        "_waiters",
        "until",
    )

    def __init__(
        self,
        request: SubgraphRequest,
        pool: Pool,
        retries: Retries,
        until: float,
        clock: Callable[[], float],
        deadlines: Deadlines,
    ) -> None:
        self.until = until
        self._request = request
        self._pool = pool
        self._retries = retries
        self._clock = clock
        self._deadlines = deadlines
        self._attempts = 0
        self._key: Key | None = None
        self._outcome: Outcome | None = None
        self._traceback: TracebackType | None = None
        self._waiters: list[asyncio.Future[Outcome]] = []

    def may_be_joined(self, flights: Flights, key: Key) -> None:
        """Stand among these flights until it has landed."""
        if self._outcome is None:
            flights[key] = self
            self._flights, self._key = flights, key

    def launch(self) -> None:
        """Send the request; the flight may have landed when this returns."""
        if self._request.repeatable:
            self._retries.sent(self._request.subgraph)
        self._send()

    async def reply(self, patience: float | None = None) -> SubgraphReply:
        """Wait for the reply, so many seconds or as long as the flight goes on; raises `SubgraphError`."""
        outcome = self._outcome
        if outcome is None:
            waiter: asyncio.Future[Outcome] = self._deadlines.loop.create_future()
            self._waiters.append(waiter)
            try:
                outcome = await (waiter if patience is None else self._hasty(waiter, patience))
            except asyncio.CancelledError:
                self._leave(waiter)
                raise
        if isinstance(outcome, SubgraphReply):
            return outcome
        # All who wait are told by one exception, which would keep where each of them stood.
        raise outcome.with_traceback(self._traceback)

    async def _hasty(self, waiter: asyncio.Future[Outcome], patience: float) -> Outcome:
        def expire() -> None:
            if not waiter.done():
                waiter.set_result(SubgraphTimeout(self._request.subgraph, patience))
                self._leave(waiter)

        slot = self._deadlines.watch(expire, patience)
        try:
            return await waiter
        finally:
            self._deadlines.unwatch(expire, slot)

    def _leave(self, waiter: asyncio.Future[Outcome]) -> None:
        if waiter not in self._waiters:
            return
        self._waiters.remove(waiter)
        if not self._waiters and self._outcome is None:
            self._depart()
            self._exchange.cancel()
            self._member.leave(self._entered, self._sent_at, None)

    # Its attempts

    def _send(self) -> None:
        self._attempts += 1
        self._member = member = self._pool.pick(self._request.avoid)
        self._sent_at = member.clock()
        entered = member.enter()
        if entered is None:
            self._land(member.rejection(self._request))
            return
        self._entered = entered
        self._exchange: Exchange = member.channel.exchange(self._request, self._ended)
        self._exchange.start(self._deadlines)

    def _ended(self, outcome: Outcome) -> None:
        """Take in how an attempt ended: it is the flight's end, or there is another."""
        self._member.leave(self._entered, self._sent_at, outcome)
        if isinstance(outcome, SubgraphError) and self._goes_on(outcome):
            self._send()
        else:
            self._land(outcome)

    def _goes_on(self, error: SubgraphError) -> bool:
        request, left = self._request, self.until - self._clock()
        if not request.repeatable or not self._retries.allow(request.subgraph, error, self._attempts, left):
            return False
        timeout = None if request.timeout is None else left
        self._request = replace(request, timeout=timeout, avoid=request.avoid | {error.endpoint})
        return True

    def _land(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._traceback = None if isinstance(outcome, SubgraphReply) else outcome.__traceback__
        self._depart()
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(outcome)

    def _depart(self) -> None:
        """May be joined no more; another may stand there already."""
        if self._key is not None and self._flights.get(self._key) is self:
            del self._flights[self._key]
