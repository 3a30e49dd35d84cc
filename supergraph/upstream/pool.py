"""Which of a subgraph's endpoints is asked."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterable, Sequence

from supergraph.upstream.member import Member

Sample = Callable[[Sequence[Member], int], Sequence[Member]]
"""Draws so many different members, as `random.sample` does."""


TRIED_EVERY_S = 1.0
"""While endpoints are on probation, one request in this time may count on them that could do without them."""


class Pool:
    """The endpoints of one subgraph, of which there is at least one; they may be replaced."""

    def __init__(
        self,
        members: Iterable[Member],
        sample: Sample = random.sample,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.members = tuple(members)
        self._sample = sample
        self._clock = clock
        self._tried_at = float("-inf")

    def replace(self, members: Iterable[Member]) -> None:
        """Have these endpoints from now on; what is in flight at others ends there."""
        self.members = tuple(members)

    def pick(self, avoid: Collection[str] = ()) -> Member:
        """Of two that are drawn, the one with fewer requests in flight.

        Drawn are available ones, and none whose URL is in `avoid` while there are others. Where none is
        available it is the least bad: the one with the fewest failures in a row, and of those the first that is back.
        """
        if len(self.members) == 1:
            return self.members[0]
        available = [member for member in self.members if member.available]
        if not available:
            return min(self.members, key=_badness)
        fresh = [member for member in available if member.url not in avoid] or available
        drawn = self._sample(fresh, min(2, len(fresh)))
        return min(drawn, key=lambda member: member.in_flight)

    @property
    def suspect(self) -> bool:
        """Whether anything was wrong with one of them lately."""
        return any(member.suspect for member in self.members)

    def look(self) -> bool:
        """Give whether anybody can be asked who is not on probation; suspect no more those that are well."""
        for member in self.members:
            if member.well:
                member.suspect = False
        return any(member.available and not member.on_probation for member in self.members)

    def admits(self) -> bool:
        """Whether a request should count on this subgraph that could do without it.

        Not while nobody can be asked; and while all are on probation only one does in a while, so that few wait in
        vain.
        """
        available = [member for member in self.members if member.available]
        if any(not member.on_probation for member in available):
            return True
        now = self._clock()
        if not available or now < self._tried_at + TRIED_EVERY_S:
            return False
        self._tried_at = now
        return True


def _badness(member: Member) -> tuple[bool, bool, int, float, int]:
    ejection = member.ejection
    return (not member.admits, member.sick, ejection.failures, ejection.back_at, member.in_flight)
