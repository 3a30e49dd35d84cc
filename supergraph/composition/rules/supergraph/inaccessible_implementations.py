"""What an interface shows, its implementers show too.

Source: https://specs.apollo.dev/inaccessible/v0.2/.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedField, MergedSupergraph, MergedType
from supergraph.composition.result import CompositionError
from supergraph.composition.rules.supergraph.accessible import accessible_types
from supergraph.composition.rules.supergraph.declarations import coordinate, places


def inaccessible_implementations(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Hidden fields and arguments of visible implementers of a visible interface that shows them."""
    for merged in accessible_types(supergraph):
        for name in merged.interfaces:
            interface = supergraph.types.get(name)
            for field in interface.fields.values() if interface and not interface.inaccessible else ():
                own = merged.fields.get(field.name)
                if own and not field.inaccessible:
                    yield from _errors(supergraph, merged, name, own, field)


def _errors(
    supergraph: MergedSupergraph, merged: MergedType, interface: str, own: MergedField, field: MergedField
) -> Iterator[CompositionError]:
    if own.inaccessible:
        yield CompositionError(
            "IMPLEMENTED_BY_INACCESSIBLE",
            f"{merged.name}.{own.name} is @inaccessible, and {interface}.{own.name}, which it implements, is not.",
            places(supergraph, merged.name, own.name) + places(supergraph, interface, own.name),
            "Hide both, or neither.",
            inaccessible=(f"{merged.name}.{own.name}",),
        )
        return
    shown = {argument.name for argument in field.arguments if not argument.inaccessible}
    for argument in own.arguments:
        if argument.inaccessible and argument.name in shown:
            yield CompositionError(
                "IMPLEMENTED_BY_INACCESSIBLE",
                f"{merged.name}.{own.name}({argument.name}:) is @inaccessible, and the argument of {interface} is not.",
                places(supergraph, merged.name, own.name, argument.name),
                "Hide both, or neither.",
                inaccessible=(coordinate(merged.name, own.name, argument.name),),
            )
