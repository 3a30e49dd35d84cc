"""Going through the elements of a subgraph."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.subgraphs.schema import (
    Directive,
    Element,
    FieldDefinition,
    InputValue,
    SubgraphSchema,
    TypeDefinition,
)


def fields_of(subgraph: SubgraphSchema) -> Iterator[tuple[TypeDefinition, FieldDefinition]]:
    """Every field of every object and interface type."""
    for definition in subgraph.types.values():
        yield from ((definition, field) for field in definition.fields.values())


def fields_with(
    subgraph: SubgraphSchema, directive: str
) -> Iterator[tuple[TypeDefinition, FieldDefinition, Directive]]:
    """Every application of a directive on a field."""
    for definition, field in fields_of(subgraph):
        yield from ((definition, field, applied) for applied in field.applied(directive))


def arguments_of(subgraph: SubgraphSchema) -> Iterator[tuple[TypeDefinition, FieldDefinition, InputValue]]:
    """Every argument of every field."""
    for definition, field in fields_of(subgraph):
        yield from ((definition, field, argument) for argument in field.arguments.values())


def elements_of(subgraph: SubgraphSchema) -> Iterator[tuple[str, Element]]:
    """Every element that directives may stand on, with its coordinate."""
    for definition in subgraph.types.values():
        yield definition.name, definition
        for part in (*definition.inputs.values(), *definition.values.values()):
            yield f"{definition.name}.{part.name}", part
        for field in definition.fields.values():
            yield f"{definition.name}.{field.name}", field
            for argument in field.arguments.values():
                yield f"{definition.name}.{field.name}({argument.name}:)", argument
