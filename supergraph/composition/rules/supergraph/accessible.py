"""The part of a supergraph that clients can see."""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedSupergraph, MergedType


def accessible_types(supergraph: MergedSupergraph) -> Iterator[MergedType]:
    """The types that are not hidden."""
    return (merged for merged in supergraph.types.values() if not merged.inaccessible)


def referenced(merged: MergedType) -> Iterator[tuple[tuple[str, ...], str]]:
    """The visible references in a type: the path to each, and the name of the type that it leads to."""
    for field in merged.fields.values():
        if not field.inaccessible:
            yield (field.name,), field.type.strip("[]!")
            for argument in field.arguments:
                if not argument.inaccessible:
                    yield (field.name, argument.name), argument.type.strip("[]!")
    for value in merged.inputs.values():
        if not value.inaccessible:
            yield (value.name,), value.type.strip("[]!")
