"""The quick look at fields of one name in one place: that all of them are one field.

The specification (5.3.2, Field Selection Merging) allows more: other fields on types that exclude each other. Those are
left to the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    InlineFragmentNode,
    SelectionSetNode,
    print_ast,
)

from supergraph.execution.validation.facts import Doubtful, Facts

MOST_COMPARED = 10_000
"""So many pairs of fields a document may have: the rules stop where they would compare very many more."""

Fields = dict[str, list[tuple[GraphQLCompositeType, FieldNode]]]
"""Fields by the names under which they are in the response, each with the type that it is selected on."""


class Merging:
    """Looks at selection sets with all fragments in their places. No fragment may lead into itself."""

    def __init__(self, facts: Facts, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._facts = facts
        self._fragments = fragments
        self._seen: set[tuple[int, ...]] = set()
        self._compared = 0

    def look(self, sets: Iterable[tuple[GraphQLCompositeType, SelectionSetNode]]) -> None:
        """Look at what is selected in one place by these sets, and below; raises `Doubtful`."""
        fields: Fields = {}
        spread: set[str] = set()
        for parent, selection_set in sets:
            self._collect(parent, selection_set, fields, spread)
        for group in fields.values():
            if len(group) > 1:
                self._compare(group)
            self._below(group)

    def _collect(
        self, parent: GraphQLCompositeType, selection_set: SelectionSetNode, fields: Fields, spread: set[str]
    ) -> None:
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                name = (node.alias or node.name).value
                fields.setdefault(name, []).append((parent, node))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._facts.composite(condition.name.value) if condition else parent
                self._collect(inner, node.selection_set, fields, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self._fragments[node.name.value]
                inner = self._facts.composite(fragment.type_condition.name.value)
                self._collect(inner, fragment.selection_set, fields, spread)

    def _compare(self, group: list[tuple[GraphQLCompositeType, FieldNode]]) -> None:
        self._compared += len(group) ** 2
        if self._compared > MOST_COMPARED:
            raise Doubtful
        (parent, first), *others = group
        type_, arguments = self._facts.field(parent, first.name.value).type, _arguments(first)
        for other_parent, other in others:
            if other.name.value != first.name.value or _arguments(other) != arguments:
                raise Doubtful
            if other_parent is not parent:
                other_type = self._facts.field(other_parent, other.name.value).type
                if other_type is not type_ and str(other_type) != str(type_):
                    raise Doubtful

    def _below(self, group: list[tuple[GraphQLCompositeType, FieldNode]]) -> None:
        sets = {
            id(node.selection_set): (below, node.selection_set)
            for parent, node in group
            if node.selection_set and (below := self._facts.field(parent, node.name.value).below)
        }
        key = tuple(sets)
        if sets and key not in self._seen:
            self._seen.add(key)
            self.look(sets.values())


def _arguments(node: FieldNode) -> dict[str, str]:
    return {each.name.value: print_ast(each.value) for each in node.arguments or ()}
