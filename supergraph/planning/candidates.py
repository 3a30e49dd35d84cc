"""Candidates: who else could have answered a field, at which cost, or why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from supergraph.model import Override
from supergraph.planning.graph import Graph
from supergraph.planning.query_plan import Candidate
from supergraph.planning.settling import Settlement
from supergraph.planning.sites import Arrival, Want
from supergraph.planning.spots import Origin
from supergraph.planning.ways import FREE, NO_WAY, Ways

MOST_COMPARED = 400
"""In an operation with more wanted fields than this, it is not worked out what others would have taken."""

MOST_STEPS_AWAY = 8
"""A subgraph that makes a plan longer by more steps than this counts as out of reach in an explanation."""


class _Cost(NamedTuple):
    """The steps that a plan would then have, the fetches that it does not make yet, and the field's step."""

    steps: int
    fetches: int
    step: int


class Candidates:
    """Who else could have answered the fields of a settlement, in a stage that begins after so many steps.

    What they would have cost is worked out where the operation is small enough to be `compared`.
    """

    def __init__(self, settlement: Settlement, before: int) -> None:
        self.settlement = settlement
        self.graph = settlement.search.graph
        self.before = before
        self.compared = settlement.search.forest.size <= MOST_COMPARED
        self.asked = {call.subgraph for call in settlement.made.values()}
        self._obstacles: dict[tuple[str, str], dict[str, str]] = {}

    def of(self, want: Want, chosen: str) -> Iterator[Candidate]:
        """The subgraphs but the chosen one that know a field."""
        arrival = self.settlement.arrival(want.site, want.kind)
        origins: dict[str, list[Origin]] = {}
        for origin in arrival.offers(want.sample, want.name, want.only):
            origins.setdefault(origin[0].subgraph, []).append(origin)
        obstacles = self._obstacles_to(want.sample, want.name)
        for name in self.graph.names:
            if name == chosen:
                continue
            if name in origins:
                yield self._candidate(_Elsewhere(self.settlement, arrival, want), name, origins[name])
            elif obstacles[name]:
                yield Candidate(name, reason=obstacles[name])

    def _candidate(self, elsewhere: _Elsewhere, subgraph: str, origins: list[Origin]) -> Candidate:
        if not self.compared:
            return Candidate(subgraph, reason=f"not compared in an operation of over {MOST_COMPARED} fields")
        least = _Cost(self.settlement.steps, int(subgraph not in self.asked), 1)
        costs = (cost for origin in origins if (cost := elsewhere.cost(origin)))
        best = _cheapest(costs, least)
        if best is None:
            return Candidate(subgraph, reason="out of reach from here")
        return Candidate(subgraph, self.before + best.step, best.fetches, self.before + best.steps)

    def _obstacles_to(self, concrete: str, field: str) -> dict[str, str]:
        """Why each subgraph cannot be asked for a field where it does not offer it, looked into once."""
        coordinate = (concrete, field)
        if coordinate not in self._obstacles:
            obstacles = _Obstacles(self.graph, concrete, field)
            self._obstacles[coordinate] = {name: obstacles.of(name) for name in self.graph.names}
        return self._obstacles[coordinate]


def _cheapest(costs: Iterable[_Cost], least: _Cost) -> _Cost | None:
    """The cheapest of some costs, which are worked out until one is as little as can be."""
    best: _Cost | None = None
    for cost in costs:
        best = min(best or cost, cost)
        if best == least:
            break
    return best


class _Elsewhere:
    """One field, as other subgraphs would answer it."""

    def __init__(self, settlement: Settlement, arrival: Arrival, want: Want) -> None:
        self.settlement = settlement
        self.search = settlement.search
        self.arrival = arrival
        self.want = want

    def cost(self, origin: Origin) -> _Cost | None:
        """What the field would cost from there; None where that is out of reach."""
        for longest in range(self.settlement.steps, self.settlement.steps + MOST_STEPS_AWAY + 1):
            below = self._below(origin, longest)
            fewest = self._fetches(origin, below, longest)
            if fewest is not None:
                earlier = (step for step in range(1, longest) if self._fetches(origin, below, step) == fewest)
                return _Cost(longest, fewest, next(earlier, longest))
        return None

    def _fetches(self, origin: Origin, below: Ways, step: int) -> int | None:
        """The fewest fetches beside those of the plan, with the field by a step and with what is below it."""
        ways = self.search.field(self.arrival, self.want.sample, *origin, step) if below else NO_WAY
        together = self.search.weighing.both(ways, below)
        return min(((way & ~self.settlement.calls).bit_count() for way in together), default=None)

    def _below(self, origin: Origin, longest: int) -> Ways:
        """The ways to have what is wanted below the field by the last step."""
        if self.want.child is None:
            return FREE
        return self.search.complete(self.want.child, origin[0], longest)


class _Obstacles:
    """Why subgraphs that know a field cannot be asked for it."""

    def __init__(self, graph: Graph, concrete: str, field: str) -> None:
        self.graph = graph
        self.concrete = concrete
        self.field = field
        self._taken_by: dict[str, list[tuple[str, Override]]] = {}

    def of(self, subgraph: str) -> str:
        """Why a subgraph cannot; empty where it does not know the field."""
        doors = self.graph.doors(self.concrete)
        standing_in = [door.interface_object for door in doors if door.subgraph == subgraph]
        types = list(filter(None, [self.concrete, *standing_in]))
        if any(self.graph.is_left(subgraph, each, self.field) for each in types):
            return "is not asked for what others resolve too, while it is down"
        reasons = (self._moved(subgraph, each) or self._closed(subgraph, each) for each in types)
        return next(filter(None, reasons), "")

    def _moved(self, subgraph: str, type_: str) -> str:
        """To whom, or from whom, `@override` moves the field."""
        for taker, override in self._takers(type_):
            taken = self.graph.resolved(taker, type_, self.field) is not None
            if subgraph == override.source and taken:
                since = f', whose label "{override.label}" is on' if override.label is not None else ""
                return f"has left it to {taker} by @override{since}"
            if subgraph == taker and not taken:
                return f'takes it from {override.source} by @override only while the label "{override.label}" is on'
        return ""

    def _takers(self, type_: str) -> list[tuple[str, Override]]:
        """The subgraphs that move the field to themselves, looked for once."""
        if type_ not in self._taken_by:
            known = ((name, self.graph.field(name, type_, self.field)) for name in self.graph.names)
            self._taken_by[type_] = [
                (name, field.override) for name, field in known if field and field.override
            ]
        return self._taken_by[type_]

    def _closed(self, subgraph: str, type_: str) -> str:
        """Why there is no way in. Of objects that no key leads to anywhere, nobody would expect one."""
        known = self.graph.field(subgraph, type_, self.field)
        if known is None:
            return ""
        if known.external:
            return "knows it as @external only"
        if self.graph.keys(subgraph, type_):
            return "cannot be asked for objects that come from elsewhere here"
        return f"has no {type_} by key" if self.graph.doors(self.concrete) else ""
