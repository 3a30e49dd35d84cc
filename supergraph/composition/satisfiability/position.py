"""Where a query plan can stand: at an object of one type, in one subgraph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from supergraph.model import FieldSelection, FieldSet, FragmentSelection


@dataclass(frozen=True, slots=True)
class Position:
    """A type in a subgraph, and what a `@provides` on the way here adds to it.

    `type` is the object's own type; or the interface, where the subgraph knows it as an `@interfaceObject`.
    """

    subgraph: str
    type: str
    provided: FieldSet = ()


def provided_for(field: str, provided: FieldSet, types: frozenset[str]) -> tuple[bool, FieldSet]:
    """Whether a field is provided, and what is provided below it, on an object that is of all these types."""
    found = [selection for selection in _on(provided, types) if selection.name == field]
    return bool(found), tuple(below for selection in found for below in selection.selections)


def _on(provided: FieldSet, types: frozenset[str]) -> Iterator[FieldSelection]:
    for selection in provided:
        if not isinstance(selection, FragmentSelection):
            yield selection
        elif selection.type_condition in types:
            yield from _on(selection.selections, types)
