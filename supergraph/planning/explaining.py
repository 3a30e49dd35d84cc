"""Explaining: why each field is fetched where it is, and what it would have cost elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.model import SubgraphField
from supergraph.planning.parts import Input, Part
from supergraph.planning.query_plan import Candidate, Choice
from supergraph.planning.settling import Settlement
from supergraph.planning.sites import Arrival, Site, Want
from supergraph.planning.spots import Spot

MOST_STEPS_AWAY = 8
"""A subgraph that is further away than this counts as out of reach in an explanation."""


def explanations(settlement: Settlement) -> Iterator[Choice]:
    """The choices of one settlement, parents before their children."""
    for site in sorted(settlement.served, key=lambda site: site.id):
        for wants in site.wants.values():
            for want in wants:
                sources = settlement.at(site).sources.get((want, want.sample))
                if sources:
                    yield _choice(settlement, want, next(iter(sources)))
                elif want.guard and (unaware := _disputing(settlement, want)):
                    coordinate = f"{want.sample}.{want.name}"
                    yield Choice(_path(want.site, want.name), coordinate, "", "", unaware=unaware)


def _choice(settlement: Settlement, want: Want, part: Part) -> Choice:
    arrival = settlement.arrival(want.site, want.kind)
    graph = settlement.search.graph
    others = [name for name in graph.names if name != part.call.subgraph]
    candidates = (_candidate(settlement, arrival, want, name) for name in others)
    return Choice(
        path=_path(want.site, want.name),
        coordinate=f"{want.sample}.{want.name}",
        subgraph=part.call.subgraph,
        key=_key(part, want) if part.site is want.site else "",
        candidates=tuple(candidate for candidate in candidates if candidate),
    )


def _disputing(settlement: Settlement, want: Want) -> tuple[str, ...]:
    """Who has it that there are no such objects; nobody, where none can come at all."""
    if settlement.home(want.site, want.kind) is None:
        return ()
    return settlement.unaware(want.site, want.kind)


def _path(site: Site, name: str) -> tuple[str, ...]:
    names = [name]
    while site.want:
        names.append(site.want.name)
        site = site.want.site
    return tuple(reversed(names))


def _key(part: Part, want: Want) -> str:
    """The key by which the part was entered, as a field set."""
    represented = part.represented.get(want.sample)
    inputs = represented.inputs.values() if represented else ()
    return " ".join(_printed(each) for each in inputs if each.required)


def _printed(each: Input) -> str:
    below = next(iter(each.fields.values()), {})
    return f"{each.name} {{ {' '.join(map(_printed, below.values()))} }}" if below else each.name


def _candidate(settlement: Settlement, arrival: Arrival, want: Want, subgraph: str) -> Candidate | None:
    """What the field would have cost from another subgraph; None where that does not know the field."""
    offers = [offer for offer in arrival.offers(want.sample, want.name) if offer[0].subgraph == subgraph]
    if not offers:
        reason = _why_not(settlement, want, subgraph)
        return Candidate(subgraph, 0, 0, reason) if reason else None
    costs = [cost for offer in offers if (cost := _cost(settlement, arrival, want, *offer))]
    if not costs:
        return Candidate(subgraph, 0, 0, "out of reach from here")
    steps, fetches = min(costs)
    return Candidate(subgraph, steps, fetches)


def _cost(
    settlement: Settlement, arrival: Arrival, want: Want, spot: Spot, field: SubgraphField
) -> tuple[int, int] | None:
    """The steps that a field takes from a spot, and the fetches that this adds to the plan."""
    search = settlement.search
    for step in range(1, settlement.steps + MOST_STEPS_AWAY + 1):
        if search.reach.field(arrival, want.sample, spot, field, step):
            ways = search.field(arrival, want.sample, spot, field, max(step, settlement.steps))
            return step, min((way & ~settlement.calls).bit_count() for way in ways)
    return None


def _why_not(settlement: Settlement, want: Want, subgraph: str) -> str:
    """Why a subgraph that knows a field cannot be asked for it; empty where it does not know it."""
    graph = settlement.search.graph
    known = graph.field(subgraph, want.sample, want.name)
    if known is None:
        return ""
    if known.external:
        return "knows it as @external only"
    if graph.resolved(subgraph, want.sample, want.name) is None:
        return "has left it to another by @override"
    return "cannot be entered by a key"
