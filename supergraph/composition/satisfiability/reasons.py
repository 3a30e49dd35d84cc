"""Why a field cannot be had: for each subgraph that resolves it, what is missing on the way there."""

from __future__ import annotations

from collections.abc import Iterable

from supergraph.composition.satisfiability.position import Position
from supergraph.composition.satisfiability.reachability import Reachability
from supergraph.model import FieldSelection, FieldSet, SubgraphType


def reasons(
    reachability: Reachability, places: Iterable[Position], own_type: str, field: str
) -> list[tuple[str, str]]:
    """For each subgraph that has the field, its name and a sentence."""
    starts = list(places)
    reached = {place for start in starts for place in reachability.reached(start, own_type)}
    standing = " and ".join(sorted({f'"{place.subgraph}"' for place in starts}))
    return [
        (subgraph.name, _reason(known, field, subgraph.name, standing, reached))
        for subgraph in reachability.supergraph.subgraphs.values()
        for name in sorted(reachability.types_of(own_type))
        if (known := subgraph.types.get(name))
        and (known.name == own_type or known.is_interface_object)
        and field in known.fields
    ]


def _reason(known: SubgraphType, field: str, subgraph: str, standing: str, reached: set[Position]) -> str:
    definition = known.fields[field]
    is_reached = any(place.subgraph == subgraph and place.type == known.name for place in reached)
    if definition.external:
        return f'"{subgraph}" only mentions it as @external.'
    if is_reached and definition.context_arguments:
        contexts = ", ".join(argument.context for argument in definition.context_arguments)
        return f'"{subgraph}" needs the context {contexts}, which nothing on this path sets.'
    if is_reached and definition.requires:
        return f'"{subgraph}" requires "{field_set_text(definition.requires)}" for it, which cannot be had from there.'
    if is_reached:
        return f'"{subgraph}" has given it up.'
    keys = [key for key in known.keys if key.resolvable]
    if not keys:
        return (
            f'"{subgraph}" resolves it, and cannot be entered from {standing}:'
            f" {known.name} has no resolvable key there."
        )
    listed = " or ".join(f'"{field_set_text(key.fields)}"' for key in keys)
    return f'"{subgraph}" resolves it, and {standing} cannot give its key {listed}.'


def field_set_text(selections: FieldSet) -> str:
    """A field set as it would be written."""
    written: list[str] = []
    for selection in selections:
        head = (
            selection.name if isinstance(selection, FieldSelection) else f"... on {selection.type_condition}"
        )
        below = field_set_text(selection.selections)
        written.append(f"{head} {{ {below} }}" if below else head)
    return " ".join(written)
