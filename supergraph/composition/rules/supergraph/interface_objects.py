"""An `@interfaceObject` stands for an interface that another subgraph defines, and for all implementers at once.

Source: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/entities/interfaces.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedSupergraph
from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.rules.supergraph.declarations import declarations
from supergraph.composition.subgraphs.schema import SubgraphSchema, TypeDefinition


def interface_objects(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Interface objects without an interface, or beside an implementer of theirs."""
    for name in supergraph.types:
        declared = declarations(supergraph, name)
        for subgraph, definition in declared:
            if definition.is_interface_object:
                if all(other.is_interface_object for _, other in declared):
                    yield _without_interface(subgraph, definition)
                yield from _beside_implementers(supergraph, subgraph, definition)


def _without_interface(subgraph: SubgraphSchema, definition: TypeDefinition) -> CompositionError:
    return CompositionError(
        "INTERFACE_OBJECT_USAGE_ERROR",
        f"{definition.name} is an @interfaceObject, and no subgraph defines it as an interface.",
        (place_of(subgraph.name, definition.node),),
        "Define the interface, with the same key, in the subgraph that knows its implementers.",
    )


def _beside_implementers(
    supergraph: MergedSupergraph, subgraph: SubgraphSchema, definition: TypeDefinition
) -> Iterator[CompositionError]:
    for merged in supergraph.types.values():
        if definition.name in merged.interfaces and merged.name in subgraph.types:
            yield CompositionError(
                "INTERFACE_OBJECT_USAGE_ERROR",
                f"{definition.name} is an @interfaceObject in a subgraph that also defines {merged.name},"
                " which implements it.",
                (
                    place_of(subgraph.name, definition.node),
                    place_of(subgraph.name, subgraph.types[merged.name].node),
                ),
                f"Remove {merged.name} there, or define {definition.name} as an interface.",
            )
