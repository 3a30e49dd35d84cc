"""Unions: every member that any subgraph names."""

from __future__ import annotations

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.sources import Sources, subgraphs_in
from supergraph.composition.subgraphs.schema import TypeDefinition


def merge_members(sources: Sources[TypeDefinition], merging: Merging) -> tuple[str, ...]:
    """The members of one union."""
    members = tuple(dict.fromkeys(name for source in sources for name in source.element.members))
    for member in members:
        lacking = [source for source in sources if member not in source.element.members]
        if lacking:
            merging.findings.hint(
                "INCONSISTENT_UNION_MEMBER",
                f"{member} is no member of {sources[0].element.name} in {subgraphs_in(lacking)}.",
                lacking,
            )
    return members
