"""The search: the fewest steps first, then the fewest calls by then."""

from __future__ import annotations

from supergraph.model import Inputs
from supergraph.planning.reaching import Reach
from supergraph.planning.sites import Arrival
from supergraph.planning.spots import Spot
from supergraph.planning.walking import Walk
from supergraph.planning.ways import NO_WAY, Ways

MOST_WAITING = 3
"""So many steps after its first possible one a call may still be made, to be one with a later call."""


class Search(Walk):
    """The ways to answer all by a deadline, with the calls that each of them takes.

    A call may wait for another of the same subgraph that comes a little later, so that both become one.
    """

    def __init__(self, reach: Reach) -> None:
        super().__init__(reach.forest)
        self.reach = reach
        self._entered: dict[tuple[Arrival, str, Spot, Inputs, int], Ways] = {}
        self._calls: dict[tuple[Arrival, str, Spot, Inputs, int], Ways] = {}

    def begun(self, arrival: Arrival, spot: Spot, step: int) -> Ways:
        """One call at the root, at the first step or a later one."""
        first = 1 if arrival.site.want is None else 2
        last = 1 if arrival.site.want is None else min(step, first + MOST_WAITING)
        return tuple(self.bit(at, spot) for at in range(first, last + 1))

    def entered(self, arrival: Arrival, concrete: str, spot: Spot, inputs: Inputs, step: int) -> Ways:
        """The call, at the first possible step or a later one, and what its representations are made of."""
        first = self.reach.first_step(arrival, concrete, spot, inputs, step)
        if first is None:
            return NO_WAY
        last = min(step, first + MOST_WAITING)
        memo = (arrival, concrete, spot, inputs, last)
        if memo not in self._entered:
            self._entered[memo] = self.weighing.either(
                self._called(arrival, concrete, spot, inputs, at) for at in range(first, last + 1)
            )
        return self._entered[memo]

    def _called(self, arrival: Arrival, concrete: str, spot: Spot, inputs: Inputs, at: int) -> Ways:
        """The call at one step, and what its representations are made of."""
        memo = (arrival, concrete, spot, inputs, at)
        if memo not in self._calls:
            made_of = self.inputs(arrival, concrete, spot, inputs, at - 1)
            self._calls[memo] = self.weighing.both((self.bit(at, spot),), made_of)
        return self._calls[memo]

    def surely_stands(self, arrival: Arrival, spot: Spot) -> bool:
        """Whether there is such a way, as far as reach goes."""
        return self.reach.surely_stands(arrival, spot)

    def bit(self, step: int, spot: Spot) -> int:
        """The bit of a call; calls that begin at a root are apart from calls for entities, after step 1."""
        return self.bit_of(step, spot.subgraph, root=spot.root)

    def bit_of(self, step: int, subgraph: str, *, root: bool) -> int:
        """The bit of a call of a subgraph at a step."""
        count = len(self.graph.names)
        apart = count if root and step > 1 else 0
        return 1 << ((step - 1) * 2 * count + apart + self.graph.index[subgraph])

    def is_called(self, subgraph: str, step: int, way: int) -> bool:
        """Whether a way has a call of a subgraph at a step, wherever that begins."""
        return any(way & self.bit_of(step, subgraph, root=root) for root in (True, False))
