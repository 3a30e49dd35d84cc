"""The measure: what a response cost, reckoned as the estimate is, with the lists as long as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import get_named_type, is_leaf_type

from supergraph.execution.costs.amounts import LARGEST, Values, evaluated, holds
from supergraph.execution.costs.estimating import MUTATION
from supergraph.execution.costs.inputs import Inputs
from supergraph.execution.costs.weights import Weights
from supergraph.planning.operation import Field, Operation, Selections
from supergraph.planning.query_plan import OperationKind


def measured(weights: Weights, operation: Operation, data: Mapping[str, Any] | None, values: Values) -> int:
    """What the data cost. A null cost what its field's arguments did.

    Where a response does not tell which of several types an object has, the dearest of those that it can have counts.
    """
    base = MUTATION if operation.kind is OperationKind.MUTATION else 0
    if data is None:
        return base
    return min(LARGEST, base + _Measuring(weights, values).roots(operation.selections, data))


class _Measuring:
    def __init__(self, weights: Weights, values: Values) -> None:
        self._weights = weights
        self._inputs = Inputs(weights)
        self._values = values

    def roots(self, selections: Selections, data: Mapping[str, Any]) -> int:
        """What the operation's own fields cost."""
        return sum(self._fields(selections, root, data) for root in selections.fields)

    def _fields(self, selections: Selections, concrete: str, found: Mapping[str, Any]) -> int:
        return sum(
            self._field(concrete, field, found.get(field.response_key))
            for field in selections.fields[concrete]
            if not field.name.startswith("__") and holds(field.guard, self._values)
        )

    def _field(self, concrete: str, field: Field, value: Any) -> int:
        arguments = evaluated(self._inputs.arguments(concrete, field), self._values)
        return max(0, arguments + self._value(concrete, field, value))

    def _value(self, concrete: str, field: Field, value: Any) -> int:
        own = self._weights.field(concrete, field)
        named = get_named_type(self._weights.definition(concrete, field).type)
        selections = field.selections
        if selections is None or is_leaf_type(named):
            weight = self._weights.type(named.name) if own is None else own
            return 0 if weight == 0 else weight * sum(1 for _ in _items(value))
        return sum(self._item(selections, named.name, own, item) for item in _items(value))

    def _item(self, selections: Selections, named: str, own: int | None, item: Any) -> int:
        if not isinstance(item, dict):
            return 0
        types = _types(selections, item)
        if not types:
            return self._weights.type(named) if own is None else own
        return max(
            (self._weights.type(each) if own is None else own) + self._fields(selections, each, item)
            for each in types
        )


def _types(selections: Selections, found: Mapping[str, Any]) -> list[str]:
    """The types that an object of the response can have, by its `__typename` or else by its keys."""
    if len(selections.fields) == 1:
        return list(selections.fields)
    told = {
        found.get(field.response_key)
        for fields in selections.fields.values()
        for field in fields
        if field.name == "__typename"
    }
    named = [each for each in selections.fields if each in told]
    return named or [
        each
        for each, fields in selections.fields.items()
        if found.keys() <= {field.response_key for field in fields}
    ]


def _items(value: Any) -> Iterator[Any]:
    """The values in a list, however deep, or the one value; no nulls."""
    if isinstance(value, list):
        for item in value:
            yield from _items(item)
    elif value is not None:
        yield value
