"""Variables that are plainly right: coerced by what was worked out once for each type.

`coerced` gives just what graphql-core makes of the same values, and nothing where a value is wrong or needs another
look: to judge it, and to say what is wrong, is left to graphql-core, which asks the schema about each value anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from math import isfinite
from typing import Any, NamedTuple, cast

from graphql import (
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    type_from_ast,
)
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal

DOUBT: Any = object()
"""In place of a value: that it is not plainly right."""

Coerce = Callable[[Any], Any]
"""From a value to what it is coerced to, or `DOUBT`."""


class PlainTypes:
    """How values of a schema's input types are coerced."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._known: dict[str, Coerce] = {}

    def of(self, type_: GraphQLInputType) -> Coerce:
        """How values of a type are coerced."""
        name = str(type_)
        if name not in self._known:
            self._known[name] = self._made(type_)
        return self._known[name]

    def _made(self, type_: GraphQLInputType) -> Coerce:
        return self._present(type_.of_type) if is_non_null_type(type_) else _nullable(self._present(type_))

    def _present(self, type_: Any) -> Coerce:
        """How values are coerced that are there: of a null this doubts."""
        if is_list_type(type_):
            return _list(self.of(type_.of_type))
        if is_input_object_type(type_):
            return _doubt if type_.is_one_of else _object(self, type_)
        if is_enum_type(type_):
            return _enum(frozenset(type_.values))
        return _SCALARS.get(type_.name, _custom)


class PlainVariables:
    """The variables of one operation."""

    def __init__(self, types: PlainTypes, definitions: Collection[VariableDefinitionNode]) -> None:
        self._variables = [_variable(types, node) for node in definitions]

    def coerced(self, inputs: Mapping[str, Any]) -> dict[str, Any] | None:
        """The values by name, or None where one of them is not plainly right."""
        coerced = _coerced(self._variables, inputs)
        return None if coerced is DOUBT else coerced


class _Entry(NamedTuple):
    """A variable or an input field; `default` is what becomes of it where it is not given (`Undefined`: nothing)."""

    name: str
    coerce: Coerce
    default: Any


def _coerced(entries: list[_Entry], values: Mapping[str, Any]) -> Any:
    """What becomes of all entries with these values, by name, or `DOUBT`."""
    coerced: dict[str, Any] = {}
    for name, coerce, default in entries:
        given = values.get(name, Undefined)
        value = default if given is Undefined else coerce(given)
        if value is DOUBT:
            return DOUBT
        if value is not Undefined:
            coerced[name] = value
    return coerced


def _variable(types: PlainTypes, node: VariableDefinitionNode) -> _Entry:
    name, type_ = node.variable.name.value, cast("GraphQLInputType", type_from_ast(types.schema, node.type))
    default = DOUBT if is_non_null_type(type_) else Undefined
    if node.default_value is not None:
        default = coerce_input_literal(node.default_value, type_)
        default = DOUBT if default is Undefined else default
    return _Entry(name, types.of(type_), default)


def _input_field(types: PlainTypes, name: str, field: GraphQLInputField) -> _Entry:
    default = DOUBT if is_required_input_field(field) else coerce_default_value(field)
    return _Entry(name, types.of(field.type), default)


def _nullable(present: Coerce) -> Coerce:
    return lambda value: None if value is None else present(value)


def _list(item: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:
        if value.__class__ is not list:
            return DOUBT
        items = [item(each) for each in value]
        return DOUBT if any(each is DOUBT for each in items) else items

    return coerce


def _object(types: PlainTypes, type_: GraphQLInputObjectType) -> Coerce:
    entries: list[_Entry] = []

    def coerce(value: Any) -> Any:
        # Not before a value is there, as input types may lead to themselves.
        if not entries:
            entries.extend(_input_field(types, name, field) for name, field in type_.fields.items())
        if value.__class__ is not dict or not value.keys() <= type_.fields.keys():
            return DOUBT
        return _coerced(entries, value)

    return coerce


def _enum(names: frozenset[str]) -> Coerce:
    return lambda value: value if value.__class__ is str and value in names else DOUBT


def _of_class(class_: type) -> Coerce:
    return lambda value: value if value.__class__ is class_ else DOUBT


def _int(value: Any) -> Any:
    return value if value.__class__ is int and -(2**31) <= value < 2**31 else DOUBT


def _float(value: Any) -> Any:
    if value.__class__ is int and abs(value) <= 2**53:
        return float(value)
    return value if value.__class__ is float and isfinite(value) else DOUBT


def _custom(value: Any) -> Any:
    """A custom scalar is taken as it comes."""
    return DOUBT if value is None else value


def _doubt(_value: Any) -> Any:
    return DOUBT


_SCALARS: Mapping[str, Coerce] = {
    "Boolean": _of_class(bool),
    "Float": _float,
    "ID": _of_class(str),
    "Int": _int,
    "String": _of_class(str),
}
