"""An object that stands for an interface is an entity, and its subgraph knows none of the implementers.

Source: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/entities/interfaces.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.schema import SubgraphSchema


def interface_object_usage(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Interface objects without a key."""
    for definition in subgraph.types.values():
        if definition.is_interface_object and not definition.has("key"):
            yield CompositionError(
                "INTERFACE_OBJECT_USAGE_ERROR",
                f"{definition.name} is an @interfaceObject and has no @key.",
                (place_of(subgraph.name, definition.node),),
                "Give it a key that the interface has where it is defined.",
            )
