"""A subgraph that can be entered by an interface's key must know every implementer of the interface.

Source: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/entities/interfaces.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedSupergraph
from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.rules.supergraph.declarations import declarations
from supergraph.model import TypeKind


def interface_implementations(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Implementers that such a subgraph does not know."""
    for name, merged in supergraph.types.items():
        if merged.kind is not TypeKind.INTERFACE:
            continue
        implementers = {
            other.name
            for other in supergraph.types.values()
            if other.kind is TypeKind.OBJECT and name in other.interfaces
        }
        for subgraph, definition in declarations(supergraph, name):
            resolvable = any(key.flag("resolvable", default=True) for key in definition.applied("key"))
            missing = sorted(implementers - subgraph.possible_types(name))
            if definition.kind is TypeKind.INTERFACE and resolvable and missing:
                yield CompositionError(
                    "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE",
                    f'"{subgraph.name}" resolves {name} by its key, and does not know {", ".join(missing)},'
                    f" which implement it elsewhere.",
                    (place_of(subgraph.name, definition.node),),
                    "Define these types there, with the key; or make the key resolvable: false.",
                )
