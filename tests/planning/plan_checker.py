"""An independent check of query plans: every claim a plan makes is held against the subgraphs' own schemas.

It reads the plan, the subgraphs' SDL and the supergraph's possible types, and shares no code with the planner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    print_ast,
)

from supergraph.planning.query_plan import (
    Fetch,
    FieldShape,
    Guard,
    ObjectShape,
    QueryPlan,
    Representation,
    RepresentationField,
    Target,
)
from tests.planning.context_checker import context_problems
from tests.planning.subgraph_sdl import SubgraphSdl, parsed

Values = Mapping[str, bool]


@dataclass(frozen=True)
class Share:
    """What one part selects of objects at a position: selection sets, and the subgraph's type for the objects."""

    fetch: Fetch
    target: Target | None
    standing: str
    sets: tuple[SelectionSetNode, ...]


@dataclass(frozen=True)
class Selected:
    """A response key in a subgraph request: the field behind it, and what is selected below."""

    name: str
    arguments: tuple[str, ...]
    type: str
    sets: tuple[SelectionSetNode, ...]


def problems(plan: QueryPlan, subgraphs: Mapping[str, SubgraphSdl], schema: GraphQLSchema) -> list[str]:
    """Everything that is wrong with a plan, as sentences; empty for a sound plan."""
    found: list[str] = []
    for values in _assignments(plan):
        checker = Checker(plan, subgraphs, schema, values)
        found.extend(checker.problems())
        if found:
            return [f"with {dict(values)}: {problem}" for problem in found]
    return found


def _assignments(plan: QueryPlan) -> Iterator[Values]:
    variables = sorted(
        {condition.variable for guard in _guards(plan) for each in guard for condition in each}
    )
    for chosen in product((True, False), repeat=len(variables)):
        yield dict(zip(variables, chosen, strict=True))


def _guards(plan: QueryPlan) -> Iterator[Guard]:
    for fetch in plan.fetches:
        yield fetch.guard
        for target in fetch.targets:
            yield target.guard
    shapes = [plan.shape]
    while shapes:
        for fields in shapes.pop().fields.values():
            for field in fields:
                yield field.guard
                if field.shape:
                    shapes.append(field.shape)


class Checker:
    """One plan under one assignment of its Boolean variables."""

    def __init__(
        self, plan: QueryPlan, subgraphs: Mapping[str, SubgraphSdl], schema: GraphQLSchema, values: Values
    ) -> None:
        self.plan = plan
        self.subgraphs = subgraphs
        self.schema = schema
        self.values = values
        self._shares: dict[tuple[int, str], dict[int, Share]] = {}
        self._selected: dict[tuple[int, str], tuple[Share, dict[str, Selected]]] = {}
        self._roots = dict(self._all_roots())

    def problems(self) -> list[str]:
        found = [*self._order(), *self._documents(), *self._representations()]
        found.extend(self._shape(self.plan.shape))
        return found

    def holds(self, guard: Guard) -> bool:
        return any(all(self.values[one.variable] is one.value for one in conditions) for conditions in guard)

    # --- fetches

    def _order(self) -> Iterator[str]:
        for index, fetch in enumerate(self.plan.fetches):
            if fetch.id != index or any(earlier >= index for earlier in fetch.after):
                yield f"fetch {fetch.id} stands out of order"
        for index, position in enumerate(self.plan.positions):
            if position.id != index or (position.parent is not None and position.parent >= index):
                yield f"position {position.id} stands out of order"

    def _documents(self) -> Iterator[str]:
        for fetch in self.plan.fetches:
            for fault in self.subgraphs[fetch.subgraph].refusals(fetch.document):
                yield f"{fetch.subgraph} {fault} in {fetch.document}"

    def closure(self, fetch: Fetch) -> frozenset[int]:
        before = set(fetch.after)
        for earlier in fetch.after:
            before |= self.closure(self.plan.fetches[earlier])
        return frozenset(before)

    # --- what parts select

    def _all_roots(self) -> Iterator[tuple[int, Share]]:
        for fetch in self.plan.fetches:
            operation = parsed(fetch.document)
            if fetch.part is not None:
                root = self.subgraphs[fetch.subgraph].schema.get_root_type(operation.operation)
                assert root is not None
                yield fetch.part, Share(fetch, None, root.name, (operation.selection_set,))
            for target in fetch.targets:
                sets = tuple(
                    node.selection_set
                    for node in operation.selection_set.selections
                    if isinstance(node, FieldNode)
                    and (node.alias.value if node.alias else node.name.value) == target.alias
                    and node.selection_set
                )
                yield target.part, Share(fetch, target, "_Entity", sets)

    def types(self, position: int) -> list[str]:
        """The concrete types that can come at a position."""
        named = self.schema.type_map[self.plan.positions[position].type]
        if not is_abstract_type(named):
            return [named.name]
        return sorted(each.name for each in self.schema.get_possible_types(named)) or [named.name]

    def shares(self, position: int, concrete: str) -> dict[int, Share]:
        """Each part's share of objects of a concrete type at a position."""
        if (position, concrete) not in self._shares:
            self._shares[position, concrete] = dict(self._all_shares(position, concrete))
        return self._shares[position, concrete]

    def _all_shares(self, position: int, concrete: str) -> Iterator[tuple[int, Share]]:
        here = self.plan.positions[position]
        for part in here.embedded:
            share = self._embedded(position, part, concrete)
            if share:
                yield part, share
        for part in here.attached:
            share = self._roots[part]
            if share.target is None:
                yield part, share
            else:
                standing = self._entered_as(share.target, concrete)
                if standing:
                    yield part, Share(share.fetch, share.target, standing, share.sets)

    def _embedded(self, position: int, part: int, concrete: str) -> Share | None:
        here = self.plan.positions[position]
        assert here.parent is not None
        sets: list[SelectionSetNode] = []
        found: Share | None = None
        for parent_type in self.types(here.parent):
            above = self.shares(here.parent, parent_type).get(part)
            selected = self.selected(above, parent_type).get(here.key) if above else None
            if above and selected and self._may_be(above.fetch.subgraph, selected.type, concrete):
                sets.extend(selected.sets)
                found = Share(above.fetch, above.target, selected.type, tuple(sets))
        return found

    def _may_be(self, subgraph: str, type_: str, concrete: str) -> bool:
        known = self.subgraphs[subgraph].schema.type_map[type_]
        if self.subgraphs[subgraph].is_interface_object(type_) or known.name == concrete:
            return True
        return is_abstract_type(known) and concrete in {
            each.name for each in self.subgraphs[subgraph].schema.get_possible_types(known)
        }

    def _entered_as(self, target: Target, concrete: str) -> str | None:
        for representation in target.representations:
            if representation.types is None or concrete in representation.types:
                return representation.typename or concrete
        return None

    def selected(self, share: Share, concrete: str) -> dict[str, Selected]:
        """What a share selects of an object of a concrete type, by response key.

        It is found once: to find it for each field that is looked up costs the square of their number.
        """
        kept = self._selected.get((id(share), concrete))
        if kept is None:
            found: dict[str, Selected] = {}
            for node in share.sets:
                self._collect(share, share.standing, node, concrete, found)
            # The share is kept too, so that no other one gets its identity.
            kept = self._selected[id(share), concrete] = (share, found)
        return kept[1]

    def _collect(
        self, share: Share, type_: str, node: SelectionSetNode, concrete: str, found: dict[str, Selected]
    ) -> None:
        subgraph = self.subgraphs[share.fetch.subgraph]
        for selection in node.selections:
            if not self._included(selection):
                continue
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                named = subgraph.named_type(type_, concrete, selection.name.value)
                earlier = found[key].sets if key in found else ()
                sets = (*earlier, selection.selection_set) if selection.selection_set else earlier
                arguments = tuple(map(print_ast, selection.arguments or ()))
                found[key] = Selected(selection.name.value, arguments, named, sets)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition.name.value if selection.type_condition else type_
                if subgraph.applies(share.standing, concrete, condition):
                    self._collect(share, condition, selection.selection_set, concrete, found)

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            variable = "".join(print_ast(each.value) for each in directive.arguments or ()).removeprefix("$")
            if self.values[variable] is not (directive.name.value == "include"):
                return False
        return True

    def _alive(self, share: Share) -> bool:
        """Whether the request, and the entities asked for in it, are sent at all."""
        return self.holds(share.fetch.guard) and (share.target is None or self.holds(share.target.guard))

    # --- representations

    def _representations(self) -> Iterator[str]:
        for fetch in self.plan.fetches:
            for target in fetch.targets:
                if self.holds(fetch.guard) and self.holds(target.guard):
                    yield from self._target(fetch, target)

    def _target(self, fetch: Fetch, target: Target) -> Iterator[str]:
        here = self.plan.positions[target.position]
        before = self.closure(fetch)
        for concrete in self.types(target.position):
            for representation in target.representations:
                if representation.types is not None and concrete not in representation.types:
                    continue
                if here.embedded and not any(
                    part in self.shares(target.position, concrete) for part in here.embedded
                ):
                    continue
                if representation.typename is None and here.typename:
                    yield from self._told(here.typename, target.position, concrete, before, fetch)
                for field in representation.fields:
                    yield from self.sourced(fetch, before, target.position, concrete, field)
                yield from self._suffices(fetch, target, concrete, representation)
        yield from context_problems(self, fetch, target)

    def _told(
        self, parts: Iterable[int], position: int, concrete: str, before: frozenset[int], fetch: Fetch
    ) -> Iterator[str]:
        shares = self.shares(position, concrete)
        if not any(
            part in shares
            and shares[part].fetch.id in before
            and "__typename" in self.selected(shares[part], concrete)
            for part in parts
        ):
            yield f"fetch {fetch.id} cannot know that an object is of type {concrete}"

    def sourced(
        self, fetch: Fetch, before: frozenset[int], position: int, concrete: str, field: RepresentationField
    ) -> Iterator[str]:
        if not self.holds(field.guard) or (field.types is not None and concrete not in field.types):
            return
        shares = [
            share
            for part in field.sources
            if (share := self.shares(position, concrete).get(part)) is not None
        ]
        if any(share.fetch.id not in before for share in shares):
            yield f"fetch {fetch.id} does not wait for {field.name}"
        if not any(field.key in self.selected(share, concrete) and self._alive(share) for share in shares):
            yield f"fetch {fetch.id} lacks {field.name} ({field.key}) of {concrete} at position {position}"
        if field.position is not None:
            for below in self.types(field.position):
                if self.shares(field.position, below):
                    for each in field.fields:
                        yield from self.sourced(fetch, before, field.position, below, each)

    def _suffices(
        self, fetch: Fetch, target: Target, concrete: str, representation: Representation
    ) -> Iterator[str]:
        subgraph = self.subgraphs[fetch.subgraph]
        known_as = representation.typename or concrete
        names = _names(representation.fields)
        if not any(key <= names for key in subgraph.keys(known_as)):
            yield f"fetch {fetch.id} has no key of {known_as}: {sorted(names)}"
        share = self.shares(target.position, concrete).get(target.part)
        if share is None:
            return
        for selected in self.selected(share, concrete).values():
            required = subgraph.required(share.standing, concrete, selected.name)
            if required:
                where = (target.position, concrete)
                for missing in self.missing(required, representation.fields, where, known_as):
                    yield f"fetch {fetch.id} asks for {known_as}.{selected.name} without {missing}"

    def missing(
        self,
        required: SelectionSetNode,
        fields: tuple[RepresentationField, ...],
        where: tuple[int, str],
        known_as: str,
    ) -> Iterator[str]:
        """What is required of objects at a position, of a type, and not among these fields of theirs."""
        position, concrete = where
        for selection in required.selections:
            if isinstance(selection, InlineFragmentNode) and selection.type_condition:
                condition = self.schema.type_map[selection.type_condition.name.value]
                if condition.name in (concrete, known_as) or (
                    is_abstract_type(condition)
                    and concrete in {each.name for each in self.schema.get_possible_types(condition)}
                ):
                    yield from self.missing(selection.selection_set, fields, where, known_as)
            elif isinstance(selection, FieldNode) and selection.name.value != "__typename":
                field = self._input(selection, fields, position, concrete)
                if field is None:
                    yield f"{concrete}.{print_ast(selection)}"
                elif selection.selection_set and field.position is not None:
                    for below in self.types(field.position):
                        if self.shares(field.position, below):
                            yield from self.missing(
                                selection.selection_set, field.fields, (field.position, below), below
                            )

    def _input(
        self, selection: FieldNode, fields: tuple[RepresentationField, ...], position: int, concrete: str
    ) -> RepresentationField | None:
        wanted = sorted(map(print_ast, selection.arguments or ()))
        for field in fields:
            if field.name != selection.name.value or (
                field.types is not None and concrete not in field.types
            ):
                continue
            shares = [self.shares(position, concrete).get(part) for part in field.sources]
            selected = [self.selected(share, concrete).get(field.key) for share in shares if share]
            if any(each and sorted(self._own_arguments(each)) == wanted for each in selected):
                return field
        return None

    def _own_arguments(self, selected: Selected) -> Iterator[str]:
        """The arguments that a field is written with, those from contexts left out."""
        targets = [target for fetch in self.plan.fetches for target in fetch.targets]
        filled = {f"${context.name}" for target in targets for context in target.contexts}
        return (each for each in selected.arguments if each.partition(": ")[2] not in filled)

    # --- the response

    def _shape(self, shape: ObjectShape) -> Iterator[str]:
        position = self.plan.positions[shape.position]
        abstract = is_abstract_type(self.schema.type_map[position.type])
        if abstract and position.typename:
            yield from self._typed(shape)
        for name, fields in shape.fields.items():
            concrete_types = self.types(position.id) if abstract and not position.typename else [name]
            for concrete in concrete_types:
                if position.embedded and not self._comes(position.id, concrete):
                    continue
                for field in fields:
                    if self.holds(field.guard):
                        yield from self._field(position.id, concrete, field)

    def _comes(self, position: int, concrete: str) -> bool:
        embedded = self.plan.positions[position].embedded
        first = next((part for part in embedded if self._is_sent(part)), None)
        return first is not None and first in self.shares(position, concrete)

    def _is_sent(self, part: int) -> bool:
        return self._alive(self._roots[part])

    def _typed(self, shape: ObjectShape) -> Iterator[str]:
        position = self.plan.positions[shape.position]
        for concrete in shape.fields:
            shares = self.shares(position.id, concrete)
            told = [
                part
                for part in position.typename
                if part in shares and "__typename" in self.selected(shares[part], concrete)
            ]
            if not told and self._comes(position.id, concrete):
                yield f"nobody tells that an object at position {position.id} is of type {concrete}"

    def _field(self, position: int, concrete: str, field: FieldShape) -> Iterator[str]:
        if field.denied or field.disputed or field.name.startswith("__"):
            if field.sources:
                yield f"{field.response_key} is not to be fetched"
            if field.disputed and not self._is_disputed(position, concrete):
                yield f"all know that an object at position {position} can be of type {concrete}"
            return
        shares = self.shares(position, concrete)
        answering = [
            self.selected(share, concrete)[field.key]
            for part in field.sources
            if (share := shares.get(part))
            and self._alive(share)
            and field.key in self.selected(share, concrete)
        ]
        if not answering:
            yield f"nobody answers {concrete}.{field.name} ({field.key}) at position {position}"
        if any(selected.name != field.name for selected in answering):
            yield f"{field.key} at position {position} is not {field.name} in a subgraph"
        if field.shape and is_composite_type(get_named_type(field.type)):
            yield from self._shape(field.shape)

    def _is_disputed(self, position: int, concrete: str) -> bool:
        """Whether a subgraph has the field that leads to a position, but none of its objects of this type."""
        here = self.plan.positions[position]
        assert here.parent is not None
        return any(
            not self._may_be(name, str(get_named_type(parent.fields[selected.name].type)), concrete)
            for parent_type in self.types(here.parent)
            for share in self.shares(here.parent, parent_type).values()
            if (selected := self.selected(share, parent_type).get(here.key))
            for name, subgraph in self.subgraphs.items()
            if isinstance(parent := subgraph.schema.type_map.get(parent_type), GraphQLObjectType)
            and selected.name in parent.fields
        )


def _names(fields: Iterable[RepresentationField]) -> frozenset[tuple[str, ...]]:
    """The paths of a representation's fields."""
    found: set[tuple[str, ...]] = set()
    for field in fields:
        found.add((field.name,))
        found.update((field.name, *path) for path in _names(field.fields))
    return frozenset(found)
