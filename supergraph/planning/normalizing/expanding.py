"""Second pass: fragments expanded, type conditions resolved to concrete types, directives to guards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

from supergraph.planning.errors import OperationTooComplexError
from supergraph.planning.guards import Conjunction
from supergraph.planning.query_plan import Condition
from supergraph.planning.schema_types import SchemaTypes

MOST_SELECTIONS = 3_000
MOST_LEVELS = 32
MOST_TYPES = 3_000
"""Object types of all places together: an abstract type counts with each type that it can be."""

MOST_FRAGMENTS = 200
"""So many fragments may stand within one another."""

UNCONDITIONAL: Conjunction = frozenset()


class Selected(NamedTuple):
    """One field as written somewhere: for which concrete types it counts, and under which conditions."""

    node: FieldNode
    types: frozenset[str]
    conditions: Conjunction
    selected_on: str


class _Scope(NamedTuple):
    """Where an expansion stands: the concrete types that come here, the conditions met, the written type.

    `fragments` are those that it stands within.
    """

    types: frozenset[str]
    conditions: Conjunction
    type: str
    fragments: int = 0


class Expansion:
    """Expands the selection sets of one operation, and counts what it expands."""

    def __init__(self, types: SchemaTypes, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.types = types
        self.fragments = fragments
        self.expanded = 0
        self.possible = 0

    def types_at(self, type_: str) -> list[str]:
        """The object types that stand at one more place of the response, counted."""
        possible = self.types.possible(type_)
        self.possible += len(possible)
        if self.possible > MOST_TYPES:
            raise OperationTooComplexError(
                "object types, with all that an abstract type can be counted at each place", MOST_TYPES
            )
        return sorted(possible)

    def expand(self, type_: str, sets: Iterable[tuple[SelectionSetNode, Conjunction]]) -> list[Selected]:
        """All fields that these selection sets select on a type, in the order they are written."""
        seen: set[tuple[str, frozenset[str], Conjunction]] = set()
        found: list[Selected] = []
        for selection_set, conditions in sets:
            scope = _Scope(self.types.possible(type_), conditions, type_)
            found.extend(self._expand(selection_set.selections, scope, seen))
        return found

    def _expand(
        self,
        selections: Iterable[SelectionNode],
        scope: _Scope,
        seen: set[tuple[str, frozenset[str], Conjunction]],
    ) -> Iterator[Selected]:
        for node in selections:
            self._count()
            conditions = _conditions(node.directives or (), scope.conditions)
            if conditions is None:
                continue
            if isinstance(node, FieldNode):
                yield Selected(node, scope.types, conditions, scope.type)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition.name.value if node.type_condition else scope.type
                yield from self._expand(
                    node.selection_set.selections, self._narrowed(scope, condition, conditions), seen
                )
            elif isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                narrowed = self._narrowed(scope, fragment.type_condition.name.value, conditions)
                visit = (node.name.value, narrowed.types, conditions)
                if visit not in seen:
                    seen.add(visit)
                    yield from self._expand(fragment.selection_set.selections, narrowed, seen)

    def _narrowed(self, scope: _Scope, condition: str, conditions: Conjunction) -> _Scope:
        if scope.fragments == MOST_FRAGMENTS:
            raise OperationTooComplexError("fragments within one another", MOST_FRAGMENTS)
        types = scope.types & self.types.possible(condition)
        return _Scope(types, conditions, condition, scope.fragments + 1)

    def _count(self) -> None:
        self.expanded += 1
        if self.expanded > MOST_SELECTIONS:
            raise OperationTooComplexError("selections with all fragments expanded", MOST_SELECTIONS)


def _conditions(directives: Iterable[DirectiveNode], outer: Conjunction) -> Conjunction | None:
    """The conditions with those of `@skip` and `@include` added; None where they can never hold."""
    found = set(outer)
    for directive in directives:
        wanted = {"include": True, "skip": False}.get(directive.name.value)
        if wanted is None or not directive.arguments:
            continue
        value = directive.arguments[0].value
        if isinstance(value, BooleanValueNode) and value.value is not wanted:
            return None
        if isinstance(value, VariableNode):
            if Condition(value.name.value, not wanted) in found:
                return None
            found.add(Condition(value.name.value, wanted))
    return frozenset(found)
