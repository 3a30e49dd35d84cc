"""`@external` on the key fields of a type extension.

Federation 1 asked for it, so that it came to say nothing: such a field is resolved like any other key field.
"""

from __future__ import annotations

from supergraph.composition.subgraphs.field_sets import Coordinate, fields_reached
from supergraph.composition.subgraphs.revision import with_fields, without
from supergraph.composition.subgraphs.schema import FieldDefinition, SubgraphSchema, TypeDefinition


def without_key_externals(subgraph: SubgraphSchema) -> SubgraphSchema:
    """The subgraph without `@external` on fields of the keys that stand on type extensions."""
    keys = _extension_keys(subgraph)

    def change(definition: TypeDefinition, field: FieldDefinition) -> FieldDefinition:
        return without(field, "external") if (definition.name, field.name) in keys else field

    return with_fields(subgraph, change) if keys else subgraph


def _extension_keys(subgraph: SubgraphSchema) -> frozenset[Coordinate]:
    return frozenset(
        coordinate
        for definition in subgraph.types.values()
        for key in definition.applied("key")
        if key.from_extension
        for coordinate in fields_reached(subgraph, definition.name, key.text("fields"))
    )
