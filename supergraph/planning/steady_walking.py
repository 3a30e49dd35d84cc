"""Steady walking: whether there is a way at all. What is had by a step is had by any later one."""

from __future__ import annotations

from supergraph.model import Inputs
from supergraph.planning.sites import Arrival, Forest
from supergraph.planning.spots import Spot
from supergraph.planning.walking import Contexts, Walk
from supergraph.planning.ways import FREE, Ways


class Entry:
    """How far it was tried to enter a spot: the last step that was tried (0: none), and the first that was enough."""

    __slots__ = ("first", "tried")

    def __init__(self) -> None:
        self.first: int | None = None
        self.tried = 0


class SteadyWalk(Walk):
    """A walk on which calls cost nothing: what is had by a step is had by any later one, and not looked at again."""

    def __init__(self, forest: Forest) -> None:
        super().__init__(forest)
        self.entries: dict[tuple[Arrival, str, Spot, Inputs], Entry] = {}
        self._stood: dict[tuple[Arrival, Spot, Contexts], int] = {}

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
        if self._stood.get(memo, step + 1) <= step:
            return FREE
        ways = super().standing(arrival, spot, step, contexts)
        if ways:
            self._stood[memo] = step
        return ways
