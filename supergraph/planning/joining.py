"""Joining kinds: where types of several kinds are planned as one, since for a field they make no difference."""

from __future__ import annotations

from supergraph.model import NO_INPUTS, FieldSelection, Key
from supergraph.planning.graph import Door, Graph, Kind
from supergraph.planning.sites import Site
from supergraph.planning.spots import Spot, offer

_DoorKeys = list[tuple[Door, tuple[Key, ...]]]


def join(site: Site, types: set[str], name: str) -> Kind | None:
    """One kind for types of several kinds, where as far as this field goes they make no difference.

    So it is where the same spots lead to the site, the same keys enter the subgraphs that resolve the field, and
    those keys are at hand wherever an object comes from. The types have one signature for the field.
    """
    graph = site.forest.graph
    samples = [kind.sample for kind in site.kinds if not kind.types.isdisjoint(types)]
    doors = [_doors_to(graph, sample, name) for sample in samples]
    embedded = [[spot for spot in site.spots(site.kind_of(sample)) if spot.origins] for sample in samples]
    origins = [[spot.origins for spot in spots] for spots in embedded]
    if any(each != doors[0] for each in doors) or any(each != origins[0] for each in origins):
        return None
    if len({graph.contexts(sample) for sample in samples}) > 1:
        return None
    if not all(
        _at_hand(graph, sample, spots, doors[0]) for sample, spots in zip(samples, embedded, strict=True)
    ):
        return None
    kind = site.known.joint_kind(frozenset(types), tuple(door for door, _ in doors[0]))
    site.wants.setdefault(kind, [])
    return kind


def _doors_to(graph: Graph, concrete: str, name: str) -> _DoorKeys:
    return [
        (door, graph.keys(door.subgraph, door.interface_object or concrete))
        for door in graph.doors(concrete)
        if graph.resolved(door.subgraph, door.interface_object or concrete, name)
    ]


def _at_hand(graph: Graph, concrete: str, embedded: list[Spot], doors: _DoorKeys) -> bool:
    return all(
        (door.interface_object or not spot.hidden_by)
        and any(_gives(graph, spot, concrete, key) for key in keys)
        for spot in embedded
        for door, keys in doors
    )


def _gives(graph: Graph, spot: Spot, concrete: str, key: Key) -> bool:
    for selection in key.fields:
        if not isinstance(selection, FieldSelection) or selection.selections:
            return False
        offered = offer(graph, spot, concrete, selection.name)
        if offered is None or offered.inputs is not NO_INPUTS:
            return False
    return True
