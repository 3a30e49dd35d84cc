"""The rules that a subgraph must keep by itself, in the order they are reported."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.result import CompositionError
from supergraph.composition.rules.subgraph.context import context
from supergraph.composition.rules.subgraph.external_directives import external_directives
from supergraph.composition.rules.subgraph.external_unused import external_unused
from supergraph.composition.rules.subgraph.from_context import from_context
from supergraph.composition.rules.subgraph.interface_keys import interface_keys
from supergraph.composition.rules.subgraph.interface_object_usage import interface_object_usage
from supergraph.composition.rules.subgraph.key_fields import key_fields
from supergraph.composition.rules.subgraph.list_size import list_size
from supergraph.composition.rules.subgraph.not_on_interfaces import not_on_interfaces
from supergraph.composition.rules.subgraph.provides_fields import provides_fields
from supergraph.composition.rules.subgraph.requires_fields import requires_fields
from supergraph.composition.rules.subgraph.shareable_usage import shareable_usage
from supergraph.composition.rules.subgraph.subgraph_name import subgraph_name
from supergraph.composition.rules.subgraph.subscription_fields import subscription_fields
from supergraph.composition.subgraphs.schema import SubgraphSchema

RULES = (
    subgraph_name,
    key_fields,
    provides_fields,
    requires_fields,
    external_unused,
    external_directives,
    not_on_interfaces,
    shareable_usage,
    subscription_fields,
    interface_keys,
    interface_object_usage,
    list_size,
    context,
    from_context,
)


def validate_subgraph(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Every breach of every rule."""
    for rule in RULES:
        yield from rule(subgraph)
