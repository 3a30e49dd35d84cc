"""An interface's key is a key of every type that implements it.

Source: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/entities/interfaces.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLSyntaxError, print_ast

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.field_sets import parse_field_set
from supergraph.composition.subgraphs.schema import Directive, SubgraphSchema, TypeDefinition
from supergraph.model import TypeKind


def interface_keys(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Implementers that lack a key of their interface."""
    for interface in subgraph.types.values():
        if interface.kind is TypeKind.INTERFACE and subgraph.version >= (2, 3):
            for key in interface.applied("key"):
                yield from _lacking(subgraph, interface, key)


def _lacking(
    subgraph: SubgraphSchema, interface: TypeDefinition, key: Directive
) -> Iterator[CompositionError]:
    wanted = _canonical(key)
    for name in sorted(subgraph.possible_types(interface.name)):
        implementer = subgraph.types[name]
        resolvable = key.flag("resolvable", default=True)
        if not any(
            _canonical(own) == wanted and (own.flag("resolvable", default=True) or not resolvable)
            for own in implementer.applied("key")
        ):
            yield CompositionError(
                "INTERFACE_KEY_NOT_ON_IMPLEMENTATION",
                f'{interface.name} has the key "{key.text("fields")}", and {name}, which implements it, has not.',
                (place_of(subgraph.name, key.node), place_of(subgraph.name, implementer.node)),
                f'Add @key(fields: "{key.text("fields")}") to {name}.',
            )


def _canonical(key: Directive) -> frozenset[str] | None:
    """A key's selections, whatever their order and spacing."""
    try:
        selections = parse_field_set(key.text("fields") or "").selections
    except GraphQLSyntaxError:
        return None
    return frozenset(" ".join(print_ast(selection).split()) for selection in selections)
