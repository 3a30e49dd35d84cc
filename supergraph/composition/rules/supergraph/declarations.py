"""Where the subgraphs declare what is in the supergraph, for errors to point at."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import Node

from supergraph.composition.merging.merged import MergedSupergraph
from supergraph.composition.result import Place, place_of
from supergraph.composition.subgraphs.schema import SubgraphSchema, TypeDefinition


def declarations(supergraph: MergedSupergraph, name: str) -> list[tuple[SubgraphSchema, TypeDefinition]]:
    """A type in all subgraphs that have it."""
    return [
        (graph.subgraph, definition)
        for graph in supergraph.graphs
        if (definition := graph.subgraph.types.get(name))
    ]


def places(supergraph: MergedSupergraph, type_name: str, *path: str) -> tuple[Place, ...]:
    """The places of a type, or of a part of it: a field, an input field or an enum value, and its argument."""
    return tuple(
        place_of(subgraph.name, node)
        for subgraph, definition in declarations(supergraph, type_name)
        for node in _nodes(definition, path)
    )


def coordinate(type_name: str, *path: str) -> str:
    """The schema coordinate of a type or of a part of it: `Film`, `Film.name`, `Film.poster(width:)`."""
    above = ".".join((type_name, *path[:1]))
    return f"{above}({path[1]}:)" if len(path) > 1 else above


def _nodes(definition: TypeDefinition, path: tuple[str, ...]) -> Iterator[Node]:
    if not path:
        yield definition.node
        return
    name, *below = path
    field = definition.fields.get(name)
    part = field or definition.inputs.get(name) or definition.values.get(name)
    if part is not None and not below:
        yield part.node
    elif field is not None and below and below[0] in field.arguments:
        yield field.arguments[below[0]].node
