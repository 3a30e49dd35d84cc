"""Directives that speak of resolvers have no meaning on interface fields, which have none."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.schema import Element, SubgraphSchema, TypeDefinition
from supergraph.composition.subgraphs.walk import fields_of
from supergraph.model import TypeKind

_FIELD_CODES = {
    "external": "EXTERNAL_ON_INTERFACE",
    "provides": "PROVIDES_UNSUPPORTED_ON_INTERFACE",
    "requires": "REQUIRES_UNSUPPORTED_ON_INTERFACE",
    "override": "OVERRIDE_ON_INTERFACE",
    "cost": "COST_APPLIED_TO_INTERFACE_FIELD",
    "shareable": "INVALID_SHAREABLE_USAGE",
    "authenticated": "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE",
    "requiresScopes": "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE",
    "policy": "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE",
}
_TYPE_CODES = {
    name: code for name, code in _FIELD_CODES.items() if code == "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE"
}
_FORGIVEN_IN_FEDERATION_1 = frozenset({"external", "provides", "requires"})


def not_on_interfaces(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Such directives on interfaces, their fields, and objects that stand for interfaces."""
    for definition in subgraph.types.values():
        if definition.kind is TypeKind.INTERFACE or definition.is_interface_object:
            yield from _errors(subgraph, definition, definition.name, _TYPE_CODES)
    for definition, field in fields_of(subgraph):
        if definition.kind is TypeKind.INTERFACE:
            yield from _errors(subgraph, field, f"{definition.name}.{field.name}", _FIELD_CODES)
        elif definition.is_interface_object:
            yield from _errors(subgraph, field, f"{definition.name}.{field.name}", _TYPE_CODES)


def _errors(
    subgraph: SubgraphSchema, element: Element | TypeDefinition, coordinate: str, codes: dict[str, str]
) -> Iterator[CompositionError]:
    for directive in element.directives:
        forgiven = subgraph.is_federation_1 and directive.name in _FORGIVEN_IN_FEDERATION_1
        if directive.name in codes and not forgiven:
            yield CompositionError(
                codes[directive.name],
                f"@{directive.name} stands on {coordinate}, which is part of an interface.",
                (place_of(subgraph.name, directive.node),),
                "Put it on the fields of the implementing types.",
            )
