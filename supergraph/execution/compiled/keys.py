"""What objects are asked for with: where that is the same fields for all of them, an entity stands for its objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from supergraph.execution.compiled.positions import Plan
from supergraph.planning.query_plan import Guard, Position, Representation, RepresentationField, Target


@dataclass(frozen=True, slots=True)
class Key:
    """Fields of the objects at a position, by their keys there: all that some targets take of the objects themselves.

    Such targets number their entities alike, and two objects of one entity have the same values of the `fields`.
    """

    position: int
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Extension:
    """A target whose `fields` are those that the target of part `before` takes of the objects, and `others`.

    The others are by name, and of the entities of `before`. `names` say by key under which name a field of the
    objects stands in the representations of `before`.
    """

    before: int
    typename: str
    fields: Sequence[RepresentationField]
    others: frozenset[str]
    names: Mapping[str, str]


class Keys:
    """The keys of the targets that were added so far, in the order in which they are fetched."""

    def __init__(self, plan: Plan, decisions: Mapping[Guard, bool]) -> None:
        self._plan = plan
        self._decisions = decisions
        self._keys: dict[int, Key] = {}
        self._names: dict[int, Mapping[str, str]] = {}

    def of(self, part: int) -> Key | None:
        """Give the key by which the entities of a part are numbered, if there is one."""
        return self._keys.get(part)

    def add(self, target: Target) -> Extension | None:
        """Take note of a target; give what it extends, where another one before it has its key."""
        position = self._plan.positions[target.position]
        representation = _only(target, position)
        if representation is None or not self._plan.is_single(position):
            return None
        fitting = [
            each for each in representation.fields if each.types is None or position.type in each.types
        ]
        fields = [field for field in fitting if self._decisions[field.guard]]
        if any(field.required and field not in fields for field in fitting):
            return None
        own = {field.key: field.name for field in fields if field.sources == position.embedded}
        others = [field for field in fields if field.sources != position.embedded]
        key = Key(position.id, frozenset(own))
        before = self._before(key, others)
        if others and before is None:
            return None
        self._keys[target.part], self._names[target.part] = key, own
        if before is None:
            return None
        typename = representation.typename or position.type
        return Extension(
            before, typename, fields, frozenset(field.name for field in others), self._names[before]
        )

    def _before(self, key: Key, others: Sequence[RepresentationField]) -> int | None:
        """Give a part with this key; where there are other fields, the one that they all come of."""
        alike = [part for part, each in self._keys.items() if each == key]
        if not others:
            return alike[0] if alike else None
        sources = {field.sources for field in others}
        return next((part for part in alike if sources == {(part,)}), None)


def _only(target: Target, position: Position) -> Representation | None:
    """Give the representation of all objects at a position, where there is but one."""
    if position.typename:
        return None
    fitting = (each for each in target.representations if each.types is None or position.type in each.types)
    return next(fitting, None)
