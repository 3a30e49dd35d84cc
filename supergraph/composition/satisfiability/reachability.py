"""From one position, which others can be reached by entity keys, and which fields can be had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphql import GraphQLSchema, is_abstract_type, is_object_type

from supergraph.composition.satisfiability.answers import Answers
from supergraph.composition.satisfiability.labels import Labels
from supergraph.composition.satisfiability.position import Position, provided_for
from supergraph.model import FieldSelection, FieldSet, SubgraphField, SubgraphType, Supergraph, TypeKind

Option = tuple[Position, SubgraphField]
"""A field, and the position that resolves it."""


_Question = tuple[Position, str, str]
"""A position and the object's own type: what is reached? Or with a field of it: does its requirement hold there?"""


class Reachability:
    """Answers for one supergraph, remembered. An object's own type is always given beside its position.

    What depends on itself alone (a key needed for its own fields) is not to be had.
    """

    def __init__(self, supergraph: Supergraph, labels: Labels) -> None:
        self.supergraph = supergraph
        self.labels = labels
        self._types_of = _types_by_object(supergraph.schema)
        self._worked_out = Answers(self._work_out)

    def reached(self, start: Position, own_type: str) -> frozenset[Position]:
        """All positions of the same object, the one to start from among them."""
        return self._worked_out.to((start, own_type, ""), frozenset({start}))

    def _work_out(self, question: _Question, known: frozenset[Position]) -> frozenset[Position]:
        place, own_type, field = question
        if not field:
            return self._grown(set(known), own_type)
        requires = self.known(place).fields[field].requires
        return frozenset({place}) if self._can_give(place, own_type, requires) else frozenset()

    def _grown(self, places: set[Position], own_type: str) -> frozenset[Position]:
        while new := [target for target in self._hops(places, own_type) if target not in places]:
            places.update(new)
        return frozenset(places)

    def options(self, starts: Iterable[Position], own_type: str, field: str) -> list[Option]:
        """Every way to have a field of an object at which one stands."""
        places = dict.fromkeys(place for start in starts for place in self.reached(start, own_type))
        return list(self._options(places, own_type, field))

    def children(self, options: Iterable[Option], field: str, own_type: str) -> frozenset[Position]:
        """Where one stands after a field, as the subgraphs' types say it: abstract ones not yet resolved."""
        return frozenset(
            Position(
                place.subgraph, known.named_type, known.provides + self._provided(place, own_type, field)[1]
            )
            for place, known in options
        )

    def as_type(self, places: Iterable[Position], own_type: str) -> frozenset[Position]:
        """The positions at which the object can be one of this type."""
        return frozenset(place for known in places for place in self._as_type(known, own_type))

    def possible_types(self, type_name: str) -> list[str]:
        """The object types that a client may meet under a composite type."""
        named = self.supergraph.api.type_map.get(type_name)
        if is_object_type(named):
            return [named.name]
        if is_abstract_type(named):
            return [one.name for one in self.supergraph.api.get_possible_types(named)]
        return []

    def known(self, place: Position) -> SubgraphType:
        """The type as its subgraph knows it."""
        return self.supergraph.subgraphs[place.subgraph].types[place.type]

    def resolves(self, places: Iterable[Position], own_type: str, selections: FieldSet) -> bool:
        """Whether every selection can be had, each from any of the places."""
        places = list(places)
        return all(self._resolves(places, own_type, selection) for selection in selections)

    def _resolves(self, places: list[Position], own_type: str, selection: object) -> bool:
        if not isinstance(selection, FieldSelection):
            condition, selections = selection.type_condition, selection.selections  # pyright: ignore[reportAttributeAccessIssue]
            return condition not in self.types_of(own_type) or self.resolves(places, own_type, selections)
        if selection.name == "__typename":
            return any(place.type == own_type for place in places)
        options = list(self._options(places, own_type, selection.name))
        if not options or not selection.selections:
            return bool(options)
        children = self.children(options, selection.name, own_type)
        return all(
            self.resolves(self._all_reached(standing, own), own, selection.selections)
            for own in self._object_types_at(children)
            if (standing := self.as_type(children, own))
        )

    def _object_types_at(self, places: Iterable[Position]) -> list[str]:
        """Every object type that may stand at one of the places, hidden ones too."""
        names: dict[str, None] = {}
        for place in places:
            named = self.supergraph.schema.type_map.get(place.type)
            if is_abstract_type(named):
                names.update(
                    dict.fromkeys(one.name for one in self.supergraph.schema.get_possible_types(named))
                )
            else:
                names[place.type] = None
        return list(names)

    def _all_reached(self, places: Iterable[Position], own_type: str) -> list[Position]:
        return [reached for place in places for reached in self.reached(place, own_type)]

    def _options(self, places: Iterable[Position], own_type: str, field: str) -> Iterator[Option]:
        for place in places:
            known = self.known(place).fields.get(field)
            if known is not None and self._answers(place, own_type, known):
                yield place, known

    def _answers(self, place: Position, own_type: str, field: SubgraphField) -> bool:
        if field.used_overridden or not self.labels.resolves(place.subgraph, place.type, field):
            return False
        if field.external and not self._provided(place, own_type, field.name)[0]:
            return False
        return not field.requires or self._requirement_holds(place, own_type, field)

    def _requirement_holds(self, place: Position, own_type: str, field: SubgraphField) -> bool:
        return bool(self._worked_out.to((place, own_type, field.name), frozenset()))

    def _can_give(self, place: Position, own_type: str, required: FieldSet) -> bool:
        """The required fields are fetched elsewhere, and the subgraph is entered again by a key with them."""
        if self.resolves([place], own_type, required):
            return True
        places = self.reached(place, own_type)
        # Even a key that is not resolvable: it says how the subgraph knows its objects again.
        return self.resolves(places, own_type, required) and any(
            self.resolves(places, own_type, key.fields) for key in self.known(place).keys
        )

    def _provided(self, place: Position, own_type: str, field: str) -> tuple[bool, FieldSet]:
        return provided_for(field, place.provided, self.types_of(own_type))

    def types_of(self, own_type: str) -> frozenset[str]:
        """The object's type, its interfaces and the unions that it is a member of."""
        return self._types_of.get(own_type) or frozenset({own_type})

    def _as_type(self, place: Position, own_type: str) -> Iterator[Position]:
        known = self.known(place)
        if known.is_interface_object:
            if place.type in self.types_of(own_type):
                yield place
        elif own_type in known.possible_types or place.type == own_type:
            yield Position(place.subgraph, own_type, place.provided)

    def _hops(self, places: set[Position], own_type: str) -> Iterator[Position]:
        """Positions that the places lead to: by a key that they can resolve together, or through a root."""
        standing = list(places)
        concrete = any(place.type == own_type for place in standing)
        for subgraph in self.supergraph.subgraphs.values():
            for known in self._entries(subgraph.types, own_type, concrete=concrete):
                target = Position(subgraph.name, own_type if known.kind is TypeKind.INTERFACE else known.name)
                if (
                    target.type in subgraph.types
                    and target not in places
                    and (
                        self._is_root(own_type)
                        or any(
                            key.resolvable and self.resolves(standing, own_type, key.fields)
                            for key in known.keys
                        )
                    )
                ):
                    yield target

    def _entries(self, types: object, own_type: str, *, concrete: bool) -> Iterator[SubgraphType]:
        """The types by whose keys a subgraph can be entered with such an object.

        As long as only an interface object is known, the object's own type is not: it must be learnt from a
        subgraph that has the interface.
        """
        for name in self.types_of(own_type):
            known: SubgraphType | None = types.get(name)  # pyright: ignore[reportAttributeAccessIssue]
            if known is None or known.kind is TypeKind.UNION:
                continue
            if (
                known.is_interface_object
                or (name == own_type and concrete)
                or (known.kind is TypeKind.INTERFACE and own_type in known.possible_types and not concrete)
            ):
                yield known

    def _is_root(self, type_name: str) -> bool:
        schema = self.supergraph.schema
        return any(
            root is not None and root.name == type_name
            for root in (schema.query_type, schema.mutation_type, schema.subscription_type)
        )


def _types_by_object(schema: GraphQLSchema) -> dict[str, frozenset[str]]:
    """For each object type that is of abstract ones, these and itself."""
    found: dict[str, set[str]] = {}
    for named in schema.type_map.values():
        for one in schema.get_possible_types(named) if is_abstract_type(named) else ():
            found.setdefault(one.name, {one.name}).add(named.name)
    return {name: frozenset(types) for name, types in found.items()}
