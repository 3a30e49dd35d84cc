"""Known spots: those of all places of responses that were planned, made once for all that are come to in one way.

How one comes to a place, and where one can stand there, is said by the supergraph and by the fields that lead to it. So
operations share them, until there are very many. Only below objects that set a context each operation has its own.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from supergraph.planning.graph import Door, Graph, Kind
from supergraph.planning.spots import Origin, Spot

MOST_KNOWN = 2_000
"""With more places than this in a graph's memory, the next operation begins another one."""


class KnownSpots:
    """What was found of places, by how one comes there: spots, what they offer, and kinds that were joined there.

    Nothing is forgotten and nothing replaced, so that what is one object here can be told by its `id`.
    """

    def __init__(self) -> None:
        self.below: dict[object, tuple[Spot, ...]] = {}
        """By the spots above and the field that leads here."""
        self.made: dict[object, tuple[Spot, ...]] = {}
        """By the spots themselves, as fields that lead to the same place make no difference."""
        self.offers: dict[tuple[int, Spot | None], dict[tuple[str, str], tuple[Origin, ...]]] = {}
        self._by_origin: dict[int, dict[Spot, Spot]] = {}
        self._joint_kinds: dict[tuple[frozenset[str], tuple[Door, ...]], Kind] = {}

    @property
    def size(self) -> int:
        """How many places are known."""
        return len(self.below) + len(self._joint_kinds)

    def spot_from(self, spots: tuple[Spot, ...], origin: Spot) -> Spot | None:
        """The one of these spots that is come to from a spot of the parent's site."""
        identity = id(spots)
        if identity not in self._by_origin:
            self._by_origin[identity] = {parent: spot for spot in spots for parent, _ in spot.origins}
        return self._by_origin[identity].get(origin)

    def joint_kind(self, types: frozenset[str], doors: tuple[Door, ...]) -> Kind:
        """A kind for types of several, with the doors that they have in common."""
        identity = (types, doors)
        return self._joint_kinds.setdefault(identity, Kind(types, min(types), doors))


_KNOWN: WeakKeyDictionary[Graph, KnownSpots] = WeakKeyDictionary()


def known_spots(graph: Graph) -> KnownSpots:
    """What is known of the places of a graph."""
    known = _KNOWN.get(graph)
    if known is None or known.size > MOST_KNOWN:
        known = _KNOWN[graph] = KnownSpots()
    return known
