"""A field that several subgraphs resolve must be able to return the same object from each."""

from __future__ import annotations

from collections.abc import Iterable

from supergraph.composition.satisfiability.reachability import Option, Reachability


def mismatched_runtime_types(reachability: Reachability, options: Iterable[Option]) -> dict[str, list[str]]:
    """By subgraph, the types that it can return for the field; empty where there is a type in common."""
    runtime: dict[str, frozenset[str]] = {}
    for place, known in options:
        types = reachability.supergraph.subgraphs[place.subgraph].types
        target = types.get(known.named_type)
        # An interface object can turn out to be any implementer.
        if target is not None and not target.is_interface_object:
            runtime[place.subgraph] = target.possible_types or frozenset({target.name})
    common = frozenset.intersection(*runtime.values()) if runtime else frozenset({""})
    return {} if common else {subgraph: sorted(names) for subgraph, names in sorted(runtime.items())}
