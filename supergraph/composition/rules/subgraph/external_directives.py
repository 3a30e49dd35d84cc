"""What a subgraph only mentions, it neither hides nor describes: such directives belong where the field is resolved."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.schema import SubgraphSchema
from supergraph.composition.subgraphs.specifications import STANDALONE
from supergraph.composition.subgraphs.walk import fields_of

_COMPOSED = frozenset(name for names in STANDALONE.values() for name in names)


def external_directives(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Directives of the supergraph, and `@provides`, on external fields.

    What Federation 1 let pass is dropped when it is upgraded.
    """
    for definition, field in fields_of(subgraph) if not subgraph.is_federation_1 else ():
        for directive in field.directives if field.external else ():
            if directive.name in _COMPOSED:
                yield CompositionError(
                    "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL",
                    f"@{directive.name} stands on {definition.name}.{field.name}, which is @external.",
                    (place_of(subgraph.name, directive.node),),
                    "Put it on the field in the subgraph that resolves it.",
                )
            if directive.name == "provides":
                yield CompositionError(
                    "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE",
                    f"@provides stands on {definition.name}.{field.name}, which is @external: a subgraph that does"
                    " not resolve a field provides nothing with it.",
                    (place_of(subgraph.name, directive.node),),
                    "Remove @external where this subgraph resolves the field, else remove @provides.",
                )
