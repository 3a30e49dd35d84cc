"""What is extended somewhere is defined somewhere.

Source: https://specs.apollo.dev/federation/v2.0/.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphql import TypeDefinitionNode

from supergraph.composition.merging.merged import MergedSupergraph
from supergraph.composition.result import CompositionError, places_of
from supergraph.composition.rules.supergraph.declarations import declarations
from supergraph.composition.subgraphs.schema import ROOT_TYPES


def extension_base(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Types that every subgraph only extends."""
    for name in supergraph.types:
        declared = declarations(supergraph, name)
        # A type with @extends is written as a definition, and one will do.
        defined = any(isinstance(definition.node, TypeDefinitionNode) for _, definition in declared)
        if name not in ROOT_TYPES.values() and not defined:
            yield CompositionError(
                "EXTENSION_WITH_NO_BASE",
                f"{name} is only extended, and defined in no subgraph.",
                places_of((subgraph.name, definition.node) for subgraph, definition in declared),
                "Write `type` instead of `extend type` in one of them.",
            )
