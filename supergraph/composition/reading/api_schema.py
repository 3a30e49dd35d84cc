"""The schemas of a supergraph: the whole one, and the API that clients see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import (
    REMOVE,
    SKIP,
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    GraphQLSchema,
    InputValueDefinitionNode,
    NamedTypeNode,
    Node,
    OperationTypeDefinitionNode,
    TypeDefinitionNode,
    Visitor,
    build_ast_schema,
    validate_schema,
    visit,
)

from supergraph.composition.reading.client_directives import client_directives
from supergraph.composition.reading.errors import InvalidSupergraphError
from supergraph.composition.reading.linked_specs import LinkedSpec, applications, directive_called

BUILT_IN_DIRECTIVES = frozenset({"deprecated", "specifiedBy", "oneOf"})

_HIDEABLE = (
    TypeDefinitionNode,
    FieldDefinitionNode,
    InputValueDefinitionNode,
    EnumValueDefinitionNode,
    OperationTypeDefinitionNode,
)
_TYPED = (FieldDefinitionNode, InputValueDefinitionNode, OperationTypeDefinitionNode)


def full_schema(document: DocumentNode, specs: tuple[LinkedSpec, ...]) -> GraphQLSchema:
    """The schema with every type and field, inaccessible ones too, and with the directives on their nodes.

    Raises `InvalidSupergraphError` where something refers to a type that is not there.
    """
    try:
        return build_ast_schema(_without_machinery(document, specs), assume_valid=True, assume_valid_sdl=True)
    except TypeError as error:
        raise InvalidSupergraphError(
            f"The supergraph's schema cannot be built: {error} Compose the supergraph again."
        ) from error


def api_schema(document: DocumentNode, specs: tuple[LinkedSpec, ...]) -> GraphQLSchema:
    """The schema that clients see: nothing `@inaccessible`, and of directives the built-in ones and those that
    clients may write on fields.

    Raises `InvalidSupergraphError` where what is left is no valid schema.
    """
    offered = DocumentNode(
        definitions=(*_without_machinery(document, specs).definitions, *client_directives(document))
    )
    hidden = directive_called("inaccessible", specs)
    accessible = visit(offered, _Accessible(document, hidden))
    schema = build_ast_schema(accessible, assume_valid_sdl=True)
    problems = validate_schema(schema)
    if problems:
        raise InvalidSupergraphError(
            f"The API schema of this supergraph is not valid: {problems[0].message} "
            "Compose the supergraph again; composition names the subgraph where this comes from."
        )
    return schema


def _without_machinery(document: DocumentNode, specs: tuple[LinkedSpec, ...]) -> DocumentNode:
    """The document without what the linked specifications define, and without directive definitions."""
    namespaces = tuple(f"{spec.namespace}__" for spec in specs)

    def belongs(definition: Node) -> bool:
        if isinstance(definition, DirectiveDefinitionNode):
            return False
        return not (
            isinstance(definition, TypeDefinitionNode) and definition.name.value.startswith(namespaces)
        )

    return DocumentNode(definitions=tuple(node for node in document.definitions if belongs(node)))


class _Accessible(Visitor):
    """Leaves out what is inaccessible, what refers to an inaccessible type, and composed directives."""

    def __init__(self, document: DocumentNode, inaccessible: str) -> None:
        super().__init__()
        self.hides: Callable[[Node], bool] = lambda node: any(True for _ in applications(node, inaccessible))
        self.hidden_types = frozenset(
            definition.name.value
            for definition in document.definitions
            if isinstance(definition, TypeDefinitionNode) and self.hides(definition)
        )

    def enter(self, node: Node, *_: Any) -> Any:
        if isinstance(node, DirectiveNode):
            return SKIP if node.name.value in BUILT_IN_DIRECTIVES else REMOVE
        if isinstance(node, NamedTypeNode):
            return REMOVE if node.name.value in self.hidden_types else None
        if isinstance(node, _HIDEABLE) and (self.hides(node) or self._refers_to_hidden(node)):
            return REMOVE
        return None

    def _refers_to_hidden(self, node: Node) -> bool:
        return isinstance(node, _TYPED) and _innermost(node) in self.hidden_types


def _innermost(node: FieldDefinitionNode | InputValueDefinitionNode | OperationTypeDefinitionNode) -> str:
    type_node: Any = node.type
    while not isinstance(type_node, NamedTypeNode):
        type_node = type_node.type
    return type_node.name.value
