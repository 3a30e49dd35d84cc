"""From a subgraph's SDL to a `SubgraphSchema`."""

from __future__ import annotations

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLSyntaxError,
    Source,
    parse,
)

from supergraph.composition.result import CompositionError, SubgraphSource
from supergraph.composition.subgraphs.definition_errors import definition_errors, type_definition_errors
from supergraph.composition.subgraphs.definitions import directives_of, type_definitions
from supergraph.composition.subgraphs.key_externals import without_key_externals
from supergraph.composition.subgraphs.link_errors import link_errors
from supergraph.composition.subgraphs.links import links_of, schema_directives
from supergraph.composition.subgraphs.names import Names, names_of
from supergraph.composition.subgraphs.roots import root_name_errors, with_default_root_names
from supergraph.composition.subgraphs.schema import ROOT_TYPES, SubgraphSchema, TypeDefinition
from supergraph.composition.subgraphs.validity import graphql_errors, invalid_graphql
from supergraph.model import TypeKind

Loaded = tuple[SubgraphSchema | None, list[CompositionError]]
"""A subgraph's schema, or the errors why it cannot be looked at."""


def load(source: SubgraphSource) -> Loaded:
    """Read one subgraph."""
    try:
        document = parse(Source(source.sdl, source.name))
    except GraphQLSyntaxError as fault:
        return None, [invalid_graphql(source.name, fault)]
    links = links_of(document)
    errors = link_errors(source.name, links)
    if errors:
        return None, errors
    names = names_of(links)
    errors = root_name_errors(source.name, document)
    errors = errors or list(definition_errors(source.name, document, names))
    errors = errors or list(type_definition_errors(source.name, document, names))
    errors = errors or graphql_errors(source.name, document, names, links)
    if errors:
        return None, errors
    document = with_default_root_names(document)
    return without_key_externals(_schema(source, document, names)), []


def _schema(source: SubgraphSource, document: DocumentNode, names: Names) -> SubgraphSchema:
    return SubgraphSchema(
        name=source.name,
        url=source.url,
        names=names,
        types=_with_query(type_definitions(document, names), document),
        links=links_of(document),
        schema_directives=directives_of(schema_directives(document), names),
        directive_definitions={
            node.name.value: node
            for node in document.definitions
            if isinstance(node, DirectiveDefinitionNode)
        },
    )


def _with_query(types: dict[str, TypeDefinition], document: DocumentNode) -> dict[str, TypeDefinition]:
    """Every subgraph has a query root, if only for what federation adds to it."""
    query = TypeDefinition(name=ROOT_TYPES["query"], node=document, kind=TypeKind.OBJECT)
    return {query.name: query, **types}
