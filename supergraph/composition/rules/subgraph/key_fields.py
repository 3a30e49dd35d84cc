"""`@key(fields:)` selects fields of the type that identify an object: no arguments, no abstract types.

Source: https://specs.apollo.dev/federation/v2.0/#@key.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.rules.field_set import FieldSetRule
from supergraph.composition.subgraphs.schema import FieldDefinition, SubgraphSchema, TypeDefinition
from supergraph.composition.subgraphs.type_references import named_type
from supergraph.model import TypeKind

_SINCE_ON_INTERFACES = (2, 3)


def key_fields(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Every fault of every key."""
    for definition in subgraph.types.values():
        for key in definition.applied("key"):
            if definition.kind is TypeKind.INTERFACE and subgraph.version < _SINCE_ON_INTERFACES:
                if not subgraph.is_federation_1:
                    yield _unsupported(subgraph, definition)
                continue
            rule = FieldSetRule(subgraph, definition.name, key, allows_arguments=False)
            yield from rule.errors(definition.name)
            for selected in rule.selected:
                if reason := _not_identifying(subgraph, selected.field):
                    yield CompositionError(
                        "KEY_FIELDS_SELECT_INVALID_TYPE",
                        f"The key of {definition.name} selects"
                        f" {selected.parent.name}.{selected.field.name}, which is {reason}.",
                        (place_of(subgraph.name, key.node),),
                        "Select scalars, enums and objects of them.",
                    )


def _unsupported(subgraph: SubgraphSchema, definition: TypeDefinition) -> CompositionError:
    return CompositionError(
        "KEY_UNSUPPORTED_ON_INTERFACE",
        f"@key stands on the interface {definition.name}.",
        (place_of(subgraph.name, definition.node),),
        "Link federation v2.3 or later, or put the key on the implementing types.",
    )


def _not_identifying(subgraph: SubgraphSchema, field: FieldDefinition) -> str | None:
    target = subgraph.types.get(named_type(field.type))
    if target and target.kind in {TypeKind.INTERFACE, TypeKind.UNION}:
        return f"of the {target.kind.value.lower()} type {target.name}"
    return None
