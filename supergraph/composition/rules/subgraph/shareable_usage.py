"""`@shareable` is said once of a field.

Source: https://specs.apollo.dev/federation/v2.0/#@shareable.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.schema import SubgraphSchema
from supergraph.composition.subgraphs.walk import fields_of


def shareable_usage(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Fields that are called shareable twice over."""
    for definition, field in fields_of(subgraph):
        applied = list(field.applied("shareable"))
        if len(applied) > 1:
            yield CompositionError(
                "INVALID_SHAREABLE_USAGE",
                f"{definition.name}.{field.name} is called @shareable {len(applied)} times.",
                tuple(place_of(subgraph.name, directive.node) for directive in applied),
                "Say it once.",
            )
