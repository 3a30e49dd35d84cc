"""Confining: what can be had within the calls that were chosen."""

from __future__ import annotations

from supergraph.model import Inputs
from supergraph.planning.searching import Search
from supergraph.planning.sites import Arrival
from supergraph.planning.spots import Spot
from supergraph.planning.steady_walking import SteadyWalk
from supergraph.planning.ways import FREE, NO_WAY, Ways


class Confined(SteadyWalk):
    """Whether there is a way by a deadline that takes none but these calls.

    It asks anew and does not rest on the ways that the search kept, of which it may have dropped some.
    """

    def __init__(self, search: Search, calls: int, steps: int) -> None:
        super().__init__(search.forest)
        self.search = search
        self.calls = calls
        self.steps = steps
        self._times: dict[tuple[str, bool], tuple[int, ...]] = {}

    def begun(self, arrival: Arrival, spot: Spot, step: int) -> Ways:
        """Free, from the first such call on."""
        first = 1 if arrival.site.want is None else 2
        return FREE if any(first <= at <= step for at in self._steps_of(spot)) else NO_WAY

    def entered(self, arrival: Arrival, concrete: str, spot: Spot, inputs: Inputs, step: int) -> Ways:
        """Free, from the first such call on by which there is what the representation is made of."""
        entry = self.entry(arrival, concrete, spot, inputs)
        for at in self._steps_of(spot) if entry.first is None else ():
            if entry.tried < at <= step:
                entry.tried = at
                if self.inputs(arrival, concrete, spot, inputs, at - 1):
                    entry.first = at
                    break
        return FREE if entry.first is not None and entry.first <= step else NO_WAY

    def surely_stands(self, arrival: Arrival, spot: Spot) -> bool:
        """Whether there is a way at all, other calls too."""
        return self.search.surely_stands(arrival, spot)

    def _steps_of(self, spot: Spot) -> tuple[int, ...]:
        """The steps at which the spot's subgraph is called."""
        identity = (spot.subgraph, spot.root)
        if identity not in self._times:
            steps = range(1, self.steps + 1)
            self._times[identity] = tuple(step for step in steps if self.search.bit(step, spot) & self.calls)
        return self._times[identity]
