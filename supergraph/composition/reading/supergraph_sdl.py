"""Supergraph SDL, as composition writes it, read back: join specification v0.1 to v0.5."""

from __future__ import annotations

from graphql import DocumentNode, GraphQLSyntaxError, parse

from supergraph.composition.reading.api_schema import api_schema, full_schema
from supergraph.composition.reading.authorization import authorization_rules
from supergraph.composition.reading.costs import costs_of
from supergraph.composition.reading.errors import InvalidSupergraphError
from supergraph.composition.reading.join_spec import read_subgraphs
from supergraph.composition.reading.known_specs import refuse_unknown
from supergraph.composition.reading.linked_specs import LinkedSpec, linked_specs
from supergraph.model import Supergraph


def read(sdl: str) -> Supergraph:
    """Read supergraph SDL: what each subgraph knows, the whole schema, and the API that clients see.

    Raises `InvalidSupergraphError` where the text is no GraphQL, no supergraph, or one that needs a specification
    that is not known here.
    """
    document = _parsed(sdl)
    specs = linked_specs(document)
    join = _join(specs)
    refuse_unknown(specs)
    return Supergraph(
        sdl=sdl,
        schema=full_schema(document, specs),
        api=api_schema(document, specs),
        subgraphs=read_subgraphs(document, join, specs),
        authorization=authorization_rules(document, specs),
        costs=costs_of(document, specs),
    )


def _parsed(sdl: str) -> DocumentNode:
    try:
        return parse(sdl, no_location=True)
    except GraphQLSyntaxError as error:
        raise InvalidSupergraphError(f"The supergraph is no GraphQL SDL: {error}") from error


def _join(specs: tuple[LinkedSpec, ...]) -> LinkedSpec:
    for spec in specs:
        if spec.specifies("join"):
            return spec
    raise InvalidSupergraphError(
        "This SDL is no supergraph: its schema links no join specification. If it is a subgraph's, "
        "compose it with the others first (`supergraph compose`), and give the router the result."
    )
