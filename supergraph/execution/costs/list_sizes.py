"""How long a list is thought to be, as `@listSize` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import IntValueNode, VariableNode, value_from_ast_untyped

from supergraph.execution.costs.amounts import Amount, Values
from supergraph.execution.costs.inputs import default_of
from supergraph.execution.costs.weights import Weights
from supergraph.execution.refusal import refused_because
from supergraph.model import ListSize
from supergraph.planning.operation import Field


def list_size(
    weights: Weights, concrete: str, field: Field, says: ListSize, default: int, *, strict: bool
) -> Amount:
    """The size that the slicing arguments ask for, else the assumed one, else the default.

    Where `@listSize` wants exactly one slicing argument and another number of them is given, the amount raises
    `RequestRefused` (COST_INVALID_SLICING_ARGUMENTS), if `strict`.
    """
    asked = [_asked(weights, concrete, field, path) for path in says.slicing_arguments]
    known = [size for size in asked if not callable(size)]
    fallback = default if says.assumed is None else says.assumed
    strict = strict and says.require_one and bool(asked)
    name = f"{concrete}.{field.name}"

    def size(values: Values) -> int:
        sizes = [each(values) if callable(each) else each for each in asked]
        given = [each for each in sizes if each is not None]
        if strict and len(given) != 1:
            raise _ambiguous(name, says, len(given))
        return max(given, default=fallback)

    return size if strict or len(known) < len(asked) else size({})


def _asked(
    weights: Weights, concrete: str, field: Field, path: str
) -> int | Callable[[Values], int | None] | None:
    """How many the argument at the path asks for; None where it is not given and has no default."""
    name, *below = path.split(".")
    given = dict(field.arguments).get(name)
    definition = weights.definition(concrete, field).args.get(name)
    default = None if definition is None else default_of(definition)
    if given is None:
        return _size(default, below)
    if isinstance(given, IntValueNode):
        return _size(int(given.value), below)
    if isinstance(given, VariableNode):
        variable = given.name.value
        return lambda values: _size(values.get(variable, default), below)
    return lambda values: _size(value_from_ast_untyped(given, dict(values)), below)


def _size(value: Any, below: list[str]) -> int | None:
    for name in below:
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, list | tuple):
        return len(value)
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else None


def _ambiguous(name: str, says: ListSize, given: int) -> Exception:
    wanted = ", ".join(says.slicing_arguments)
    return refused_because(
        "COST_INVALID_SLICING_ARGUMENTS",
        f"{name} wants exactly one of its arguments {wanted}, and has {given}.",
    )
