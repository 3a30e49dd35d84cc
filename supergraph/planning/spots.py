"""Spots: the ways to stand at a place of the response, and what can be asked for from each.

One stands embedded in the reply of the subgraph that gave the object, or entered by a key, or at a root.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeGuard

from supergraph.model import NO_INPUTS, FieldSelection, FieldSet, FragmentSelection, SubgraphField
from supergraph.planning.graph import Graph


class Spot:
    """One way to stand at a site, for one kind of its types.

    `origins` are the spots at the parent's site, each with the field that leads here from it; there are none
    where the subgraph is entered here: by a key, or (`root`) through a root type. `hidden_by` is the
    `@interfaceObject` as which the subgraph knows the object, who then cannot tell its concrete type (empty: it
    knows the type itself). `provided` is what `@provides` adds on this path.
    """

    __slots__ = ("hidden_by", "offered", "origins", "provided", "root", "subgraph")

    def __init__(
        self,
        subgraph: str,
        hidden_by: str = "",
        provided: FieldSet = (),
        origins: tuple[Origin, ...] = (),
        *,
        root: bool = False,
    ) -> None:
        self.subgraph = subgraph
        self.hidden_by = hidden_by
        self.provided = provided
        self.origins = origins
        self.root = root
        self.offered: dict[tuple[str, str], SubgraphField | None] = {}

    def type_of(self, concrete: str) -> str:
        """The type as which the subgraph knows an object here."""
        return self.hidden_by or concrete


Origin = tuple[Spot, SubgraphField]
"""A spot, and a field that is asked for from it."""


def offer(graph: Graph, spot: Spot, concrete: str, field: str) -> SubgraphField | None:
    """The field as it can be asked for from a spot: resolved by the subgraph, or provided on this path.

    One with `@requires` is answered on entering, with a representation that carries what is required; an embedded
    object only has it where the path there provides what is required.
    """
    coordinate = (concrete, field)
    if coordinate not in spot.offered:
        spot.offered[coordinate] = _offer(graph, spot, concrete, field)
    return spot.offered[coordinate]


def _offer(graph: Graph, spot: Spot, concrete: str, field: str) -> SubgraphField | None:
    type_ = spot.hidden_by or concrete
    found = graph.resolved(spot.subgraph, type_, field)
    if found is None and graph.provided(spot.subgraph, concrete, field, spot.provided) is not None:
        found = graph.field(spot.subgraph, type_, field)
    if found and found.requires and spot.origins:
        return replace(found, requires=()) if covers(spot.provided, found.requires) else None
    return found


def offers(graph: Graph, spots: Iterable[Spot], concrete: str, field: str) -> Iterator[Origin]:
    """Those of the spots from which a field can be asked for."""
    for spot in spots:
        offered = offer(graph, spot, concrete, field)
        if offered:
            yield spot, offered


def covers(provided: FieldSet, wanted: FieldSet) -> bool:
    """Whether a field set has all of another, type conditions aside (what has some is not covered)."""
    return all(
        isinstance(one, FieldSelection)
        and not one.arguments
        and any(
            isinstance(other, FieldSelection)
            and other.name == one.name
            and covers(other.selections, one.selections)
            for other in provided
        )
        for one in wanted
    )


def is_leaf(selection: FieldSelection | FragmentSelection) -> TypeGuard[FieldSelection]:
    """Whether a field set asks here for a field that has nothing below it."""
    return type(selection) is FieldSelection and not selection.selections and selection.name != "__typename"


Place = tuple[str, str, FieldSet]
"""Where an object is embedded: in which subgraph, as which `@interfaceObject`, and what is provided there."""


def places(
    graph: Graph, parent: str, field: str, offered: Iterable[Origin], concrete: str
) -> dict[Place, list[Origin]]:
    """Where a field of a type brings objects of a concrete type along, however one gets there from what is offered."""
    found: dict[Place, list[Origin]] = {}
    for spot, known in offered:
        landing = graph.landing(spot.subgraph, known)
        if landing and concrete in landing.possible:
            below = graph.provided(spot.subgraph, parent, field, spot.provided)
            place = (spot.subgraph, landing.interface_object, known.provides + (below or ()))
            found.setdefault(place, []).append((spot, known))
    return found


def ways_in(origins: Iterable[Origin]) -> tuple[tuple[Spot, str], ...]:
    """What tells places apart that one comes to from these: not the field, unless it takes inputs."""
    return tuple((spot, "" if field.inputs is NO_INPUTS else field.name) for spot, field in origins)
