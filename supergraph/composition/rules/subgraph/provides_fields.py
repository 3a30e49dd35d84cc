"""`@provides(fields:)` selects external fields of the type that its field returns.

Source: https://specs.apollo.dev/federation/v2.0/#@provides.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.rules.field_set import FieldSetRule, missing_external
from supergraph.composition.subgraphs.schema import SubgraphSchema
from supergraph.composition.subgraphs.type_references import named_type
from supergraph.composition.subgraphs.walk import fields_with


def provides_fields(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Every fault of every `@provides`."""
    for definition, field, provides in fields_with(subgraph, "provides"):
        coordinate = f"{definition.name}.{field.name}"
        target = subgraph.types.get(named_type(field.type))
        if target is None or not target.is_composite:
            yield CompositionError(
                "PROVIDES_ON_NON_OBJECT_FIELD",
                f"@provides stands on {coordinate}, which returns nothing that has fields.",
                (place_of(subgraph.name, provides.node),),
                "Put @provides on a field that returns an object, an interface or a union.",
            )
            continue
        rule = FieldSetRule(subgraph, coordinate, provides, allows_arguments=False)
        yield from rule.errors(target.name)
        if not subgraph.is_federation_1:
            yield from missing_external(rule)
