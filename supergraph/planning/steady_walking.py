"""Steady walking: whether there is a way at all. What is had by a step is had by any later one."""

from __future__ import annotations

from supergraph.model import Inputs
from supergraph.planning.sites import Arrival, Forest
from supergraph.planning.spots import Spot
from supergraph.planning.walking import Contexts, Walk
from supergraph.planning.ways import FREE, NO_WAY, Ways


class Entry:
    """How far something was tried: the last step that was tried (0: none), and the first known to be enough."""

    __slots__ = ("first", "tried")

    def __init__(self) -> None:
        self.first: int | None = None
        self.tried = 0


class SteadyWalk(Walk):
    """A walk on which calls cost nothing: what is had by a step is had by any later one, and not looked at again.

    Nor is what was not had by a step, by that one or an earlier.
    """

    def __init__(self, forest: Forest) -> None:
        super().__init__(forest)
        self.entries: dict[tuple[Arrival, str, Spot, Inputs], Entry] = {}
        self._stood: dict[tuple[Arrival, Spot, Contexts], Entry] = {}

    def entry(self, arrival: Arrival, concrete: str, spot: Spot, inputs: Inputs) -> Entry:
        """What is known of entering a spot with some inputs: looked up once, as to compare inputs is dear."""
        memo = (arrival, concrete, spot, inputs)
        entry = self.entries.get(memo)
        if entry is None:
            entry = self.entries[memo] = Entry()
        return entry

    def standing(self, arrival: Arrival, spot: Spot, step: int, contexts: Contexts = ()) -> Ways:
        """Free, from the first step on by which there is a way."""
        memo = (arrival, spot, contexts)
        entry = self._stood.get(memo)
        if entry is None:
            entry = self._stood[memo] = Entry()
        if entry.tried < step and (entry.first is None or step < entry.first):
            if self.way_to_stand(arrival, spot, step, contexts):
                entry.first = step
            else:
                entry.tried = step
        return FREE if entry.first is not None and entry.first <= step else NO_WAY
