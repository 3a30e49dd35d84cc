"""Root types under their default names, whatever a subgraph calls them."""

from __future__ import annotations

from typing import TypeVar

from graphql import (
    DocumentNode,
    NamedTypeNode,
    NameNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    Visitor,
    visit,
)

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.schema import ROOT_TYPES

N = TypeVar("N", NamedTypeNode, TypeDefinitionNode, TypeExtensionNode)


def with_default_root_names(document: DocumentNode) -> DocumentNode:
    """The document with `schema { query: Root }`'s Root called Query, and so on."""
    renamed = _renamed_roots(document)
    return visit(document, _Renaming(renamed)) if renamed else document


def root_name_errors(subgraph: str, document: DocumentNode) -> list[CompositionError]:
    """A type that has a root type's default name, and is none, cannot be told from the root type."""
    renamed = _renamed_roots(document)
    taken = {default: root for root, default in renamed.items()}
    return [
        CompositionError(
            f"ROOT_{node.name.value.upper()}_USED",
            f"The schema's root type is {taken[node.name.value]}, and yet another type is called {node.name.value}.",
            (place_of(subgraph, node),),
            f"Give the type {node.name.value} another name, or make it the root type.",
        )
        for node in document.definitions
        if isinstance(node, TypeDefinitionNode) and node.name.value in taken
    ]


def _renamed_roots(document: DocumentNode) -> dict[str, str]:
    return {
        operation.type.name.value: ROOT_TYPES[operation.operation.value]
        for node in document.definitions
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode)
        for operation in node.operation_types or ()
        if operation.type.name.value != ROOT_TYPES[operation.operation.value]
    }


class _Renaming(Visitor):
    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self.names = names

    def leave_named_type(self, node: NamedTypeNode, *_: object) -> NamedTypeNode | None:
        return self._renamed(node)

    def leave_object_type_definition(self, node: TypeDefinitionNode, *_: object) -> TypeDefinitionNode | None:
        return self._renamed(node)

    def leave_object_type_extension(self, node: TypeExtensionNode, *_: object) -> TypeExtensionNode | None:
        return self._renamed(node)

    def _renamed(self, node: N) -> N | None:
        name = self.names.get(node.name.value)
        if name is None:
            return None
        attributes = {key: getattr(node, key) for key in node.keys}
        return type(node)(**{**attributes, "name": NameNode(value=name, loc=node.name.loc)})
