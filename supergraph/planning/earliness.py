"""Earliness: how late, at the least, all that is wanted comes by a way; it is told before the way is settled.

Nothing comes earlier than the objects that it is asked of, nor earlier than some subgraph is called that can give it.
So of ways with equally few calls, those need no settling that cannot have more earlier than another one has.
"""

from __future__ import annotations

from supergraph.planning.searching import Search
from supergraph.planning.sites import Site, Want


class Earliness:
    """Tells it of one way. What is below an abstract type is left out: of whom it is asked, the settlement decides."""

    def __init__(self, search: Search, way: int, steps: int) -> None:
        self._called = {
            name: [step for step in range(1, steps + 1) if search.is_called(name, step, way)]
            for name in search.graph.names
        }

    def least_lateness(self, site: Site, since: int = 1) -> int:
        """What the `lateness` of a settlement is at the least, for a site whose objects come at this step or later."""
        if site.abstract:
            return 0
        return sum(self._least(want, since) for wants in site.wants.values() for want in wants if want.guard)

    def _least(self, want: Want, since: int) -> int:
        """The same for a field, with all that is below it."""
        offers = want.site.arrival(want.kind, None).offers(want.sample, want.name, want.only)
        steps = (step for spot, _ in offers for step in self._called[spot.subgraph] if step >= since)
        first = min(steps, default=since)
        return first + (self.least_lateness(want.child, first) if want.child else 0)
