"""Third pass: selections of one response key merged, for each concrete type (GraphQL specification, 6.3.2)."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DirectiveNode,
    FieldNode,
    NameNode,
    ObjectFieldNode,
    ObjectValueNode,
    SelectionSetNode,
)

from supergraph.planning.canonical_keys import Arguments
from supergraph.planning.errors import OperationTooComplexError
from supergraph.planning.guards import Conjunction, any_of
from supergraph.planning.normalizing.expanding import MOST_LEVELS, UNCONDITIONAL, Expansion, Selected
from supergraph.planning.operation import Field, Place, Selections
from supergraph.planning.query_plan import Guard

MOST_CONDITIONS = 16

INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})


def merge(expansion: Expansion, type_: str, selection_set: SelectionSetNode) -> Selections:
    """The selections of an operation, merged at every level."""
    return _Merging(expansion).selections(type_, [(selection_set, UNCONDITIONAL)], level=0)


class _Merging:
    """One operation's merging. Equal selections, of one nodes' list, give one field object."""

    def __init__(self, expansion: Expansion) -> None:
        self.expansion = expansion
        self.fields: dict[object, Field] = {}

    def selections(
        self, type_: str, sets: list[tuple[SelectionSetNode, Conjunction]], level: int
    ) -> Selections:
        if level > MOST_LEVELS:
            raise OperationTooComplexError("levels", MOST_LEVELS)
        selected = self.expansion.expand(type_, sets)
        type_sets = {each.types for each in selected}
        by_membership: dict[tuple[frozenset[str], ...], dict[str, list[Selected]]] = {}
        fields: dict[str, tuple[Field, ...]] = {}
        order: dict[str, tuple[Place, ...]] = {}
        conditional = any(each.conditions for each in selected)
        for concrete in self.expansion.types_at(type_):
            membership = tuple(types for types in type_sets if concrete in types)
            if membership not in by_membership:
                by_membership[membership] = _by_response_key(selected, frozenset(membership))
            groups = by_membership[membership]
            fields[concrete] = tuple(
                self._field(concrete, key, nodes, level) for key, nodes in groups.items()
            )
            if conditional and (places := _places(selected, frozenset(membership), fields[concrete])):
                order[concrete] = places
        return Selections(type_, fields, order)

    def _field(self, concrete: str, response_key: str, selected: list[Selected], level: int) -> Field:
        child = self._composite_type(concrete, selected[0].node.name.value)
        identity = (child, tuple((id(each.node), each.conditions) for each in selected))
        if identity not in self.fields:
            self.fields[identity] = self._merged(child, response_key, selected, level)
        return self.fields[identity]

    def _merged(self, child: str | None, response_key: str, selected: list[Selected], level: int) -> Field:
        node = selected[0].node
        return Field(
            response_key=response_key,
            name=node.name.value,
            arguments=(*_arguments(node), *_directives(selected)),
            guard=_guard(selected),
            selected_on=frozenset(each.selected_on for each in selected),
            selections=self.selections(child, _below(selected), level + 1) if child else None,
        )

    def _composite_type(self, concrete: str, name: str) -> str | None:
        if name == "__typename" or name in INTROSPECTION_FIELDS:
            return None
        return self.expansion.types.composite_type(concrete, name)


def _by_response_key(
    selected: list[Selected], type_sets: frozenset[frozenset[str]]
) -> dict[str, list[Selected]]:
    groups: dict[str, list[Selected]] = {}
    for each in selected:
        if each.types in type_sets:
            groups.setdefault(_response_key(each), []).append(each)
    return groups


def _places(
    selected: list[Selected], type_sets: frozenset[frozenset[str]], fields: tuple[Field, ...]
) -> tuple[Place, ...]:
    """All places where each field can be first collected; none where each field has only one."""
    met: dict[str, set[Conjunction]] = {each.response_key: set() for each in fields}
    found: list[tuple[str, set[Conjunction]]] = []
    for each in selected:
        key = _response_key(each)
        if each.types not in type_sets or any(earlier <= each.conditions for earlier in met[key]):
            continue
        met[key].add(each.conditions)
        if not found or found[-1][0] != key:
            found.append((key, set()))
        found[-1][1].add(each.conditions)
    if len(found) == len(fields):
        return ()
    by_key = {each.response_key: each for each in fields}
    return tuple(Place(by_key[key], any_of(conditions)) for key, conditions in found)


def _response_key(selected: Selected) -> str:
    return selected.node.alias.value if selected.node.alias else selected.node.name.value


def _arguments(node: FieldNode | DirectiveNode) -> Arguments:
    if not node.arguments:
        return ()
    return tuple((argument.name.value, argument.value) for argument in node.arguments)


def _directives(selected: list[Selected]) -> Iterator[tuple[str, ObjectValueNode]]:
    """The directives for the subgraphs; of one that stands at several of the selections, the first one's."""
    known = {"skip", "include"}
    for each in selected:
        if not each.node.directives:
            continue
        found = [node for node in each.node.directives or () if node.name.value not in known]
        known.update(node.name.value for node in found)
        for node in found:
            fields = tuple(
                ObjectFieldNode(name=NameNode(value=name), value=value) for name, value in _arguments(node)
            )
            yield f"@{node.name.value}", ObjectValueNode(fields=fields)


def _guard(selected: list[Selected]) -> Guard:
    if len(selected) == 1:
        return frozenset({selected[0].conditions})
    distinct = {each.conditions for each in selected}
    if len(distinct) > MOST_CONDITIONS:
        raise OperationTooComplexError("different conditions on one field", MOST_CONDITIONS)
    return any_of(distinct)


def _below(selected: list[Selected]) -> list[tuple[SelectionSetNode, Conjunction]]:
    """What is selected below, and what is still to be checked there: nothing, where all have the same conditions."""
    alike = len(selected) == 1 or len({each.conditions for each in selected}) == 1
    return [
        (below, UNCONDITIONAL if alike else each.conditions)
        for each in selected
        if (below := each.node.selection_set)
    ]
