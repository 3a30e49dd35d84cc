"""A field that several subgraphs resolve must be able to return the same object from each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supergraph.composition.satisfiability.reachability import Option, Reachability
from supergraph.model import SubgraphType, TypeKind


@dataclass(frozen=True, slots=True)
class RuntimeTypes:
    """By subgraph, the object types that it can return for one field; those where the type is abstract apart."""

    by_subgraph: Mapping[str, frozenset[str]]
    abstract_in: frozenset[str]

    @property
    def common(self) -> frozenset[str]:
        """What every subgraph can return."""
        return frozenset.intersection(*self.by_subgraph.values()) if self.by_subgraph else frozenset()

    @property
    def clash(self) -> bool:
        """Whether no object could come from all the subgraphs."""
        return bool(self.by_subgraph) and not self.common

    @property
    def differ(self) -> bool:
        """Whether subgraphs that could each choose a type choose among different ones."""
        return len(self.abstract_in) > 1 and len(set(self.by_subgraph.values())) > 1

    @property
    def beyond_common(self) -> dict[str, list[str]]:
        """By subgraph, the types that another cannot return."""
        return {
            subgraph: sorted(types - self.common)
            for subgraph, types in sorted(self.by_subgraph.items())
            if types - self.common
        }


def runtime_types(reachability: Reachability, options: Iterable[Option]) -> RuntimeTypes:
    """What the ways to resolve a field can return."""
    known: dict[str, SubgraphType] = {}
    for place, definition in options:
        target = reachability.supergraph.subgraphs[place.subgraph].types.get(definition.named_type)
        # An interface object can turn out to be any implementer.
        if target is not None and not target.is_interface_object:
            known[place.subgraph] = target
    return RuntimeTypes(
        {name: target.possible_types or frozenset({target.name}) for name, target in known.items()},
        frozenset(name for name, target in known.items() if target.kind is not TypeKind.OBJECT),
    )
