"""A subscription has one source: its root fields are not shared.

Source: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/directives#shareable.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.schema import ROOT_TYPES, SubgraphSchema


def subscription_fields(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Root fields of Subscription that are called shareable. Federation 1 cannot call them so."""
    root = subgraph.types.get(ROOT_TYPES["subscription"])
    for field in root.fields.values() if root else ():
        for directive in field.applied("shareable"):
            yield CompositionError(
                "INVALID_FIELD_SHARING",
                f"{ROOT_TYPES['subscription']}.{field.name} is @shareable: two sources would give every event twice.",
                (place_of(subgraph.name, directive.node),),
                "Remove @shareable, and subscribe in one subgraph.",
            )
