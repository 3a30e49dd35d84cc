"""`@shareable`: a field that several subgraphs resolve must be called so by each of them.

Source: https://specs.apollo.dev/federation/v2.0/#@shareable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.sources import Source, subgraphs_in
from supergraph.composition.subgraphs.schema import FieldDefinition, TypeDefinition


@dataclass(frozen=True, slots=True)
class Resolver:
    """A subgraph's field, the type it is on there, and the label under which the subgraph gives it up."""

    source: Source[FieldDefinition]
    parent: TypeDefinition
    label: str | None = None


def check_sharing(coordinate: str, resolvers: Sequence[Resolver], merging: Merging) -> None:
    """Report a field with several resolvers, some of which do not expect any other."""
    usage = merging.usage
    resolving = [
        one
        for one in resolvers
        if not usage[one.source.graph.value].is_fully_external(one.parent, one.source.element)
    ]
    unshared = [
        one.source
        for one in resolving
        if not usage[one.source.graph.value].is_shareable(one.parent, one.source.element)
    ]
    # Two resolvers between which a label decides are never both asked.
    migrating = len(resolving) == 2 and any(one.label for one in resolving)
    if len(resolving) < 2 or not unshared or migrating:
        return
    merging.findings.error(
        "INVALID_FIELD_SHARING",
        f"{coordinate} is resolved in {subgraphs_in(one.source for one in resolving)},"
        f" and is not @shareable in {subgraphs_in(unshared)}.",
        unshared,
        "Add @shareable to the field in each of them, or resolve it in one subgraph only.",
    )
