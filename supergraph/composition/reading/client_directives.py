"""Directives of a supergraph that clients may write on fields, to be passed on to the subgraphs.

Composition keeps an executable directive only where every subgraph defines it, so whoever is asked for the field
understands it. Elsewhere than on fields none is offered: fragments, and the operation as a whole, do not reach a
subgraph as the client wrote them.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphql import DirectiveDefinitionNode, DirectiveLocation, DocumentNode, NameNode, specified_directives

_EXECUTABLE = frozenset(
    location.name
    for location in (
        DirectiveLocation.QUERY,
        DirectiveLocation.MUTATION,
        DirectiveLocation.SUBSCRIPTION,
        DirectiveLocation.FIELD,
        DirectiveLocation.FRAGMENT_DEFINITION,
        DirectiveLocation.FRAGMENT_SPREAD,
        DirectiveLocation.INLINE_FRAGMENT,
        DirectiveLocation.VARIABLE_DEFINITION,
    )
)
_SPECIFIED = frozenset(directive.name for directive in specified_directives)


def executable_locations(definition: DirectiveDefinitionNode | None) -> frozenset[str]:
    """Where in an operation a directive may stand."""
    if definition is None:
        return frozenset()
    return frozenset(location.value for location in definition.locations) & _EXECUTABLE


def client_directives(document: DocumentNode) -> Iterator[DirectiveDefinitionNode]:
    """The definitions of the directives that clients may write on fields."""
    for node in document.definitions:
        if not isinstance(node, DirectiveDefinitionNode) or node.name.value in _SPECIFIED:
            continue
        if DirectiveLocation.FIELD.name in executable_locations(node):
            yield DirectiveDefinitionNode(
                name=node.name,
                description=node.description,
                arguments=node.arguments,
                repeatable=node.repeatable,
                locations=(NameNode(value=DirectiveLocation.FIELD.name),),
            )
