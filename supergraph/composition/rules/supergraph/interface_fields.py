"""Every field that any subgraph gives an interface, every implementer of it has."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedSupergraph
from supergraph.composition.result import CompositionError
from supergraph.composition.rules.supergraph.declarations import places


def interface_fields(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Fields that an implementer lacks."""
    for merged in supergraph.types.values():
        for name in merged.interfaces:
            interface = supergraph.types.get(name)
            for field in interface.fields if interface else ():
                if field not in merged.fields:
                    yield CompositionError(
                        "INTERFACE_FIELD_NO_IMPLEM",
                        f"{name}.{field} is declared in some subgraph, and {merged.name}, which implements {name},"
                        " has no such field.",
                        places(supergraph, name, field) + places(supergraph, merged.name),
                        f"Add {field} to {merged.name}, or remove it from {name}.",
                    )
