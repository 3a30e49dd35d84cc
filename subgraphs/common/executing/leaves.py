"""How values of leaf types are in Python as a rule, and how such are written."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from graphql import GraphQLLeafType
from strawberry.schema.schema_converter import CustomGraphQLEnumType

SMALLEST_INT, LARGEST_INT = -(2**31), 2**31 - 1

Write = Callable[[Any], Any]


class Leaf(NamedTuple):
    """What a value of a leaf type is in Python as a rule, and how such a one is written (None: as it is)."""

    python: type
    write: Write | None


class Unknown:
    """No value is one."""


def leaf_of(of: GraphQLLeafType) -> Leaf:
    """How values of a leaf type are as a rule; those of a type that is not known here have no rule."""
    if isinstance(of, CustomGraphQLEnumType):
        names = {member: of.coerce_output_value(member) for member in of.wrapped_cls}
        return Leaf(of.wrapped_cls, names.__getitem__)
    return Leaf(_PYTHON.get(of.name, Unknown), _WRITE.get(of.name, of.coerce_output_value))


def _int(value: int) -> int:
    if SMALLEST_INT <= value <= LARGEST_INT:
        return value
    raise OverflowError


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
    "Int": _int,
}
