"""From a subgraph's SDL to the schema that it serves: the SDL, `_entities` and `_service`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    DefinitionNode,
    DirectiveNode,
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
    value_from_ast_untyped,
)

Keyed = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode
Extension = ObjectTypeExtensionNode | InterfaceTypeExtensionNode


def subgraph_document(sdl: str) -> DocumentNode:
    """The definitions of a subgraph: extensions of types that stand elsewhere count as definitions."""
    document = parse(sdl)
    defined = {node.name.value for node in document.definitions if isinstance(node, Keyed)}
    return DocumentNode(definitions=tuple(_kept(document, defined)))


def subgraph_schema(document: DocumentNode) -> GraphQLSchema:
    """The schema that a subgraph serves (Federation subgraph specification)."""
    key = key_name(document)
    entities = [node.name.value for node in _objects(document) if key_field_sets(node, key)]
    roots = _roots(document)
    query = roots["query"]
    fields = ["_service: _Service!"]
    added = ["type _Service { sdl: String }"]
    if entities:
        fields.append("_entities(representations: [_Any!]!): [_Entity]!")
        added += ["scalar _Any", f"union _Entity = {' | '.join(entities)}"]
    has_query = any(node.name.value == query for node in _objects(document))
    added.append(f"{'extend ' if has_query else ''}type {query} {{ {' '.join(fields)} }}")
    added.append(f"schema {{ {' '.join(f'{kind}: {name}' for kind, name in roots.items())} }}")
    definitions = (*_without_schema(document), *parse("\n".join(added)).definitions)
    return build_ast_schema(DocumentNode(definitions=definitions), assume_valid=True, assume_valid_sdl=True)


def key_name(document: DocumentNode) -> str:
    """What the subgraph calls `@key`, which `@link(import: [{name: "@key", as: ...}])` may say."""
    for arguments in _directives(document, "link"):
        for each in arguments.get("import") or ():
            if isinstance(each, dict) and each.get("name") == "@key":
                return str(each.get("as", "@key")).removeprefix("@")
    return "key"


def key_field_sets(node: Keyed, key: str = "key") -> list[str]:
    """The field sets of a type's keys, `@key` being called as the subgraph says, or by its full name."""
    return [
        argument.value.value
        for directive in node.directives or ()
        if directive.name.value in (key, directive.name.value.rpartition("__")[0] + "__key")
        for argument in directive.arguments or ()
        if argument.name.value == "fields" and isinstance(argument.value, StringValueNode)
    ]


def _roots(document: DocumentNode) -> dict[str, str]:
    """The root types by kind of operation; those that the schema does not name have the usual names."""
    defined = {node.name.value for node in _objects(document)}
    roots = {"query": "Query"}
    for kind in ("Mutation", "Subscription"):
        if kind in defined:
            roots[kind.lower()] = kind
    for node in document.definitions:
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode):
            roots |= {each.operation.value: each.type.name.value for each in node.operation_types or ()}
    return roots


def _directives(document: DocumentNode, name: str) -> Iterator[dict[str, Any]]:
    """The arguments of a directive where the schema has it."""
    for node in document.definitions:
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode):
            for directive in node.directives or ():
                if directive.name.value == name:
                    yield _arguments(directive)


def _arguments(directive: DirectiveNode) -> dict[str, Any]:
    return {each.name.value: value_from_ast_untyped(each.value) for each in directive.arguments or ()}


def _without_schema(document: DocumentNode) -> Iterator[DefinitionNode]:
    for node in document.definitions:
        if not isinstance(node, SchemaDefinitionNode | SchemaExtensionNode):
            yield node


def _kept(document: DocumentNode, defined: set[str]) -> Iterator[DefinitionNode]:
    for node in document.definitions:
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
