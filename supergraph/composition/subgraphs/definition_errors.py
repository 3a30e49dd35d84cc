"""A subgraph that defines a specification's directive itself must define it as the specification does.

Places may be left out, and arguments that are optional; the scalar of field sets may have any name.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    NonNullTypeNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    parse,
    print_ast,
)

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.names import Names
from supergraph.composition.subgraphs.specifications import DirectiveSpecification, Version

_BUILT_IN_SCALARS = frozenset({"Int", "Float", "Boolean", "ID"})


def definition_errors(subgraph: str, document: DocumentNode, names: Names) -> Iterator[CompositionError]:
    """Definitions that differ from the specification's."""
    specifications = names.specifications()
    for node in document.definitions:
        if isinstance(node, DirectiveDefinitionNode) and node.name.value in specifications:
            specified = _specified(specifications[node.name.value], names.version)
            for fault in _faults(node, specified):
                yield CompositionError(
                    "DIRECTIVE_DEFINITION_INVALID",
                    f"The definition of @{node.name.value} is not the specification's: {fault}.",
                    (place_of(subgraph, node),),
                    f"Remove the definition: the link brings it. It reads: {print_ast(specified)}",
                )


def type_definition_errors(subgraph: str, document: DocumentNode, names: Names) -> Iterator[CompositionError]:
    """Definitions of a specification's scalars and enums that differ from the specification's."""
    specified = {**dict.fromkeys(names.scalars.values(), "scalar"), **_LINK_TYPES}
    for node in document.definitions:
        if isinstance(node, TypeDefinitionNode) and node.name.value in specified:
            expected = specified[node.name.value]
            if _shape(node) != expected:
                yield CompositionError(
                    "TYPE_DEFINITION_INVALID",
                    f"The definition of {node.name.value} is not the specification's, which is: {expected}.",
                    (place_of(subgraph, node),),
                    "Remove the definition: the link brings it.",
                )


_LINK_TYPES = {"link__Import": "scalar", "link__Purpose": "enum of EXECUTION and SECURITY"}


def _shape(node: TypeDefinitionNode) -> str:
    if isinstance(node, ScalarTypeDefinitionNode):
        return "scalar"
    if isinstance(node, EnumTypeDefinitionNode):
        return f"enum of {' and '.join(sorted(value.name.value for value in node.values or ()))}"
    return "something else"


def _faults(given: DirectiveDefinitionNode, specified: DirectiveDefinitionNode) -> Iterator[str]:
    arguments = {argument.name.value: argument for argument in given.arguments or ()}
    expected = {argument.name.value: argument for argument in specified.arguments or ()}
    for name in arguments.keys() - expected.keys():
        yield f"the specification's has no argument {name}"
    for name, argument in expected.items():
        if name in arguments:
            if not _same_type(print_ast(arguments[name].type), print_ast(argument.type)):
                yield f"its argument {name} is of type {print_ast(argument.type)}"
        elif isinstance(argument.type, NonNullTypeNode):
            yield f"it has an argument {name}"
    places = {location.value for location in specified.locations}
    for location in given.locations:
        if location.value not in places:
            yield f"the specification's does not stand on {location.value}"
    if given.repeatable and not specified.repeatable:
        yield "it is not repeatable"


def _same_type(given: str, expected: str) -> bool:
    """Custom scalars and strings count as one; a non-null mark may be left out."""
    return _normalised(given).rstrip("!") == _normalised(expected).rstrip("!")


def _normalised(reference: str) -> str:
    name = reference.strip("[]!")
    return reference if name in _BUILT_IN_SCALARS else reference.replace(name, "String")


def _specified(specification: DirectiveSpecification, version: Version) -> DirectiveDefinitionNode:
    arguments = specification.arguments.format(**{scalar: scalar for scalar in specification.scalars})
    repeatable = "repeatable " if specification.is_repeatable(version) else ""
    given = f"({arguments})" if arguments else ""
    text = f"directive @{specification.name}{given} {repeatable}on {specification.locations}"
    definition = parse(text, no_location=True).definitions[0]
    assert isinstance(definition, DirectiveDefinitionNode)  # noqa: S101 - what was just written is parsed
    return definition
