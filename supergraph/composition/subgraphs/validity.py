"""Whether a subgraph's document is a valid GraphQL schema, once the specifications' definitions are added."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLError,
    TypeDefinitionNode,
    TypeExtensionNode,
    build_ast_schema,
    parse,
    validate_schema,
)
from graphql.validation.validate import validate_sdl

from supergraph.composition.result import CompositionError, Place
from supergraph.composition.subgraphs.definitions import DEFINITION_OF_EXTENSION
from supergraph.composition.subgraphs.links import Link
from supergraph.composition.subgraphs.names import Names
from supergraph.composition.subgraphs.specifications import (
    DIRECTIVES,
    FEDERATION,
    FEDERATION_2,
    DirectiveSpecification,
)

_UNKNOWN_DIRECTIVE = re.compile(r"Unknown directive '@(\w+)'")
_ADVICE = "Correct the schema: it must be valid GraphQL by itself, with the specifications it links."


def graphql_errors(
    subgraph: str, document: DocumentNode, names: Names, links: tuple[Link, ...]
) -> list[CompositionError]:
    """What the GraphQL specification forbids, as `INVALID_GRAPHQL`."""
    complete = _completed(document, names, links)
    faults = validate_sdl(complete) or _schema_faults(complete)
    return [invalid_graphql(subgraph, fault) for fault in faults]


def invalid_graphql(subgraph: str, fault: GraphQLError) -> CompositionError:
    """A GraphQL error in a subgraph's document, as composition's error."""
    places = tuple(Place(subgraph, at.line, at.column) for at in fault.locations or ())
    advice = next(_advice_on_import(fault.message), _ADVICE)
    return CompositionError("INVALID_GRAPHQL", fault.message, places or (Place(subgraph),), advice)


def _advice_on_import(message: str) -> Iterator[str]:
    """For a directive that federation has and the subgraph does not import."""
    unknown = _UNKNOWN_DIRECTIVE.match(message)
    known = DIRECTIVES.get(unknown[1]) if unknown else None
    if known is not None:
        major, minor = max(known.since, FEDERATION_2)
        yield (
            f'Import it: extend schema @link(url: "{FEDERATION}/v{major}.{minor}", import: ["@{known.name}"]), in'
            " that version or a later one."
        )


def _schema_faults(document: DocumentNode) -> list[GraphQLError]:
    try:
        schema = build_ast_schema(document, assume_valid_sdl=True)
    except GraphQLError as fault:
        return [fault]
    except TypeError as fault:  # a name or value that the type system's constructors refuse
        return [GraphQLError(str(fault))]
    return [fault for fault in validate_schema(schema) if not _is_about_the_query_root(fault)]


def _is_about_the_query_root(fault: GraphQLError) -> bool:
    """A subgraph needs no root field of its own: federation gives it `_service`."""
    return fault.message in {
        "Query root type must be provided.",
        "Type Query must define one or more fields.",
    }


def _completed(document: DocumentNode, names: Names, links: tuple[Link, ...]) -> DocumentNode:
    own = list(_extensions_without_base_defined(document))
    defined = {node.name.value for node in own if isinstance(node, TypeDefinitionNode)}
    directives = {node.name.value for node in own if isinstance(node, DirectiveDefinitionNode)}
    added = "\n".join(_specification_definitions(names, links, defined, directives))
    return DocumentNode(definitions=(*own, *(parse(added, no_location=True).definitions if added else ())))


def _extensions_without_base_defined(document: DocumentNode) -> Iterator[DefinitionNode]:
    """In a federated graph a type may be extended here and defined elsewhere."""
    defined = {node.name.value for node in document.definitions if isinstance(node, TypeDefinitionNode)}
    for node in document.definitions:
        if isinstance(node, TypeExtensionNode) and node.name.value not in defined:
            defined.add(node.name.value)
            yield DEFINITION_OF_EXTENSION[type(node)](**{key: getattr(node, key) for key in node.keys})
        else:
            yield node


def _specification_definitions(
    names: Names, links: tuple[Link, ...], types: set[str], directives: set[str]
) -> Iterator[str]:
    for name, specification in names.specifications().items():
        if name not in directives:
            yield directive_sdl(name, specification, names)
    link_name = next((link.node.name.value for link in links), "link")
    if link_name not in directives:
        yield (
            f"directive @{link_name}(url: String, as: String, for: link__Purpose, import: [link__Import])"
            " repeatable on SCHEMA"
        )
    for scalar in (*_scalars_used(names), "link__Import", "link__Purpose", "_Any"):
        if scalar not in types:
            types.add(scalar)
            yield (
                f"scalar {scalar}"
                if scalar != "link__Purpose"
                else "enum link__Purpose { SECURITY EXECUTION }"
            )


def _scalars_used(names: Names) -> Iterator[str]:
    for specification in names.specifications().values():
        for scalar in specification.scalars:
            yield scalar_name(scalar, specification, names)


def directive_sdl(name: str, specification: DirectiveSpecification, names: Names) -> str:
    """A specification's directive, defined under the names in force."""
    scalars = {scalar: scalar_name(scalar, specification, names) for scalar in specification.scalars}
    arguments = specification.arguments.format(**scalars)
    given = f"({arguments})" if arguments else ""
    repeatable = " repeatable" if specification.is_repeatable(names.version) else ""
    return f"directive @{name}{given}{repeatable} on {specification.locations}"


def scalar_name(scalar: str, specification: DirectiveSpecification, names: Names) -> str:
    """What a specification's scalar is called here; without a federation link, after its directive."""
    return names.scalars.get(scalar, f"{specification.name}__{scalar}")
