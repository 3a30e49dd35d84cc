"""The search: the fewest steps first, then the fewest calls by then."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.model import FieldSet
from supergraph.planning.sites import Arrival, Forest, Site
from supergraph.planning.spots import Spot
from supergraph.planning.walking import Walk
from supergraph.planning.ways import FREE, NO_WAY, Ways, both, either

MOST_WAITING = 3
"""So many steps after its first possible one a call may still be made, to be one with a later call."""


class Reach(Walk):
    """Whether there is a way at all by a deadline: calls cost nothing, so that all ways there are become one.

    `last` is the last step that any plan of these sites can need.
    """

    def __init__(self, forest: Forest) -> None:
        super().__init__(forest)
        self.last = 2 * forest.levels + len(self.graph.names) + 4
        self._first: dict[tuple[Arrival, str, Spot, FieldSet], int] = {}
        self._tried: dict[tuple[Arrival, str, Spot, FieldSet], int] = {}

    def begun(self, arrival: Arrival, spot: Spot, step: int) -> Ways:  # noqa: ARG002 - any spot
        """Free, from the first step on that there are objects here."""
        return FREE if step > (arrival.site.want is not None) else NO_WAY

    def entered(self, arrival: Arrival, concrete: str, spot: Spot, requires: FieldSet, step: int) -> Ways:
        """Free, from the first possible step on."""
        return FREE if self.first_step(arrival, concrete, spot, requires, step) else NO_WAY

    def can_stand(self, arrival: Arrival, spot: Spot) -> bool:
        """Whether there is a way by the last step that a plan may have."""
        return self.standing(arrival, spot, self.last) != NO_WAY

    def first_step(
        self, arrival: Arrival, concrete: str, spot: Spot, requires: FieldSet, latest: int
    ) -> int | None:
        """The first step, up to `latest`, at which there is all that a representation is made of."""
        memo = (arrival, concrete, spot, requires)
        for step in range(self._tried.get(memo, 1) + 1, latest + 1):
            if memo in self._first:
                break
            if self.representation(arrival, concrete, spot, requires, step - 1):
                self._first[memo] = step
            self._tried[memo] = step
        first = self._first.get(memo)
        return first if first is not None and first <= latest else None

    def unreachable(self, site: Site, origin: Spot | None, step: int) -> Iterator[str]:
        """Coordinates of what cannot be had at a site, by a step: the fields nearest to the root."""
        for kind, wants in site.wants.items():
            home = site.spot_from(kind, origin) if origin else None
            if origin and home is None:
                continue
            arrival = site.arrival(kind, home)
            for want in wants:
                if not want.guard or self.want(arrival, want, home, step):
                    continue
                offers = arrival.offers(want.sample, want.name)
                spots = [
                    spot for spot, field in offers if self.field(arrival, want.sample, spot, field, step)
                ]
                if want.child and spots:
                    yield from self.unreachable(want.child, spots[0], step)
                else:
                    yield f"{want.sample}.{want.name}"


class Search(Walk):
    """The ways to answer all by a deadline, with the calls that each of them takes.

    A call may wait for another of the same subgraph that comes a little later, so that both become one.
    """

    def __init__(self, reach: Reach) -> None:
        super().__init__(reach.forest)
        self.reach = reach
        self._entered: dict[tuple[Arrival, str, Spot, FieldSet, int], Ways] = {}

    def begun(self, arrival: Arrival, spot: Spot, step: int) -> Ways:
        """One call at the root, at the first step or a later one."""
        first = 1 if arrival.site.want is None else 2
        last = 1 if arrival.site.want is None else min(step, first + MOST_WAITING)
        return tuple(self._call(at, spot) for at in range(first, last + 1))

    def entered(self, arrival: Arrival, concrete: str, spot: Spot, requires: FieldSet, step: int) -> Ways:
        """The call, at the first possible step or a later one, and what its representations are made of."""
        first = self.reach.first_step(arrival, concrete, spot, requires, step)
        if first is None:
            return NO_WAY
        last = min(step, first + MOST_WAITING)
        memo = (arrival, concrete, spot, requires, last)
        if memo not in self._entered:
            self._entered[memo] = either(
                both((self._call(at, spot),), self.representation(arrival, concrete, spot, requires, at - 1))
                for at in range(first, last + 1)
            )
        return self._entered[memo]

    def can_stand(self, arrival: Arrival, spot: Spot) -> bool:
        """Whether there is a way, as far as reach goes."""
        return self.reach.can_stand(arrival, spot)

    def _call(self, step: int, spot: Spot) -> int:
        """The bit of a call; calls that begin at a root are apart from calls for entities, after step 1."""
        count = len(self.graph.names)
        apart = count if spot.root and step > 1 else 0
        return 1 << ((step - 1) * 2 * count + apart + self.graph.index[spot.subgraph])
