"""Leaf values of the response: what a reply holds, checked and serialised by its type in the API schema.

Subgraphs have serialised their values already, so little is coerced: an integral float for an Int, and a
number for an ID (GraphQL specification, 3.5). A custom scalar is taken as it comes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from graphql import GraphQLEnumType, GraphQLLeafType

Serialize = Callable[[Any], Any]


class InvalidValue(Exception):
    """A value does not fit its type. The message names the type and not the value, which may be hidden."""


def leaf_serializer(leaf_type: GraphQLLeafType) -> Serialize:
    """Give the function that serialises values of this type; it raises `InvalidValue`."""
    if isinstance(leaf_type, GraphQLEnumType):
        return _enum_serializer(leaf_type)
    return _SCALARS.get(leaf_type.name, as_it_is)


def _enum_serializer(enum: GraphQLEnumType) -> Serialize:
    names = frozenset(enum.values)

    def serialize(value: Any) -> str:
        if isinstance(value, str) and value in names:
            return value
        raise InvalidValue(f"Enum {enum.name!r} cannot represent the value.")

    return serialize


def _int(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31:
        return value
    raise InvalidValue("Int cannot represent the value.")


def _float(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise InvalidValue("Float cannot represent the value.")


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise InvalidValue("String cannot represent the value.")


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise InvalidValue("Boolean cannot represent the value.")


def _id(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise InvalidValue("ID cannot represent the value.")


def as_it_is(value: Any) -> Any:
    """Serialise a custom scalar."""
    return value


_SCALARS: dict[str, Serialize] = {
    "Int": _int,
    "Float": _float,
    "String": _string,
    "Boolean": _boolean,
    "ID": _id,
}
