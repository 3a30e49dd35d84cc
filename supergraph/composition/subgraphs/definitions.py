"""From a subgraph's document to its type definitions: extensions folded in, directives under their own names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from graphql import (
    ConstDirectiveNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    ScalarTypeExtensionNode,
    StringValueNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
)

from supergraph.composition.subgraphs.names import MACHINERY_FIELDS, Names
from supergraph.composition.subgraphs.schema import (
    ROOT_TYPES,
    Directive,
    DirectiveDefinition,
    Element,
    FieldDefinition,
    InputValue,
    TypeDefinition,
)
from supergraph.model import TypeKind

TypeNodes = TypeDefinitionNode | TypeExtensionNode

_KINDS: dict[TypeKind, tuple[type, type]] = {
    TypeKind.SCALAR: (ScalarTypeDefinitionNode, ScalarTypeExtensionNode),
    TypeKind.OBJECT: (ObjectTypeDefinitionNode, ObjectTypeExtensionNode),
    TypeKind.INTERFACE: (InterfaceTypeDefinitionNode, InterfaceTypeExtensionNode),
    TypeKind.UNION: (UnionTypeDefinitionNode, UnionTypeExtensionNode),
    TypeKind.ENUM: (EnumTypeDefinitionNode, EnumTypeExtensionNode),
    TypeKind.INPUT_OBJECT: (InputObjectTypeDefinitionNode, InputObjectTypeExtensionNode),
}
DEFINITION_OF_EXTENSION = {extension: definition for definition, extension in _KINDS.values()}
"""For each kind of type extension, the kind of definition that it extends."""


def type_definitions(document: DocumentNode, names: Names) -> dict[str, TypeDefinition]:
    """Every type of the graph that the document defines or extends, by name, in order."""
    types: dict[str, TypeDefinition] = {}
    for node in document.definitions:
        if isinstance(node, TypeDefinitionNode | TypeExtensionNode) and not names.is_machinery(
            node.name.value
        ):
            part = _Part(node, names).definition()
            known = types.get(part.name)
            types[part.name] = part if known is None else _combined(known, part)
    return types


def directives_of(nodes: Iterable[ConstDirectiveNode] | None, names: Names) -> tuple[Directive, ...]:
    """Applied directives under their canonical names."""
    return tuple(
        Directive(
            names.canonical(node.name.value),
            {argument.name.value: argument.value for argument in node.arguments or ()},
            node,
        )
        for node in nodes or ()
    )


def directive_definition(
    node: DirectiveDefinitionNode, executable_locations: frozenset[str], names: Names
) -> DirectiveDefinition:
    """A directive's definition, its arguments as composition looks at arguments."""
    return DirectiveDefinition(
        name=node.name.value,
        node=node,
        description=_description(node),
        arguments={argument.name.value: _input(argument, names) for argument in node.arguments or ()},
        executable_locations=executable_locations,
        repeatable=node.repeatable,
    )


def _combined(one: TypeDefinition, other: TypeDefinition) -> TypeDefinition:
    """A type from two of its parts; the definition's place and description win over an extension's."""
    base = other if one.is_extension and not other.is_extension else one
    return replace(
        base,
        description=one.description or other.description,
        directives=one.directives + other.directives,
        is_extension=one.is_extension and other.is_extension,
        fields={**one.fields, **other.fields},
        inputs={**one.inputs, **other.inputs},
        values={**one.values, **other.values},
        interfaces=tuple(dict.fromkeys(one.interfaces + other.interfaces)),
        members=tuple(dict.fromkeys(one.members + other.members)),
    )


class _Part:
    """One definition or extension of a type."""

    def __init__(self, node: TypeNodes, names: Names) -> None:
        self.node = node
        self.names = names
        self.kind = next(kind for kind, classes in _KINDS.items() if isinstance(node, classes))
        directives = directives_of(node.directives, names)
        self.extends = isinstance(node, TypeExtensionNode) or any(
            directive.name == "extends" for directive in directives
        )
        self.directives = tuple(replace(directive, from_extension=self.extends) for directive in directives)

    def definition(self) -> TypeDefinition:
        fields = getattr(self.node, "fields", None) or ()
        is_input = self.kind is TypeKind.INPUT_OBJECT
        return TypeDefinition(
            name=self.node.name.value,
            node=self.node,
            description=_description(self.node),
            directives=self._own_directives(),
            kind=self.kind,
            is_extension=self.extends,
            fields={} if is_input else self._fields(fields),
            inputs={node.name.value: _input(node, self.names) for node in fields} if is_input else {},
            values={node.name.value: self._value(node) for node in getattr(self.node, "values", None) or ()},
            interfaces=_names(getattr(self.node, "interfaces", None)),
            members=_names(getattr(self.node, "types", None)),
        )

    def _own_directives(self) -> tuple[Directive, ...]:
        """What stands on the type, without what is said of its fields."""
        if self.kind is not TypeKind.OBJECT:
            return self.directives
        return tuple(directive for directive in self.directives if directive.name not in _SAID_OF_FIELDS)

    def _fields(self, nodes: Iterable[FieldDefinitionNode]) -> dict[str, FieldDefinition]:
        is_query = self.node.name.value == ROOT_TYPES["query"]
        return {
            node.name.value: self._field(node)
            for node in nodes
            if not (is_query and node.name.value in MACHINERY_FIELDS)
        }

    def _field(self, node: FieldDefinitionNode) -> FieldDefinition:
        own = directives_of(node.directives, self.names)
        given = {directive.name for directive in own}
        inherited = (
            directive
            for directive in self.directives
            if self.kind is TypeKind.OBJECT
            and directive.name in _SAID_OF_FIELDS
            and directive.name not in given
        )
        return FieldDefinition(
            name=node.name.value,
            node=node,
            description=_description(node),
            directives=(*own, *inherited),
            type=node.type,
            arguments={
                argument.name.value: _input(argument, self.names) for argument in node.arguments or ()
            },
        )

    def _value(self, node: EnumValueDefinitionNode) -> Element:
        return Element(
            name=node.name.value,
            node=node,
            description=_description(node),
            directives=directives_of(node.directives, self.names),
        )


def _input(node: InputValueDefinitionNode, names: Names) -> InputValue:
    return InputValue(
        name=node.name.value,
        node=node,
        description=_description(node),
        directives=directives_of(node.directives, names),
        type=node.type,
        default=node.default_value,
    )


_SAID_OF_FIELDS = frozenset({"shareable", "external"})


def _names(nodes: Iterable | None) -> tuple[str, ...]:
    return tuple(node.name.value for node in nodes or ())


def _description(node: object) -> str | None:
    description = getattr(node, "description", None)
    return description.value if isinstance(description, StringValueNode) else None
