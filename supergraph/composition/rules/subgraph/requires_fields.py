"""`@requires(fields:)` selects external fields of its field's own type.

Source: https://specs.apollo.dev/federation/v2.0/#@requires.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError
from supergraph.composition.rules.field_set import FieldSetRule, missing_external
from supergraph.composition.subgraphs.schema import SubgraphSchema
from supergraph.composition.subgraphs.walk import fields_with


def requires_fields(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Every fault of every `@requires`."""
    for definition, field, requires in fields_with(subgraph, "requires"):
        rule = FieldSetRule(subgraph, f"{definition.name}.{field.name}", requires, allows_arguments=True)
        yield from rule.errors(definition.name)
        if not subgraph.is_federation_1:
            yield from missing_external(rule)
