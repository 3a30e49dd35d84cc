"""Making a subgraph's schema anew with some of its fields changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from supergraph.composition.subgraphs.schema import (
    Directive,
    FieldDefinition,
    SubgraphSchema,
    TypeDefinition,
)

FieldChange = Callable[[TypeDefinition, FieldDefinition], FieldDefinition | None]
"""What becomes of a field; None leaves it out."""


def with_fields(subgraph: SubgraphSchema, change: FieldChange) -> SubgraphSchema:
    """The subgraph with every field changed. A type that loses all its fields goes too."""
    types = {name: _changed(definition, change) for name, definition in subgraph.types.items()}
    kept = {
        name: definition
        for name, definition in types.items()
        if definition.fields or not subgraph.types[name].fields
    }
    return replace(subgraph, types=kept)


def _changed(definition: TypeDefinition, change: FieldChange) -> TypeDefinition:
    changed = {field.name: change(definition, field) for field in definition.fields.values()}
    return replace(definition, fields={name: field for name, field in changed.items() if field is not None})


def without(field: FieldDefinition, *names: str) -> FieldDefinition:
    """The field without some of its directives."""
    return replace(field, directives=tuple(one for one in field.directives if one.name not in names))


def with_directive(field: FieldDefinition, name: str) -> FieldDefinition:
    """The field with a directive more, one without arguments."""
    return replace(field, directives=(*field.directives, Directive(name, {}, field.node)))
