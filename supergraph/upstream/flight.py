"""A request on its way to a subgraph, and who waits for its reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from supergraph.upstream.deadlines import Deadlines
from supergraph.upstream.errors import SubgraphError, SubgraphTimeout
from supergraph.upstream.exchange import Exchange
from supergraph.upstream.pool import Pool
from supergraph.upstream.request import Ended, GiveUp, Outcome, SubgraphRequest
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
        self._waiters: list[Ended] = []

    def may_be_joined(self, flights: Flights, key: Key) -> None:
        """Stand among these flights until it has landed."""
        if self._outcome is None:
            flights[key] = self
            self._flights, self._key = flights, key

    @property
    def subgraph(self) -> str:
        """Where it goes."""
        return self._request.subgraph

    def join(self, ended: Ended) -> GiveUp:
        """Wait for the flight's end."""
        if self._outcome is not None:
            ended(self._outcome)
            return nothing
        self._waiters.append(ended)
        return partial(self.leave, ended)

    def join_for(self, ended: Ended, patience: float) -> GiveUp:
        """Wait for the flight's end, and so many seconds at most."""
        waiter = _Hasty(self, ended, self._deadlines)
        waiter.wait(patience)
        return waiter.give_up

    def leave(self, ended: Ended) -> None:
        """Wait no longer."""
        if ended not in self._waiters:
            return
        self._waiters.remove(ended)
        if not self._waiters and self._outcome is None:
            self._depart()
            self._exchange.cancel()
            self._member.leave(self._entered, self._sent_at, None)

    # Its attempts

    def launch(self) -> None:
        """Send the request, for the first time or once more; the flight may have landed when this returns."""
        request = self._request
        if request.repeatable and not self._attempts:
            self._retries.sent(request.subgraph)
        self._attempts += 1
        self._member = member = self._pool.pick(request.avoid)
        self._sent_at = member.clock()
        entered = member.enter()
        if entered is None:
            self._land(member.rejection(request))
            return
        self._entered = entered
        self._exchange: Exchange = member.channel.exchange(request, self._ended)
        self._exchange.start(self._deadlines)

    def _ended(self, outcome: Outcome) -> None:
        """Take in how an attempt ended: it is the flight's end, or there is another."""
        self._member.leave(self._entered, self._sent_at, outcome)
        if isinstance(outcome, SubgraphError) and self._goes_on(outcome):
            self.launch()
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
        self._depart()
        waiters, self._waiters = self._waiters, []
        for ended in waiters:
            ended(outcome)

    def _depart(self) -> None:
        """May be joined no more; another may stand there already."""
        if self._key is not None and self._flights.get(self._key) is self:
            del self._flights[self._key]


class _Hasty:
    """Somebody who waits for a flight, and not to its end."""

    __slots__ = ("_deadlines", "_ended", "_flight", "_patience", "_slot")

    def __init__(self, flight: Flight, ended: Ended, deadlines: Deadlines) -> None:
        self._flight = flight
        self._ended = ended
        self._deadlines = deadlines

    def wait(self, patience: float) -> None:
        """Join the flight for so many seconds."""
        self._patience = patience
        self._slot = self._deadlines.watch(self._expire, patience)
        self._flight.join(self._told)

    def give_up(self) -> None:
        """Wait no longer."""
        self._deadlines.unwatch(self._expire, self._slot)
        self._flight.leave(self._told)

    def _told(self, outcome: Outcome) -> None:
        self._deadlines.unwatch(self._expire, self._slot)
        self._ended(outcome)

    def _expire(self) -> None:
        self._flight.leave(self._told)
        self._ended(SubgraphTimeout(self._flight.subgraph, self._patience))


def nothing() -> None:
    """Gives up what has ended."""
