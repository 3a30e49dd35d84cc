"""What the subgraphs replied so far, seen as objects at positions.

Replies are read, never changed. An object at a position is a `Parts`: for each part that has a share of it,
that share. Embedded parts are found under the parent's shares; attached ones by the identity of an embedded
share, which is that of the dictionary in the reply. All replies live as long as this does, so identities
are not used again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from supergraph.execution.errors import Fault
from supergraph.execution.faults import Faults, Located, under
from supergraph.planning.query_plan import Position

Parts = dict[int, dict[str, Any]]
"""An object: its share in each part that has one."""

Values = dict[int, Any]
"""A value that is not null, by part."""


Place = tuple[int, int]
"""Where a reply has an entity: in the answer to which batch of representations, at which index."""


class Entities:
    """An attached part: the entities that a fetch was asked for, and which object each belongs to."""

    def __init__(self, indexes: dict[int, int] | None = None, *, separate: bool = False) -> None:
        self.items: Sequence[Any] = ()
        self.missing: Sequence[Located] = ()
        """Why there are no items at all; below: index, then key."""
        self.clean = True
        """Whether nothing went wrong with it."""
        self.separate = separate
        self.places: list[Place] = []
        """Where the reply will have each item; several items have one place where they are separate."""
        self.indexes: dict[int, int] = {} if indexes is None else indexes
        """By the identity of an object's share, which item belongs to it."""
        self._index_of: dict[Place, int] = {}
        self._blocked: dict[int, Sequence[Fault]] = {}

    def ask(self, parts: Parts, place: Place) -> None:
        """Say that the item at this place of the reply will belong to this object."""
        index = None if self.separate else self._index_of.get(place)
        if index is None:
            index = self._index_of[place] = len(self.places)
            self.places.append(place)
        for share in parts.values():
            self.indexes[id(share)] = index

    def lack(self, missing: Sequence[Located]) -> None:
        """Say why there are no items at all."""
        self.missing = missing
        self.clean = self.clean and not missing

    def block(self, parts: Parts, faults: Sequence[Fault]) -> None:
        """Say that these faults kept this object from being asked for."""
        for share in parts.values():
            self._blocked[id(share)] = faults
            self.clean = self.clean and not faults

    @property
    def has_faults(self) -> bool:
        """Whether anything kept objects from having their items."""
        return bool(self.missing or self._blocked)

    def index(self, shares: Parts) -> int | None:
        """Give the index of the item that belongs to the object of these shares."""
        for share in shares.values():
            index = self.indexes.get(id(share))
            if index is not None:
                return index
        return None

    def share(self, shares: Parts) -> dict[str, Any] | None:
        """Give the item that belongs to the object of these shares."""
        index = self.index(shares)
        if index is None or index >= len(self.items):
            return None
        item = self.items[index]
        return item if isinstance(item, dict) else None

    def explain(self, shares: Parts, key: str, faults: Faults) -> Sequence[Located]:
        """Give the faults for which this part has no share in an object, as they concern its `key`."""
        for share in shares.values():
            if id(share) in self._blocked:
                return [Located(fault) for fault in self._blocked[id(share)]]
        index = self.index(shares)
        if index is None:
            return ()
        if self.missing:
            return under(under(self.missing, index), key)
        return under(faults.at(self.items, index), key)


class Replies:
    """The replies to one operation's fetches, as far as they came."""

    def __init__(self, positions: Sequence[Position]) -> None:
        self.roots: Parts = {}
        self.missing_roots: dict[int, Sequence[Located]] = {}
        self.entities: dict[int, Entities] = {}
        self.faults = Faults()
        self.positions = positions
        self._above: dict[int, tuple[int, dict[int, Mapping[int, Parts]]]] = {}

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong so far."""
        if self.missing_roots or not self.faults.none:
            return False
        for entities in self.entities.values():  # noqa: SIM110 - asked again and again in each request
            if not entities.clean:
                return False
        return True

    def lineages(self, position: Position) -> Iterator[Mapping[int, Parts]]:
        """Give every object at a position with those above it, by the number of their positions."""
        if position.parent is None:
            yield {position.id: self.complete(position, {})}
            return
        for above in self.lineages(self.positions[position.parent]):
            for parts in self._flat(position, self.embedded(above[position.parent], position)):
                yield {**above, position.id: parts}

    def objects(self, position: Position) -> Iterator[Parts]:
        """Give every object at a position, in the order of the response."""
        if position.parent is None:
            yield self.complete(position, {})
            return
        for parent in self.objects(self.positions[position.parent]):
            yield from self._flat(position, self.embedded(parent, position))

    def _flat(self, position: Position, values: Values) -> Iterator[Parts]:
        if any(isinstance(value, list) for value in values.values()):
            for item in items(values):
                yield from self._flat(position, item)
        elif shares := objects_only(values):
            yield self.complete(position, shares)

    def embedded(self, parent: Parts, position: Position) -> Values:
        """Give what the parent's shares hold for a position, nulls left out."""
        values: Values = {}
        for part in position.embedded:
            if (share := parent.get(part)) is not None and (value := share.get(position.key)) is not None:
                values[part] = value
        return values

    def complete(self, position: Position, shares: Parts) -> Parts:
        """Add the attached shares to an object's embedded ones."""
        if not position.attached:
            return shares
        parts = dict(shares)
        for part in position.attached:
            share = self.entities[part].share(shares) if part in self.entities else self.roots.get(part)
            if share is not None:
                parts[part] = share
        return parts

    def explain(self, parts: Parts, sources: Sequence[int], key: str) -> Sequence[Located]:
        """Give the faults for which an object has nothing under `key` in any of the `sources`.

        One source's faults explain it: a field has one error, however many were asked for it (specification, 6.4.4).
        """
        explanations = [
            self._explain(parts, part, key) or self._explain_above(parts, part) for part in sources
        ]
        return next(
            (each for each in explanations if any(not one.beside for one in each)),
            next(filter(None, explanations), ()),
        )

    def _explain(self, parts: Parts, part: int, key: str) -> Sequence[Located]:
        if (share := parts.get(part)) is not None:
            return self.faults.at(share, key)
        if part in self.missing_roots:
            return under(self.missing_roots[part], key)
        return self.entities[part].explain(parts, key, self.faults) if part in self.entities else ()

    def _explain_above(self, parts: Parts, part: int) -> Sequence[Located]:
        """Give the fault that kept a part from having a share in an object: it lost one further up, on the way here."""
        if part in parts or not self.has_faults:
            return ()
        lineage = self._lineage(parts, part)
        here = self.positions[max(lineage, default=0)]
        while part in here.embedded and here.parent is not None:
            key, here = here.key, self.positions[here.parent]
            if found := self._explain(lineage[here.id], part, key):
                return [Located(found[0].fault)]
        return ()

    @property
    def has_faults(self) -> bool:
        """Whether anything went wrong so far."""
        return bool(
            self.missing_roots or self.faults or any(each.has_faults for each in self.entities.values())
        )

    def _lineage(self, parts: Parts, part: int) -> Mapping[int, Parts]:
        """Give an object with those above it, where it may have a share of an embedded part; else nothing.

        All such objects are gone through when the first of them is wanted, and anew when more replies came.
        """
        came = len(self.roots) + sum(1 for each in self.entities.values() if each.items)
        if part not in self._above or self._above[part][0] != came:
            known = {
                id(share): lineage
                for position in self.positions
                if part in position.embedded
                for lineage in self.lineages(position)
                for share in lineage[position.id].values()
            }
            self._above[part] = came, known
        known = self._above[part][1]
        return next((known[id(share)] for share in parts.values() if id(share) in known), {})


def items(values: Values) -> Iterator[Values]:
    """Give the items of a list that several parts have, one by one; nulls are left out of an item."""
    lists = {part: value for part, value in values.items() if isinstance(value, list)}
    for index in range(max(map(len, lists.values()))):
        yield {
            part: value[index]
            for part, value in lists.items()
            if index < len(value) and value[index] is not None
        }


def objects_only(values: Values) -> Parts:
    """Leave out what is not an object."""
    return {part: value for part, value in values.items() if isinstance(value, dict)}


def type_name(position: Position, parts: Mapping[int, Mapping[str, Any]]) -> str | None:
    """Give an object's concrete type, or None where no reply tells it.

    Where nothing depends on the concrete type it is the position's own, which may be abstract.
    """
    if not position.typename:
        return position.type
    for part in position.typename:
        if part in parts and isinstance(name := parts[part].get("__typename"), str):
            return name
    return None
