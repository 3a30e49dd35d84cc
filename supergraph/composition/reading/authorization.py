"""Authorization directives of a supergraph: `@authenticated`, `@requiresScopes`, `@policy`."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    DocumentNode,
    InterfaceTypeDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
)

from supergraph.composition.reading.linked_specs import LinkedSpec, applications, directive_called
from supergraph.model import Authorization


def authorization_rules(document: DocumentNode, specs: tuple[LinkedSpec, ...]) -> Mapping[str, Authorization]:
    """What each guarded type (`User`) and field (`User.email`) asks of the caller."""
    names = {name: directive_called(name, specs) for name in ("authenticated", "requiresScopes", "policy")}
    rules: dict[str, Authorization] = {}
    for definition in document.definitions:
        if not isinstance(definition, TypeDefinitionNode):
            continue
        for coordinate, node in _guardable(definition):
            rule = _rule(node, names)
            if rule != Authorization():
                rules[coordinate] = rule
    return rules


def _guardable(definition: TypeDefinitionNode) -> list[tuple[str, Node]]:
    name = definition.name.value
    found: list[tuple[str, Node]] = [(name, definition)]
    if isinstance(definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        found.extend((f"{name}.{field.name.value}", field) for field in definition.fields or ())
    return found


def _rule(node: Node, names: Mapping[str, str]) -> Authorization:
    return Authorization(
        authenticated=any(True for _ in applications(node, names["authenticated"])),
        scopes=_alternatives(node, names["requiresScopes"], "scopes"),
        policies=_alternatives(node, names["policy"], "policies"),
    )


def _alternatives(node: Node, directive: str, argument: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(together)
        for arguments in applications(node, directive)
        for together in arguments.get(argument, ())
    )
