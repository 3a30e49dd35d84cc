"""Candidates: who else could have answered a field, at which cost, or why not."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.model import Override
from supergraph.planning.query_plan import Candidate
from supergraph.planning.settling import Settlement
from supergraph.planning.sites import Want
from supergraph.planning.spots import Origin
from supergraph.planning.walking import Walk
from supergraph.planning.ways import NO_WAY, Ways

MOST_COMPARED = 400
"""In an operation with more wanted fields than this, it is not worked out what others would have taken."""

MOST_STEPS_AWAY = 8
"""A subgraph that makes a plan longer by more steps than this counts as out of reach in an explanation."""


def candidates(
    settlement: Settlement, want: Want, chosen: str, *, before: int, compared: bool
) -> Iterator[Candidate]:
    """The subgraphs but the chosen one that know a field, in a stage that begins after so many steps.

    What they would have cost is worked out where they are to be `compared`.
    """
    elsewhere = _Elsewhere(settlement, want, before, compared=compared)
    for name in settlement.search.graph.names:
        found = elsewhere.candidate(name) if name != chosen else None
        if found:
            yield found


class _Elsewhere:
    """One field, as other subgraphs would answer it."""

    def __init__(self, settlement: Settlement, want: Want, before: int, *, compared: bool) -> None:
        self.settlement = settlement
        self.search = settlement.search
        self.graph = settlement.search.graph
        self.want = want
        self.arrival = settlement.arrival(want.site, want.kind)
        self.before = before
        self.compared = compared
        self._taken_by: dict[str, list[tuple[str, Override]]] = {}

    def candidate(self, subgraph: str) -> Candidate | None:
        """What the field would have cost from a subgraph; None where that does not know the field."""
        offers = self.arrival.offers(self.want.sample, self.want.name, self.want.only)
        origins = [origin for origin in offers if origin[0].subgraph == subgraph]
        if not origins:
            reason = self._obstacle(subgraph)
            return Candidate(subgraph, reason=reason) if reason else None
        if not self.compared:
            return Candidate(subgraph, reason=f"not compared in an operation of over {MOST_COMPARED} fields")
        costs = [cost for origin in origins if (cost := self._cost(origin))]
        if not costs:
            return Candidate(subgraph, reason="out of reach from here")
        longest, fetches, step = min(costs)
        return Candidate(subgraph, self.before + step, fetches, self.before + longest)

    def _cost(self, origin: Origin) -> tuple[int, int, int] | None:
        """The steps that the plan would then have, the fetches that it does not make yet, and the field's step."""
        for longest in range(self.settlement.steps, self.settlement.steps + MOST_STEPS_AWAY + 1):
            possible = self._ways(self.search.reach, origin, longest, longest)
            fewest = self._fetches(origin, longest, longest) if possible else None
            if fewest is not None:
                steps = range(1, longest + 1)
                return longest, fewest, next(s for s in steps if self._fetches(origin, s, longest) == fewest)
        return None

    def _fetches(self, origin: Origin, step: int, longest: int) -> int | None:
        """The fewest fetches beside those of the plan, with the field by a step and what is below it by the last."""
        ways = self._ways(self.search, origin, step, longest)
        return min(((way & ~self.settlement.calls).bit_count() for way in ways), default=None)

    def _ways(self, walk: Walk, origin: Origin, step: int, longest: int) -> Ways:
        ways = walk.field(self.arrival, self.want.sample, *origin, step)
        if self.want.child is None or ways == NO_WAY:
            return ways
        return walk.weighing.both(ways, walk.complete(self.want.child, origin[0], longest))

    def _obstacle(self, subgraph: str) -> str:
        """Why a subgraph that knows the field cannot be asked for it; empty where it does not know it."""
        doors = self.graph.doors(self.want.sample)
        standing_in = [door.interface_object for door in doors if door.subgraph == subgraph]
        types = list(filter(None, [self.want.sample, *standing_in]))
        if any(self.graph.is_left(subgraph, each, self.want.name) for each in types):
            return "is not asked for what others resolve too, while it is down"
        reasons = (self._moved(subgraph, each) or self._closed(subgraph, each) for each in types)
        return next(filter(None, reasons), "")

    def _moved(self, subgraph: str, type_: str) -> str:
        """To whom, or from whom, `@override` moves the field."""
        for taker, override in self._takers(type_):
            taken = self.graph.resolved(taker, type_, self.want.name) is not None
            if subgraph == override.source and taken:
                since = f', whose label "{override.label}" is on' if override.label is not None else ""
                return f"has left it to {taker} by @override{since}"
            if subgraph == taker and not taken:
                return f'takes it from {override.source} by @override only while the label "{override.label}" is on'
        return ""

    def _takers(self, type_: str) -> list[tuple[str, Override]]:
        """The subgraphs that move the field to themselves, looked for once."""
        if type_ not in self._taken_by:
            known = ((name, self.graph.field(name, type_, self.want.name)) for name in self.graph.names)
            self._taken_by[type_] = [
                (name, field.override) for name, field in known if field and field.override
            ]
        return self._taken_by[type_]

    def _closed(self, subgraph: str, type_: str) -> str:
        """Why there is no way in. Of objects that no key leads to anywhere, nobody would expect one."""
        known = self.graph.field(subgraph, type_, self.want.name)
        if known is None:
            return ""
        if known.external:
            return "knows it as @external only"
        if self.graph.keys(subgraph, type_):
            return "cannot be asked for objects that come from elsewhere here"
        return f"has no {type_} by key" if self.graph.doors(self.want.sample) else ""
