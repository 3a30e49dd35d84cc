"""The quick look at a document: whether it is plainly valid."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLCompositeType,
    GraphQLInputType,
    OperationDefinitionNode,
    OperationType,
    ValueNode,
    is_input_type,
    type_from_ast,
)
from graphql.validation.rules.variables_in_allowed_position import allowed_variable_usage

from supergraph.execution.validation.facts import Doubtful, Facts
from supergraph.execution.validation.merging import Merging
from supergraph.execution.validation.selections import Selections, Usage

MOST_SELECTION_SETS = 200
"""So many a document may have: the rules stop at what is nested deeper, or takes them too long to compare."""


def is_plainly_valid(facts: Facts, document: DocumentNode) -> bool:
    """Whether the rules would find nothing. False says nothing: that is for them to find out."""
    try:
        _Document(facts, document).look()
    except Doubtful:
        return False
    return True


class _Declared(NamedTuple):
    """A variable's type, and its default value."""

    type: GraphQLInputType
    default: ValueNode | None


class _Document:
    def __init__(self, facts: Facts, document: DocumentNode) -> None:
        self._facts = facts
        self._operations = [
            node for node in document.definitions if isinstance(node, OperationDefinitionNode)
        ]
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        if len(self._operations) + len(self._fragments) < len(document.definitions):
            raise Doubtful
        self._sets = 0

    def look(self) -> None:
        self._names()
        fragments = {name: self._fragment(node) for name, node in self._fragments.items()}
        reached = _reached(fragments)
        used = frozenset[str]()
        for operation in self._operations:
            found = self._operation(operation)
            spread = _with_all(reached, found.spreads)
            usages = [*found.usages, *(usage for name in spread for usage in fragments[name].usages)]
            self._variables(operation, usages)
            used |= spread
        if used != self._fragments.keys():
            raise Doubtful
        merging = Merging(self._facts, self._fragments)
        for operation in self._operations:
            merging.look([(self._root(operation), operation.selection_set)])

    def _names(self) -> None:
        """See that operations have names, each its own; or that there is but one."""
        names = {node.name.value for node in self._operations if node.name}
        if len(self._operations) != (len(names) or 1):
            raise Doubtful

    def _root(self, operation: OperationDefinitionNode) -> GraphQLCompositeType:
        root = self._facts.schema.get_root_type(operation.operation)
        if root is None or operation.operation is OperationType.SUBSCRIPTION:
            raise Doubtful
        return root

    def _operation(self, node: OperationDefinitionNode) -> Selections:
        return self._definition(node, self._root(node))

    def _fragment(self, node: FragmentDefinitionNode) -> Selections:
        if node.variable_definitions:
            raise Doubtful
        return self._definition(node, self._facts.composite(node.type_condition.name.value))

    def _definition(
        self, node: OperationDefinitionNode | FragmentDefinitionNode, parent: GraphQLCompositeType
    ) -> Selections:
        found = Selections(self._facts, self._fragments)
        found.look(parent, node.selection_set)
        self._sets += found.sets
        if node.directives or self._sets > MOST_SELECTION_SETS:
            raise Doubtful
        return found

    def _variables(self, operation: OperationDefinitionNode, usages: Collection[Usage]) -> None:
        """See that an operation uses the variables that it defines, and no others, where they fit."""
        declared = self._declared(operation)
        if declared.keys() != {usage.name for usage in usages}:
            raise Doubtful
        for usage in usages:
            type_, default = declared[usage.name]
            if not allowed_variable_usage(self._facts.schema, type_, default, usage.type, usage.default):
                raise Doubtful

    def _declared(self, operation: OperationDefinitionNode) -> Mapping[str, _Declared]:
        declared: dict[str, _Declared] = {}
        for node in operation.variable_definitions or ():
            name, type_ = node.variable.name.value, type_from_ast(self._facts.schema, node.type)
            if name in declared or node.directives or not is_input_type(type_):
                raise Doubtful
            if node.default_value:
                Selections(self._facts, {}).value(node.default_value, type_)
            declared[name] = _Declared(type_, node.default_value)
        return declared


def _reached(fragments: Mapping[str, Selections]) -> Mapping[str, frozenset[str]]:
    """The fragments that each one leads to; raises `Doubtful` where one leads into itself."""
    reached: dict[str, frozenset[str]] = {}
    waiting = dict(fragments)
    while waiting:
        ready = [name for name, found in waiting.items() if found.spreads <= reached.keys()]
        if not ready:
            raise Doubtful
        for name in ready:
            reached[name] = _with_all(reached, waiting.pop(name).spreads)
    return reached


def _with_all(reached: Mapping[str, frozenset[str]], spreads: Collection[str]) -> frozenset[str]:
    """Fragments, and all that they lead to."""
    return frozenset(spreads).union(*(reached[name] for name in spreads))
