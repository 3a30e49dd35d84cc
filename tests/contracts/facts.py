"""A schema document as a set of facts, so that two can be compared in meaning and each drift named."""

from collections.abc import Iterator
from itertools import chain

from graphql import (
    ConstDirectiveNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListValueNode,
    NullValueNode,
    ObjectTypeDefinitionNode,
    ObjectValueNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    ValueNode,
    print_ast,
)

Facts = dict[str, str]
"""What is said of each thing: "Movie.offers(storeId:) type" is "ID"."""

# The subgraph specification's own machinery, which no contract needs to repeat.
MACHINERY = {"_Any", "_Entity", "_Service", "Query._entities", "Query._service"}


def facts(document: DocumentNode) -> Facts:
    """Every fact of a subgraph's schema document; the order of definitions does not count."""
    found: Facts = {}
    for definition in document.definitions:
        match definition:
            case SchemaDefinitionNode() | SchemaExtensionNode():
                found |= _links(definition.directives)
            case TypeDefinitionNode():
                if definition.name.value not in MACHINERY:
                    found |= dict(_type(definition))
            case DirectiveDefinitionNode():
                found[f"@{definition.name.value}"] = print_ast(definition)
            case _:
                found[print_ast(definition)] = "unexpected definition"
    return found


def drifts(actual: Facts, contract: Facts) -> list[str]:
    """A line for each fact in which the two differ."""
    lines = []
    for subject in sorted({*actual, *contract}):
        has, wants = actual.get(subject), contract.get(subject)
        if has != wants:
            lines.append(f"{subject}: is {has or 'absent'}, the contract says {wants or 'absent'}")
    return lines


def _links(directives: tuple[ConstDirectiveNode, ...] | None) -> Facts:
    """The link to the federation specification by its version; imports follow from use."""
    urls = [
        argument.value.value
        for directive in directives or ()
        for argument in directive.arguments or ()
        if argument.name.value == "url" and isinstance(argument.value, StringValueNode)
    ]
    return {"@link": " ".join(sorted(urls))}


def _type(node: TypeDefinitionNode) -> Iterator[tuple[str, str]]:
    name = node.name.value
    yield f"{name} kind", node.kind
    yield from _described(name, node)
    match node:
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            yield f"{name} implements", " ".join(sorted(i.name.value for i in node.interfaces or ()))
            yield from chain.from_iterable(_field(name, field) for field in node.fields or ())
        case InputObjectTypeDefinitionNode():
            yield from chain.from_iterable(_input(f"{name}.", field) for field in node.fields or ())
        case EnumTypeDefinitionNode():
            for value in node.values or ():
                yield from _described(f"{name}.{value.name.value}", value)
                yield f"{name}.{value.name.value}", "value"
        case UnionTypeDefinitionNode():
            yield f"{name} members", " ".join(sorted(member.name.value for member in node.types or ()))
        case _:
            pass


def _field(owner: str, node: FieldDefinitionNode) -> Iterator[tuple[str, str]]:
    subject = f"{owner}.{node.name.value}"
    if subject in MACHINERY:
        return
    yield f"{subject} type", print_ast(node.type)
    yield from _described(subject, node)
    for argument in node.arguments or ():
        yield from _input(f"{subject}(", argument, ":)")


def _input(owner: str, node: InputValueDefinitionNode, end: str = "") -> Iterator[tuple[str, str]]:
    subject = f"{owner}{node.name.value}{end}"
    yield f"{subject} type", print_ast(node.type)
    # To a client a default of null and none at all are the same.
    if node.default_value is not None and not isinstance(node.default_value, NullValueNode):
        yield f"{subject} default", _value(node.default_value)
    yield from _described(subject, node)


def _described(subject: str, node: object) -> Iterator[tuple[str, str]]:
    description = getattr(node, "description", None)
    if description is not None:
        yield f"{subject} description", " ".join(description.value.split())
    applied = sorted(_directive(directive) for directive in getattr(node, "directives", None) or ())
    if applied:
        yield f"{subject} directives", " ".join(applied)


def _directive(node: ConstDirectiveNode) -> str:
    given = sorted(f"{argument.name.value}: {_value(argument.value)}" for argument in node.arguments or ())
    return f"@{node.name.value}({', '.join(given)})"


def _value(node: ValueNode) -> str:
    match node:
        case StringValueNode():
            return repr(" ".join(node.value.split()))
        case ListValueNode():
            return f"[{', '.join(_value(value) for value in node.values or ())}]"
        case ObjectValueNode():
            pairs = sorted(f"{field.name.value}: {_value(field.value)}" for field in node.fields or ())
            return f"{{{', '.join(pairs)}}}"
        case _:
            return print_ast(node)
