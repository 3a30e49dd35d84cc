"""How values of leaf types are in Python as a rule, and how such are written."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from graphql import GraphQLLeafType
from strawberry.schema.schema_converter import CustomGraphQLEnumType

SMALLEST_INT, LARGEST_INT = -(2**31), 2**31 - 1

Write = Callable[[list[Any]], list[Any]]
"""How values are written, all at once."""


class Leaf(NamedTuple):
    """What a value of a leaf type is in Python as a rule, and how such are written (None: as they are)."""

    python: type
    write: Write | None


class Unknown:
    """No value is one."""


def leaf_of(of: GraphQLLeafType) -> Leaf:
    """How values of a leaf type are as a rule; those of a type that is not known here have no rule."""
    if isinstance(of, CustomGraphQLEnumType):
        names = {member: of.coerce_output_value(member) for member in of.wrapped_cls}
        return Leaf(of.wrapped_cls, _each(names.__getitem__))
    return Leaf(_PYTHON.get(of.name, Unknown), _WRITE.get(of.name, _each(of.coerce_output_value)))


def _each(write: Callable[[Any], Any]) -> Write:
    return lambda values: list(map(write, values))


def _integers(values: list[int]) -> list[int]:
    if values and not SMALLEST_INT <= min(values) <= max(values) <= LARGEST_INT:
        raise OverflowError
    return values


_PYTHON: dict[str, type] = {
    "String": str,
    "ID": str,
    "CurrencyCode": str,
    "Boolean": bool,
    "Int": int,
    "Float": float,
    "Date": date,
    "DateTime": datetime,
}
_WRITE: dict[str, Write | None] = {
    "String": None,
    "ID": None,
    "CurrencyCode": None,
    "Boolean": None,
    "Int": _integers,
}
