"""Bystanders: the objects that a field is asked of unwanted, as an interface object stands for them too.

A subgraph that knows objects as an `@interfaceObject` cannot be asked for a field of some of their types alone. A
null that must not be would take objects along of which nobody wanted the field (GraphQL specification, 6.4.4), with
all else that is asked of them there. So such a field is asked for where the objects are entered by a key, of those
it is wanted of, when their types are known. One that may be null harms nobody, and is asked for at once. So is what
a key is made of: an object that fails to tell it could not be had at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from supergraph.model import FieldSelection, FragmentSelection, SubgraphField
from supergraph.planning.graph import Graph
from supergraph.planning.spots import Origin, Spot


class Bystanders:
    """Who suffers from what is asked, and how they are spared; looked into once for each field of a type."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def of(self, concrete: str, field: str) -> frozenset[str]:
        """The types that a null of this field, or of what it requires, could take along; of most fields none."""
        coordinate = (concrete, field)
        if coordinate not in self._graph.bystanders:
            self._graph.bystanders[coordinate] = frozenset(self._found(concrete, field))
        return self._graph.bystanders[coordinate]

    def _found(self, concrete: str, field: str) -> Iterator[str]:
        doors = self._graph.doors(concrete)
        if not any(door.interface_object for door in doors):
            return
        names = [field]
        for name in names:  # and what these require, as it is added
            for door in doors:
                known = self._graph.field(door.subgraph, door.interface_object or concrete, name)
                if known is None:
                    continue
                if door.interface_object and _takes_along(
                    self._graph, door.subgraph, door.interface_object, known
                ):
                    yield from self._graph.possible(door.interface_object)
                names += [each for each in _names(known.requires) if each not in names]

    def spared(
        self, spots: Iterable[Spot], concrete: str, origins: Iterable[Origin], only: frozenset[str]
    ) -> Iterator[Origin]:
        """The origins of a field that is wanted of these types alone, such that none asks for it of bystanders.

        Only where a subgraph brings objects along that it does not let be entered, it is asked of them all.
        """
        entered = {(spot.subgraph, spot.hidden_by) for spot in spots if not spot.origins}
        for spot, field in origins:
            known_as = (spot.subgraph, spot.hidden_by)
            harms = bool(spot.hidden_by) and _takes_along(self._graph, *known_as, field)
            if harms and spot.origins:
                if known_as not in entered:
                    yield spot, field
            elif harms or any(self.of(concrete, name) for name in _names(field.requires)):
                yield spot, replace(field, only_of=only)
            else:
                yield spot, field


def _takes_along(graph: Graph, subgraph: str, interface_object: str, field: SubgraphField) -> bool:
    """Whether a null of an interface object's field takes the object along, which could be had without it."""
    known = graph.type(subgraph, interface_object)
    keys = known.keys if known else ()
    return field.type.endswith("!") and not any(field.name in _names(key.fields) for key in keys)


def _names(fields: Iterable[FieldSelection | FragmentSelection]) -> Iterator[str]:
    """The names of an object's own fields in a field set."""
    for selection in fields:
        if isinstance(selection, FieldSelection):
            yield selection.name
        else:
            yield from _names(selection.selections)
