"""Which fields of a world are read for `@requires`, and which read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from tests.fuzz.split import Subgraph
from tests.fuzz.values import selections_of
from tests.fuzz.world import World


def required_fields(world: World, subgraphs: Iterable[Subgraph]) -> frozenset[str]:
    """The coordinates of all fields that some field requires, by concrete types."""
    return frozenset(
        coordinate
        for subgraph in subgraphs
        for type_name, known in subgraph.types.items()
        for share in known.fields.values()
        if share.requires
        for coordinate in _coordinates(world, type_name, selections_of(share.requires))
    )


def computed_fields(subgraphs: Iterable[Subgraph]) -> frozenset[str]:
    """The names of all fields that require others."""
    return frozenset(
        name
        for subgraph in subgraphs
        for known in subgraph.types.values()
        for name, share in known.fields.items()
        if share.requires
    )


def _coordinates(world: World, type_name: str, selections: SelectionSetNode) -> Iterator[str]:
    for node in selections.selections:
        if isinstance(node, InlineFragmentNode) and node.type_condition:
            yield from _coordinates(world, node.type_condition.name.value, node.selection_set)
        elif isinstance(node, FieldNode) and node.name.value != "__typename":
            name = node.name.value
            yield from (f"{member}.{name}" for member in world.members(type_name))
            if node.selection_set:
                yield from _coordinates(world, world.field_of(type_name, name).named, node.selection_set)
