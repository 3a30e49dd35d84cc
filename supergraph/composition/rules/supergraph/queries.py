"""A graph has something to query."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedSupergraph
from supergraph.composition.result import CompositionError, Place
from supergraph.composition.subgraphs.schema import ROOT_TYPES


def queries(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """No field of Query in any subgraph."""
    query = supergraph.types.get(ROOT_TYPES["query"])
    if query is None or not query.fields:
        yield CompositionError(
            "NO_QUERIES",
            "No subgraph has a query.",
            tuple(Place(graph.subgraph.name) for graph in supergraph.graphs),
            "Define at least one field of Query in one subgraph.",
        )
