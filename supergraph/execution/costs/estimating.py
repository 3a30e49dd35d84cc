"""The estimate: an operation to an amount, compiled once, evaluated with each request's variables."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import get_named_type, is_leaf_type

from supergraph.execution.costs.amounts import Amount, largest, not_negative, times, total, where
from supergraph.execution.costs.inputs import Inputs
from supergraph.execution.costs.list_sizes import list_size
from supergraph.execution.costs.weights import Weights, list_depth
from supergraph.planning.operation import Field, Operation, Selections
from supergraph.planning.query_plan import OperationKind

MUTATION = 10

Sizes = Mapping[str, Amount]
"""The sizes of lists below a field, by path (`edges`, `page.edges`)."""

NO_SIZES: Sizes = {}


class Estimating:
    """Compiles estimates of operations; `default` is the size of a list of which nothing is said.

    `strict` refuses what has the wrong number of slicing arguments.
    """

    def __init__(self, weights: Weights, default: int, *, strict: bool = True) -> None:
        self._weights = weights
        self._inputs = Inputs(weights)
        self._default = default
        self._strict = strict

    def operation(self, operation: Operation) -> Amount:
        """What the operation is thought to cost. Takes time in proportion to what is selected."""
        base = MUTATION if operation.kind is OperationKind.MUTATION else 0
        known: dict[tuple[int, str], Amount] = {}
        roots = operation.selections
        return total([base, *(self._fields(roots, root, NO_SIZES, known) for root in roots.fields)])

    def _fields(
        self, selections: Selections, concrete: str, sizes: Sizes, known: dict[tuple[int, str], Amount]
    ) -> Amount:
        """What the fields of one concrete type cost together."""
        return total(
            where(field.guard, self._field(concrete, field, sizes, known))
            for field in selections.fields[concrete]
            if not field.name.startswith("__")
        )

    def _field(
        self, concrete: str, field: Field, sizes: Sizes, known: dict[tuple[int, str], Amount]
    ) -> Amount:
        sized = bool(sizes) and any(path == field.name or path.startswith(f"{field.name}.") for path in sizes)
        key = (id(field), concrete)
        if sized or key not in known:
            amount = self._reckon(concrete, field, sizes, known)
            if sized:
                return amount
            known[key] = amount
        return known[key]

    def _reckon(
        self, concrete: str, field: Field, sizes: Sizes, known: dict[tuple[int, str], Amount]
    ) -> Amount:
        count, below = self._sizes(concrete, field, sizes)
        items = times(count, self._item(concrete, field, below, known))
        return not_negative(total([items, self._inputs.arguments(concrete, field)]))

    def _item(
        self, concrete: str, field: Field, sizes: Sizes, known: dict[tuple[int, str], Amount]
    ) -> Amount:
        """What one item of a field's list costs, or its one value."""
        own = self._weights.field(concrete, field)
        named = get_named_type(self._weights.definition(concrete, field).type)
        if is_leaf_type(named) or field.selections is None or not field.selections.fields:
            return self._weights.type(named.name) if own is None else own
        return largest(
            total(
                [
                    self._weights.type(each) if own is None else own,
                    self._fields(field.selections, each, sizes, known),
                ]
            )
            for each in field.selections.fields
        )

    def _sizes(self, concrete: str, field: Field, sizes: Sizes) -> tuple[Amount, Sizes]:
        """How many items the field has, and the sizes of lists below it."""
        says = self._weights.list_size(concrete, field)
        below = _below(field, sizes) if sizes else {}
        own: Amount | None = sizes.get(field.name)
        if says is not None:
            size = list_size(self._weights, concrete, field, says, self._default, strict=self._strict)
            below.update(dict.fromkeys(says.sized_fields, size))
            if own is None and not says.sized_fields:
                own = size
        depth = list_depth(self._weights.definition(concrete, field).type)
        if depth == 0:
            return 1, below
        return times(self._default ** (depth - 1), self._default if own is None else own), below


def _below(field: Field, sizes: Sizes) -> dict[str, Amount]:
    """The sizes of the lists below a field, by path from there."""
    prefix = f"{field.name}."
    return {path.removeprefix(prefix): size for path, size in sizes.items() if path.startswith(prefix)}
