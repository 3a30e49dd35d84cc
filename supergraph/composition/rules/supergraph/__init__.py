"""The rules that the merged subgraphs must keep together, in the order they are reported."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedSupergraph
from supergraph.composition.result import CompositionError
from supergraph.composition.rules.supergraph.extension_base import extension_base
from supergraph.composition.rules.supergraph.inaccessible_children import inaccessible_children
from supergraph.composition.rules.supergraph.inaccessible_defaults import inaccessible_defaults
from supergraph.composition.rules.supergraph.inaccessible_directive_arguments import (
    inaccessible_directive_arguments,
)
from supergraph.composition.rules.supergraph.inaccessible_implementations import inaccessible_implementations
from supergraph.composition.rules.supergraph.inaccessible_inputs import inaccessible_inputs
from supergraph.composition.rules.supergraph.inaccessible_references import inaccessible_references
from supergraph.composition.rules.supergraph.interface_fields import interface_fields
from supergraph.composition.rules.supergraph.interface_implementations import interface_implementations
from supergraph.composition.rules.supergraph.interface_objects import interface_objects
from supergraph.composition.rules.supergraph.queries import queries
from supergraph.composition.rules.supergraph.transitive_authorization import transitive_authorization

INACCESSIBLE_RULES = (
    inaccessible_references,
    inaccessible_children,
    inaccessible_inputs,
    inaccessible_implementations,
    inaccessible_defaults,
    inaccessible_directive_arguments,
)
"""What hiding must not break."""

RULES = (
    queries,
    extension_base,
    interface_fields,
    interface_objects,
    interface_implementations,
    *INACCESSIBLE_RULES,
    transitive_authorization,
)


def validate_supergraph(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Every breach of every rule."""
    for rule in RULES:
        yield from rule(supergraph)
