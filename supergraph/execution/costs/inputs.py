"""What the arguments of a field cost, as literals, variables, or defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLType,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    value_from_ast_untyped,
)

from supergraph.execution.costs.amounts import Amount, total
from supergraph.execution.costs.weights import Weights
from supergraph.planning.operation import Field


class Inputs:
    """Reckons what arguments cost; a default costs what it would if it had been sent, and a null nothing."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def arguments(self, concrete: str, field: Field) -> Amount:
        """What the arguments of one field cost together."""
        arguments = self._weights.definition(concrete, field).args
        if not arguments:
            return 0
        given = dict(field.arguments)
        return total(
            self._entry(self._weights.argument(concrete, field, name), argument, given.get(name))
            for name, argument in arguments.items()
        )

    def _entry(
        self, weight: int | None, entry: GraphQLArgument | GraphQLInputField, value: ValueNode | None
    ) -> Amount:
        default = default_of(entry)
        if self._is_free(weight, entry.type):
            return 0
        if isinstance(value, VariableNode):
            name, type_ = value.name.value, entry.type
            return lambda values: self._weighed(weight, type_, values.get(name, default))
        if value is None:
            return self._weighed(weight, entry.type, default)
        return self._literal(weight, entry.type, value)

    def _literal(self, weight: int | None, type_: GraphQLType, value: ValueNode) -> Amount:
        type_ = _nullable(type_)
        if isinstance(value, VariableNode):
            name = value.name.value
            return lambda values: self._weighed(weight, type_, values.get(name))
        if isinstance(value, NullValueNode):
            return 0
        if is_list_type(type_):
            items = value.values if isinstance(value, ListValueNode) else (value,)
            return total([weight or 0, *(self._literal(None, type_.of_type, item) for item in items)])
        if isinstance(type_, GraphQLInputObjectType) and isinstance(value, ObjectValueNode):
            given = {member.name.value: member.value for member in value.fields}
            parts = [
                self._entry(self._weights.input_field(type_.name, name), member, given.get(name))
                for name, member in type_.fields.items()
            ]
            return total([self._own(weight, type_), *parts])
        return self._own(weight, type_)

    def _weighed(self, weight: int | None, type_: GraphQLType, value: Any) -> int:
        """What a value costs that is known."""
        if value is None:
            return 0
        type_ = _nullable(type_)
        if is_list_type(type_):
            items = value if isinstance(value, list | tuple) else (value,)
            return (weight or 0) + sum(self._weighed(None, type_.of_type, item) for item in items)
        own = self._own(weight, type_)
        if not isinstance(type_, GraphQLInputObjectType) or not isinstance(value, Mapping):
            return own
        return own + sum(
            self._weighed(
                self._weights.input_field(type_.name, name), member.type, value.get(name, default_of(member))
            )
            for name, member in type_.fields.items()
        )

    def _is_free(self, weight: int | None, type_: GraphQLType) -> bool:
        """Whether no value of this type costs anything here: for most arguments nothing is left to reckon."""
        if isinstance(get_named_type(type_), GraphQLInputObjectType):
            return False
        return not (self._weights.input_value(type_) if weight is None else weight)

    def _own(self, weight: int | None, type_: GraphQLType) -> int:
        return self._weights.input_value(type_) if weight is None else weight


def _nullable(type_: GraphQLType) -> GraphQLType:
    return type_.of_type if is_non_null_type(type_) else type_


def default_of(entry: GraphQLArgument | GraphQLInputField) -> Any:
    """The default of an argument or input field as a plain value; None where there is none."""
    node = entry.ast_node
    if node is None or node.default_value is None:
        return None
    return value_from_ast_untyped(node.default_value)
