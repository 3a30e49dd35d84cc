"""From a subgraph's SDL to the schema that it serves: the SDL, `_entities` and `_service`."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLSchema,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    build_ast_schema,
    parse,
)

Keyed = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode
Extension = ObjectTypeExtensionNode | InterfaceTypeExtensionNode


def subgraph_document(sdl: str) -> DocumentNode:
    """The type definitions of a subgraph: extensions of types that stand elsewhere count as definitions."""
    document = parse(sdl)
    defined = {node.name.value for node in document.definitions if isinstance(node, Keyed)}
    return DocumentNode(definitions=tuple(_kept(document, defined)))


def subgraph_schema(document: DocumentNode) -> GraphQLSchema:
    """The schema that a subgraph serves (Federation subgraph specification)."""
    entities = [node.name.value for node in _objects(document) if key_field_sets(node)]
    fields = ["_service: _Service!"]
    added = ["type _Service { sdl: String }"]
    if entities:
        fields.append("_entities(representations: [_Any!]!): [_Entity]!")
        added += ["scalar _Any", f"union _Entity = {' | '.join(entities)}"]
    has_query = any(node.name.value == "Query" for node in _objects(document))
    added.append(f"{'extend ' if has_query else ''}type Query {{ {' '.join(fields)} }}")
    definitions = (*document.definitions, *parse("\n".join(added)).definitions)
    return build_ast_schema(DocumentNode(definitions=definitions), assume_valid=True, assume_valid_sdl=True)


def key_field_sets(node: Keyed) -> list[str]:
    """The field sets of a type's keys."""
    return [
        argument.value.value
        for directive in node.directives or ()
        if directive.name.value.rpartition("__")[2] == "key"
        for argument in directive.arguments or ()
        if argument.name.value == "fields" and isinstance(argument.value, StringValueNode)
    ]


def _kept(document: DocumentNode, defined: set[str]) -> Iterator[DefinitionNode]:
    for node in document.definitions:
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode | DirectiveDefinitionNode):
            continue
        if isinstance(node, Extension) and node.name.value not in defined:
            defined.add(node.name.value)
            yield _definition(node)
        else:
            yield node


def _definition(node: Extension) -> Keyed:
    kind = (
        ObjectTypeDefinitionNode if isinstance(node, ObjectTypeExtensionNode) else InterfaceTypeDefinitionNode
    )
    return kind(name=node.name, directives=node.directives, interfaces=node.interfaces, fields=node.fields)


def _objects(document: DocumentNode) -> Iterator[ObjectTypeDefinitionNode]:
    return (node for node in document.definitions if isinstance(node, ObjectTypeDefinitionNode))
