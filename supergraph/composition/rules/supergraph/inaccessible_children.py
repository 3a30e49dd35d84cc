"""A type that clients can see has something in it that they can see.

Source: https://specs.apollo.dev/inaccessible/v0.2/.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedSupergraph, MergedType
from supergraph.composition.result import CompositionError
from supergraph.composition.rules.supergraph.accessible import accessible_types
from supergraph.composition.rules.supergraph.declarations import places
from supergraph.model import TypeKind


def inaccessible_children(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Visible types of which every part is hidden."""
    for merged in accessible_types(supergraph):
        hidden = _parts(supergraph, merged)
        if hidden and all(hidden.values()):
            yield CompositionError(
                "ONLY_INACCESSIBLE_CHILDREN",
                f"{merged.name} is visible, and everything in it is @inaccessible.",
                places(supergraph, merged.name),
                "Hide the type as well, or show a part of it.",
                inaccessible=tuple(hidden),
            )


def _parts(supergraph: MergedSupergraph, merged: MergedType) -> dict[str, bool]:
    """The parts of a type by their coordinates, and of each, whether it is hidden."""
    if merged.kind is TypeKind.UNION:
        return {
            member: supergraph.types[member].inaccessible
            for member in merged.members
            if member in supergraph.types
        }
    parts = (*merged.fields.values(), *merged.inputs.values(), *merged.values.values())
    return {f"{merged.name}.{part.name}": part.inaccessible for part in parts}
