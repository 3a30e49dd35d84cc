"""What the subgraphs can do, as planning asks it: who resolves a field, where a field leads, which keys enter where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from supergraph.model import (
    FieldSelection,
    FieldSet,
    Key,
    SubgraphField,
    SubgraphType,
    Supergraph,
    TypeKind,
    contexts_set,
)
from supergraph.planning.schema_types import SchemaTypes


@dataclass(frozen=True, slots=True)
class Door:
    """A way into a subgraph as an entity: as the concrete type, or as an `@interfaceObject`."""

    subgraph: str
    interface_object: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Object types of one abstract type that every subgraph knows in the same way, and the doors they have."""

    types: frozenset[str]
    sample: str
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a field of a subgraph leads: to which types, and whether they are hidden behind an `@interfaceObject`."""

    type: str
    interface_object: str
    possible: frozenset[str]


class Nullability(NamedTuple):
    """Whether, in some schema that has a field, it must not be null, and a null below it rises, or is caught."""

    never_null: bool
    rises: bool
    catches: bool


class Graph(SchemaTypes):
    """A supergraph under one set of active override labels, indexed for planning. It never changes.

    The subgraphs to `avoid` are not asked for what others resolve too, but for the `kept` coordinates.
    """

    def __init__(
        self,
        supergraph: Supergraph,
        labels: frozenset[str],
        avoid: frozenset[str] = frozenset(),
        kept: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(supergraph.schema)
        self.supergraph = supergraph
        self.subgraphs = supergraph.subgraphs
        self.names = tuple(sorted(supergraph.subgraphs))
        self.index = {name: index for index, name in enumerate(self.names)}
        self._moved = frozenset(self._moved_fields(labels))
        self._kinds: dict[str, tuple[Kind, ...]] = {}
        self._doors: dict[str, tuple[Door, ...]] = {}
        self._signatures: dict[tuple[str, str], int] = {}
        self._signature_numbers: dict[object, int] = {}
        self._conflicts: dict[tuple[str, str], bool] = {}
        self._nullabilities: dict[tuple[str, str], Nullability] = {}
        self._landings: dict[tuple[str, str], Landing | None] = {}
        self.bystanders: dict[tuple[str, str], frozenset[str]] = {}
        """By coordinate whom `Bystanders` found, for all operations."""
        self._left = frozenset(self._left_fields(avoid, kept))
        self._moved |= self._left

    def _left_fields(self, avoid: frozenset[str], kept: frozenset[str]) -> Iterator[tuple[str, str, str]]:
        """(subgraph, type, field) where a subgraph to avoid leaves a field to another that resolves it too.

        What keys are made of stays: without it nothing leads from there to the others.
        """
        others = [name for name in self.names if name not in avoid]
        for subgraph in avoid & self.subgraphs.keys():
            for type_ in self.subgraphs[subgraph].types.values():
                for field in type_.fields.keys() - self._key_fields(type_.name):
                    shared = any(self.resolved(other, type_.name, field) for other in others)
                    if shared and f"{type_.name}.{field}" not in kept:
                        yield subgraph, type_.name, field

    def is_left(self, subgraph: str, type_: str, field: str) -> bool:
        """Whether the subgraph is to be avoided, and another resolves the field too."""
        return (subgraph, type_, field) in self._left

    def _moved_fields(self, labels: frozenset[str]) -> Iterator[tuple[str, str, str]]:
        """(subgraph, type, field) where a labelled override takes the field away, on one side or the other."""
        for subgraph in self.subgraphs.values():
            for type_ in subgraph.types.values():
                for field in type_.fields.values():
                    if field.override and field.override.label is not None:
                        active = field.override.label in labels
                        yield field.override.source if active else subgraph.name, type_.name, field.name

    def type(self, subgraph: str, name: str) -> SubgraphType | None:
        """A type as a subgraph knows it."""
        return self.subgraphs[subgraph].types.get(name)

    def nullability(self, type_: str, field: str) -> Nullability:
        """What a null of a field does, by its types in the supergraph and in each subgraph that knows it."""
        coordinate = (type_, field)
        if coordinate not in self._nullabilities:
            known = (self.field(name, type_, field) for name in self.names)
            types = {self.field_type(type_, field), *(each.type for each in known if each)}
            rises = [each.count("!") > each.count("[") for each in types]
            never_null = any(each.endswith("!") for each in types)
            self._nullabilities[coordinate] = Nullability(never_null, any(rises), not all(rises))
        return self._nullabilities[coordinate]

    def matches(self, subgraph: str, concrete: str, condition: str) -> bool:
        """Whether a type condition of a subgraph's field set holds for a concrete type."""
        if concrete == condition:
            return True
        known = self.type(subgraph, condition)
        possible = known.possible_types if known else frozenset[str]()
        return concrete in possible or (not possible and concrete in self.possible(condition))

    def resolved(self, subgraph: str, type_: str, field: str) -> SubgraphField | None:
        """The field of the type, if this subgraph resolves it without being asked to by `@provides`."""
        known = self.field(subgraph, type_, field)
        if known is None or known.external or known.used_overridden:
            return None
        return None if (subgraph, type_, field) in self._moved else known

    def field(self, subgraph: str, type_: str, field: str) -> SubgraphField | None:
        """The field of the type as the subgraph knows it, external or not."""
        known = self.subgraphs[subgraph].types.get(type_)
        return known.fields.get(field) if known else None

    def provided(self, subgraph: str, concrete: str, field: str, provided: FieldSet) -> FieldSet | None:
        """What `@provides` says below a field; None where it does not provide the field."""
        found: FieldSet | None = None
        for selection in provided:
            if isinstance(selection, FieldSelection):
                if selection.name == field:
                    found = (found or ()) + selection.selections
            elif self.matches(subgraph, concrete, selection.type_condition):
                inside = self.provided(subgraph, concrete, field, selection.selections)
                if inside is not None:
                    found = (found or ()) + inside
        return found

    def landing(self, subgraph: str, field: SubgraphField) -> Landing | None:
        """Where a composite field leads; None where the subgraph does not say (a leaf)."""
        type_ = (subgraph, field.named_type)
        if type_ not in self._landings:
            self._landings[type_] = self._landing(*type_)
        return self._landings[type_]

    def _landing(self, subgraph: str, type_: str) -> Landing | None:
        known = self.type(subgraph, type_)
        if known is None or known.kind not in (TypeKind.OBJECT, TypeKind.INTERFACE, TypeKind.UNION):
            return None
        hidden = known.name if known.is_interface_object else ""
        return Landing(known.name, hidden, self.members(known))

    def members(self, type_: SubgraphType) -> frozenset[str]:
        """The object types that a value of this type can be, as far as its subgraph knows."""
        if type_.possible_types or type_.kind is TypeKind.UNION:
            return type_.possible_types
        return frozenset({type_.name})

    def doors(self, concrete: str) -> tuple[Door, ...]:
        """Where an object of this type can be entered with a representation."""
        if concrete not in self._doors:
            self._doors[concrete] = tuple(self._all_doors(concrete))
        return self._doors[concrete]

    def _all_doors(self, concrete: str) -> Iterator[Door]:
        for name in self.names:
            known = self.type(name, concrete)
            if known and any(True for _ in self.keys(name, concrete)):
                yield Door(name)
            for type_ in self._interface_objects(name):
                if concrete in type_.possible_types and any(key.resolvable for key in type_.keys):
                    yield Door(name, type_.name)

    def keys(self, subgraph: str, type_: str) -> tuple[Key, ...]:
        """The keys by which the subgraph answers `_entities` for the type."""
        known = self.type(subgraph, type_)
        return tuple(key for key in known.keys if key.resolvable) if known else ()

    def interface_keys(self, subgraph: str, types: frozenset[str]) -> tuple[tuple[str, Key], ...]:
        """The entity interfaces of a subgraph that take any of these types, whichever it is, and their keys."""
        return tuple(
            (interface.name, key)
            for interface in self._entity_interfaces[subgraph]
            if types <= self.possible(interface.name)
            for key in interface.keys
            if key.resolvable
        )

    @cached_property
    def _entity_interfaces(self) -> dict[str, tuple[SubgraphType, ...]]:
        return {
            name: tuple(
                type_
                for type_ in subgraph.types.values()
                if type_.kind is TypeKind.INTERFACE and type_.keys and self.is_abstract(type_.name)
            )
            for name, subgraph in self.subgraphs.items()
        }

    def interfaces(self, subgraph: str) -> tuple[str, ...]:
        """The interfaces of a subgraph, by name."""
        return self._all_interfaces[subgraph]

    @cached_property
    def _all_interfaces(self) -> dict[str, tuple[str, ...]]:
        return {
            name: tuple(
                sorted(each.name for each in subgraph.types.values() if each.kind is TypeKind.INTERFACE)
            )
            for name, subgraph in self.subgraphs.items()
        }

    def _interface_objects(self, subgraph: str) -> tuple[SubgraphType, ...]:
        return self._all_interface_objects[subgraph]

    @cached_property
    def _all_interface_objects(self) -> dict[str, tuple[SubgraphType, ...]]:
        return {
            name: tuple(type_ for type_ in subgraph.types.values() if type_.is_interface_object)
            for name, subgraph in self.subgraphs.items()
        }

    def kinds(self, type_: str) -> tuple[Kind, ...]:
        """The concrete types of a type, those together that every subgraph knows and enters alike."""
        if type_ not in self._kinds:
            groups: dict[object, list[str]] = {}
            for concrete in sorted(self.possible(type_)):
                groups.setdefault(self._profile(concrete), []).append(concrete)
            self._kinds[type_] = tuple(
                Kind(frozenset(types), types[0], self.doors(types[0])) for types in groups.values()
            )
        return self._kinds[type_]

    def _profile(self, concrete: str) -> object:
        return tuple(self._profile_in(name, concrete) for name in self.names)

    def _profile_in(self, subgraph: str, concrete: str) -> object:
        types = self.subgraphs[subgraph].types.values()
        known = self.type(subgraph, concrete)
        owners = frozenset(
            type_.name for type_ in types if concrete in type_.possible_types and type_.name != concrete
        )
        return (
            known is not None,
            known.keys if known else (),
            owners,
            self.contexts(concrete),
            tuple((name, self.signature(concrete, name)) for name in sorted(self._key_fields(concrete))),
        )

    def _key_fields(self, concrete: str) -> frozenset[str]:
        return frozenset(
            selection.name
            for door in self.doors(concrete)
            for key in self.keys(door.subgraph, door.interface_object or concrete)
            for selection in key.fields
            if isinstance(selection, FieldSelection)
        )

    def signature(self, concrete: str, field: str) -> int:
        """A number that two types have in common where every subgraph resolves the field of both alike."""
        coordinate = (concrete, field)
        if coordinate not in self._signatures:
            written = (field, *self._all_fields(concrete, field))
            number = self._signature_numbers.setdefault(written, len(self._signature_numbers))
            self._signatures[coordinate] = number
        return self._signatures[coordinate]

    def _all_fields(self, concrete: str, field: str) -> Iterator[object]:
        for name in self.names:
            known = self.field(name, concrete, field)
            if known:
                moved = (name, concrete, field) in self._moved
                yield (name, known, moved, concrete if known.requires or known.context_arguments else "")
            for type_ in self._interface_objects(name):
                if concrete in type_.possible_types and field in type_.fields:
                    yield (name, type_.name, type_.fields[field])

    def contexts(self, concrete: str) -> frozenset[str]:
        """The contexts that an object of a type sets for what is below it."""
        return self._contexts.get(concrete, frozenset())

    @cached_property
    def _contexts(self) -> Mapping[str, frozenset[str]]:
        return contexts_set(self.supergraph)

    def conflicts(self, type_: str, field: str) -> bool:
        """Whether types behind an abstract type give a field different types, so that one key cannot serve all."""
        if (type_, field) not in self._conflicts:
            self._conflicts[type_, field] = self.is_abstract(type_) and self._has_conflict(type_, field)
        return self._conflicts[type_, field]

    def _has_conflict(self, type_: str, field: str) -> bool:
        owners = [name for name in sorted(self.possible(type_)) if field in self.fields(name)]
        if len({self.named_type(owner, field) for owner in owners}) > 1:
            return True
        return any(
            len({known.type for owner in owners if (known := self.field(name, owner, field))}) > 1
            for name in self.names
        )


MOST_LABELS = 16
"""Of one supergraph, so many graphs are kept."""


def graph_of(supergraph: Supergraph, labels: frozenset[str]) -> Graph:
    """The graph of a supergraph under these labels, made once."""
    graphs = _graphs_of(supergraph)
    graph = graphs.get(labels)
    if graph is None:
        if len(graphs) >= MOST_LABELS:
            graphs.clear()
        graph = graphs[labels] = Graph(supergraph, labels)
    return graph


# Two, because the next one is made ready while the last one answers; more would keep what is no longer served.
@lru_cache(maxsize=2)
def _graphs_of(supergraph: Supergraph) -> dict[frozenset[str], Graph]:  # noqa: ARG001 - it is what is remembered by
    return {}
