"""A subgraph's name must not be one that query plans and supergraphs use themselves."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError, Place
from supergraph.composition.subgraphs.schema import SubgraphSchema

RESERVED = "_"


def subgraph_name(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """The reserved name."""
    if subgraph.name in {RESERVED, ""}:
        yield CompositionError(
            "INVALID_SUBGRAPH_NAME",
            f'A subgraph cannot be called "{subgraph.name}".',
            (Place(subgraph.name),),
            "Give it a name that says what it serves.",
        )
