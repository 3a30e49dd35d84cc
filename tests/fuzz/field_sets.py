"""Requirements and provisions at random, on a world that is split already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from tests.fuzz.literals import arguments_text
from tests.fuzz.split import Share, Subgraph
from tests.fuzz.world import Field, World

Include = Callable[[Subgraph, str], None]


class FieldSets:
    """Adds `@requires` and `@provides`, and the `@external` fields of which they speak.

    A field requires only what stands before it in an order of all fields, so that no two wait for each other.
    """

    def __init__(
        self,
        world: World,
        subgraphs: Mapping[str, Subgraph],
        random: Random,
        include: Include,
        placeable: Callable[[Subgraph, str], bool],
    ) -> None:
        self._world = world
        self._subgraphs = subgraphs
        self._random = random
        self._include = include
        self._placeable = placeable
        coordinates = [(each.name, name) for each in world.objects.values() for name in each.fields]
        random.shuffle(coordinates)
        self._rank = {coordinate: rank for rank, coordinate in enumerate(coordinates)}

    def add(self) -> None:
        """Add some of both."""
        for subgraph in self._subgraphs.values():
            for type_name, known in list(subgraph.types.items()):
                for name, share in list(known.fields.items()):
                    if share == Share() and not known.knows_key(name):
                        self._require(subgraph, type_name, name)
                        self._provide(subgraph, type_name, name)

    def _require(self, subgraph: Subgraph, type_name: str, name: str) -> None:
        known = subgraph.types[type_name]
        entered = any(known.keys.values())
        if not entered or self._random.random() > 0.35 or self._resolvers(type_name, name) != 1:
            return
        below = min(self._rank[member, name] for member in self._world.members(type_name))
        required = self._field_set(subgraph, type_name, below, 0)
        if required:
            known.fields[name].requires = required
            for member in self._world.members(type_name):
                self._world.objects[member].fields[name].requires = required

    def _resolvers(self, type_name: str, name: str) -> int:
        return sum(
            type_name in each.types
            and name in each.types[type_name].fields
            and each.types[type_name].fields[name].resolved
            for each in self._subgraphs.values()
        )

    def _provide(self, subgraph: Subgraph, type_name: str, name: str) -> None:
        field = self._world.field_of(type_name, name)
        known = subgraph.types.get(field.named)
        if known is not None and known.interface_object:
            return
        if self._world.members(field.named) and self._random.random() < 0.3:
            subgraph.types[type_name].fields[name].provides = self._below(
                subgraph, field, len(self._rank), 0, provided=True
            )

    def _rank_of(self, type_name: str, name: str) -> int:
        return max(self._rank[member, name] for member in self._world.members(type_name))

    def _field_set(
        self, subgraph: Subgraph, type_name: str, below: int, depth: int, *, provided: bool = False
    ) -> str:
        """Some fields of an object type, as a field set; empty where there is none to choose."""
        names = [
            name
            for name in self._names(type_name)
            if self._selectable(subgraph, type_name, name, below, provided=provided, top=depth == 0)
        ]
        chosen = self._random.sample(names, min(len(names), self._random.choice((1, 1, 2, 3))))
        return " ".join(
            text
            for name in chosen
            if (text := self._selection(subgraph, type_name, name, below, depth, provided=provided))
        )

    def _names(self, type_name: str) -> list[str]:
        if type_name in self._world.interfaces:
            return self._world.interfaces[type_name].fields
        return list(self._world.objects[type_name].fields)

    def _selectable(
        self, subgraph: Subgraph, type_name: str, name: str, below: int, *, provided: bool, top: bool
    ) -> bool:
        """Whether a field may stand in a field set here: as @external, or deeper down as what is known anyway."""
        known = subgraph.types.get(type_name)
        share = known.fields.get(name) if known else None
        members = [self._world.objects[each].fields[name] for each in self._world.members(type_name)]
        is_entity = any(self._world.objects[each].is_entity for each in self._world.members(type_name))
        if name == "id" or not self._placeable(subgraph, members[0].named):
            return False
        if type_name in self._world.objects and not self._resolvers(type_name, name):
            return False  # an interface object gives it
        if is_entity and share is not None and not share.external and (top or share != Share()):
            return False
        if provided:
            if known is not None and known.interface_object:
                return False
            return (
                is_entity and share is None and not any(each.arguments or each.requires for each in members)
            )
        return not any(each.fragile for each in members) and self._rank_of(type_name, name) < below

    def _selection(
        self, subgraph: Subgraph, type_name: str, name: str, below: int, depth: int, *, provided: bool
    ) -> str:
        field = self._world.field_of(type_name, name)
        selections = ""
        if self._world.members(field.named):
            selections = self._below(subgraph, field, below, depth + 1, provided=provided)
            if not selections:
                return ""
            selections = f" {{ {selections} }}"
        self._include(subgraph, field.named)
        known = subgraph.known(type_name)
        if name not in known.fields:
            known.fields[name] = Share(external=True)
        return f"{name}{arguments_text(self._random, self._world, field.arguments)}{selections}"

    def _below(self, subgraph: Subgraph, field: Field, below: int, depth: int, *, provided: bool) -> str:
        """What to select below a composite field."""
        if depth > 2:
            return ""
        self._include(subgraph, field.named)
        known = subgraph.types.get(field.named)
        if known is not None:
            return self._field_set(subgraph, field.named, below, depth, provided=provided)
        parts = []
        for member in subgraph.unions.get(field.named) or self._world.members(field.named):
            if self._random.random() < 0.7:
                text = self._field_set(subgraph, member, below, depth, provided=provided)
                if text:
                    parts.append(f"... on {member} {{ {text} }}")
        return " ".join(parts if provided or not parts else ["__typename", *parts])
