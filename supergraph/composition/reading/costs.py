"""Cost directives of a supergraph: `@cost` and `@listSize`.

Source: https://ibm.github.io/graphql-specs/cost-spec.html, as Federation 2.9 has it: weights are whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
)

from supergraph.composition.reading.linked_specs import LinkedSpec, applications
from supergraph.model import Costs, ListSize


def costs_of(document: DocumentNode, specs: tuple[LinkedSpec, ...]) -> Costs:
    """What the directives say, whatever the document calls them."""
    spec = next((spec for spec in specs if spec.specifies("cost")), None)
    cost, list_size = (
        ("cost", "listSize") if spec is None else (spec.directive("cost"), spec.directive("listSize"))
    )
    weights: dict[str, int] = {}
    sizes: dict[str, ListSize] = {}
    for coordinate, node in _weighable(document):
        for arguments in applications(node, cost):
            weights[coordinate] = _number(arguments.get("weight")) or 0
        for arguments in applications(node, list_size):
            sizes[coordinate] = _list_size(arguments)
    return Costs(weights, sizes)


def _weighable(document: DocumentNode) -> Iterator[tuple[str, Node]]:
    for definition in document.definitions:
        if isinstance(definition, TypeDefinitionNode):
            name = definition.name.value
            yield name, definition
            for field in _fields(definition):
                coordinate = f"{name}.{field.name.value}"
                yield coordinate, field
                for argument in getattr(field, "arguments", None) or ():
                    yield f"{coordinate}({argument.name.value}:)", argument


def _fields(definition: TypeDefinitionNode) -> Iterator[Any]:
    if isinstance(
        definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | InputObjectTypeDefinitionNode
    ):
        yield from definition.fields or ()


def _list_size(arguments: dict[str, Any]) -> ListSize:
    return ListSize(
        assumed=_number(arguments.get("assumedSize")),
        slicing_arguments=_names(arguments.get("slicingArguments")),
        sized_fields=_names(arguments.get("sizedFields")),
        require_one=arguments.get("requireOneSlicingArgument") is not False,
    )


def _number(value: Any) -> int | None:
    """A weight may be text too: the IBM specification has it so."""
    try:
        return None if value is None else round(float(value))
    except (TypeError, ValueError):
        return None


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(name) for name in (value if isinstance(value, list) else [value]))
