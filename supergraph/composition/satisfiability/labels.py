"""Progressive overrides: which subgraph resolves a field depends on a label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from supergraph.model import SubgraphField, Supergraph


@dataclass(frozen=True, slots=True)
class Labels:
    """One way the labels can stand: these are on, all others off."""

    supergraph: Supergraph
    on: frozenset[str]

    def resolves(self, subgraph: str, type_name: str, field: SubgraphField) -> bool:
        """Whether the subgraph is the one that resolves the field, as the labels stand."""
        if field.override is not None and field.override.label is not None:
            return field.override.label in self.on
        for other in self.supergraph.subgraphs.values():
            known = other.types.get(type_name)
            override = known and field.name in known.fields and known.fields[field.name].override
            if override and override.source == subgraph and override.label in self.on:
                return False
        return True


def labellings(supergraph: Supergraph) -> Iterator[Labels]:
    """None on, all on, and each on by itself."""
    labels = {
        field.override.label
        for subgraph in supergraph.subgraphs.values()
        for definition in subgraph.types.values()
        for field in definition.fields.values()
        if field.override and field.override.label is not None
    }
    ways = {frozenset[str](), frozenset(labels), *(frozenset({label}) for label in labels)}
    for way in sorted(ways, key=sorted):
        yield Labels(supergraph, way)
