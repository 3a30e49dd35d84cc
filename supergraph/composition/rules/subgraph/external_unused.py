"""An `@external` field must be needed: by a key, a `@requires`, a `@provides` or an interface.

Source: https://specs.apollo.dev/federation/v2.0/#@external.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.schema import SubgraphSchema
from supergraph.composition.subgraphs.usage import Usage
from supergraph.composition.subgraphs.walk import fields_of
from supergraph.model import TypeKind


def external_unused(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Fields that are mentioned for nothing. Federation 1 let them be; there they are dropped."""
    if subgraph.is_federation_1:
        return
    used = Usage(subgraph).used
    for definition, field in fields_of(subgraph):
        on_object = definition.kind is TypeKind.OBJECT
        if on_object and field.external and (definition.name, field.name) not in used:
            yield CompositionError(
                "EXTERNAL_UNUSED",
                f"{definition.name}.{field.name} is @external, and nothing in the subgraph needs it.",
                (place_of(subgraph.name, field.node),),
                "Remove the field; or remove @external if this subgraph resolves it.",
            )
