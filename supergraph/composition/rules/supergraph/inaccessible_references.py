"""What clients can see does not lead to a type that they cannot, and the query root is theirs.

Source: https://specs.apollo.dev/inaccessible/v0.2/.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedSupergraph
from supergraph.composition.result import CompositionError
from supergraph.composition.rules.supergraph.accessible import accessible_types, referenced
from supergraph.composition.rules.supergraph.declarations import places
from supergraph.composition.subgraphs.schema import ROOT_TYPES


def inaccessible_references(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Visible fields, arguments and input fields of hidden types; and a hidden query root."""
    query = ROOT_TYPES["query"]
    if query in supergraph.types and supergraph.types[query].inaccessible:
        yield CompositionError(
            "QUERY_ROOT_TYPE_INACCESSIBLE",
            f"{query} is @inaccessible, so that clients could ask nothing.",
            places(supergraph, query),
            "Hide single fields instead.",
            inaccessible=(query,),
        )
    for merged in accessible_types(supergraph):
        for path, target in referenced(merged):
            if target in supergraph.types and supergraph.types[target].inaccessible:
                yield CompositionError(
                    "REFERENCED_INACCESSIBLE",
                    f"{target} is @inaccessible, and {'.'.join((merged.name, *path))}, which is not, refers to it.",
                    places(supergraph, merged.name, *path) + places(supergraph, target),
                    "Hide both, or neither.",
                    inaccessible=(target,),
                )
