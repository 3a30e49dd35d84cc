"""The upstream to subgraphs that have several endpoints each."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager

from supergraph.upstream.ejection import Ejection, EjectionRule
from supergraph.upstream.errors import SubgraphError, SubgraphUnreachable
from supergraph.upstream.faults import is_fault
from supergraph.upstream.request import SubgraphReply, SubgraphRequest, Upstream

Sample = Callable[[Sequence["Member"], int], Sequence["Member"]]
"""Draws so many different members, as `random.sample` does."""


def always() -> bool:
    """Take whatever comes."""
    return True


class Member:
    """One endpoint of a subgraph. `admits` says whether it takes requests, should it know."""

    def __init__(
        self,
        url: str,
        upstream: Upstream,
        *,
        admits: Callable[[], bool] = always,
        rule: EjectionRule | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url
        self.upstream = upstream
        self.admits = admits
        self.in_flight = 0
        self.ejection = Ejection(rule or EjectionRule(), clock)
        self._clock = clock

    @property
    def available(self) -> bool:
        """Whether it is neither ejected nor closed to requests."""
        return not self.ejection.ejected and self.admits()

    @contextmanager
    def carrying(self) -> Iterator[Callable[[SubgraphReply], None]]:
        """Count a request that it carries; a reply is told by calling, a failure by raising."""
        sent_at = self._clock()

        def note(outcome: SubgraphReply | SubgraphError) -> None:
            fault = is_fault(outcome)
            if fault:
                self.ejection.fail(sent_at)
            elif fault is not None:
                self.ejection.succeed()

        self.in_flight += 1
        try:
            yield note
        except SubgraphError as error:
            error.endpoint = self.url
            note(error)
            raise
        finally:
            self.in_flight -= 1


class Pool:
    """The endpoints of one subgraph, of which there is at least one."""

    def __init__(self, members: Iterable[Member], sample: Sample = random.sample) -> None:
        self._members = tuple(members)
        self._sample = sample

    def pick(self, avoid: Collection[str] = ()) -> Member:
        """Of two that are drawn, the one with fewer requests in flight.

        Drawn are available ones, and none whose URL is in `avoid` while there are others. Where none is
        available it is the least bad: the one with the fewest failures in a row, and of those the first that is back.
        """
        if len(self._members) == 1:
            return self._members[0]
        available = [member for member in self._members if member.available]
        if not available:
            return min(self._members, key=_badness)
        fresh = [member for member in available if member.url not in avoid] or available
        drawn = self._sample(fresh, min(2, len(fresh)))
        return min(drawn, key=lambda member: member.in_flight)


def _badness(member: Member) -> tuple[bool, int, float, int]:
    return (not member.admits(), member.ejection.failures, member.ejection.back_at, member.in_flight)


class BalancedUpstream:
    """Sends each request to the least loaded of its subgraph's endpoints, and leaves out those that fail."""

    def __init__(self, pools: Mapping[str, Pool]) -> None:
        self._pools = dict(pools)

    async def fetch(self, request: SubgraphRequest) -> SubgraphReply:
        """Send a query or mutation; raises `SubgraphError`, which names the endpoint."""
        member = self._pool(request).pick(request.avoid)
        with member.carrying() as note:
            reply = await member.upstream.fetch(request)
            note(reply)
        return reply

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Send a subscription, which counts as in flight for as long as it lasts; raises `SubgraphError`."""
        member = self._pool(request).pick(request.avoid)
        with member.carrying() as note:
            async with aclosing(member.upstream.subscribe(request)) as replies:
                async for reply in replies:
                    note(reply)
                    yield reply

    def _pool(self, request: SubgraphRequest) -> Pool:
        try:
            return self._pools[request.subgraph]
        except KeyError:
            raise SubgraphUnreachable(request.subgraph, "no endpoint is configured") from None
