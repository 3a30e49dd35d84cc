"""Execution of operations over objects whose fields are mostly attributes.

The ordinary executor asks a dozen questions about every field, and the answers are the same for each object that a
selection set stands for. Here they are asked once a selection set, and an attribute that is as its field's type wants
it is written into the result at once. Whatever is out of the ordinary, an error among it, goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    TypeNameMetaFieldDef,
    Undefined,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetails, FieldDetailsList, GroupedFieldSet
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, gather_with_cancel
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import CustomGraphQLEnumType
from strawberry.types.cast import get_strawberry_type_cast

from subgraphs.common.plain_fields import ReadAttribute

SMALLEST_INT, LARGEST_INT = -(2**31), 2**31 - 1


class Leaf(NamedTuple):
    """What a value of a leaf type is in Python as a rule, and how such a one is written (None: as it is)."""

    python: type
    write: Callable[[Any], Any] | None


class Step(NamedTuple):
    """What is done for a field of a selection set; `read` where it is an attribute, `leaf` where that is a leaf.

    Without a `field` only the ordinary way knows what to do.
    """

    name: str
    details: FieldDetailsList
    nodes: list[FieldNode]
    field: GraphQLField | None
    arguments: Mapping[str, Any]
    read: Callable[[Any], Any] | None
    leaf: Leaf | None

    @property
    def nullable(self) -> bool:
        """Whether the field may be null."""
        return self.field is not None and type(self.field.type) is not GraphQLNonNull

    def written(self, source: Any) -> Any:
        """The leaf as it stands in the result; Undefined where only the ordinary way knows what to do."""
        assert self.read is not None  # noqa: S101 - leaves are read
        assert self.leaf is not None  # noqa: S101
        try:
            value = self.read(source)
            if type(value) is self.leaf.python:
                return value if self.leaf.write is None else self.leaf.write(value)
        except Exception:  # noqa: BLE001 - the ordinary way meets it again, and tells of it
            return Undefined
        return None if value is None and self.nullable else Undefined


class AttributesFirst(StrawberryGraphQLCoreExecutionContext):
    """The executor of one operation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._runtime_types: dict[tuple[GraphQLAbstractType, type], GraphQLObjectType] = {}
        self._known_steps: dict[tuple[str, int], tuple[GroupedFieldSet, Sequence[Step]]] = {}

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> Any:
        """The fields of an object, or what they can be waited for with."""
        if self.middleware_manager and self.middleware_manager.middlewares:
            return super().execute_fields(
                parent_type, source_value, path, grouped_field_set, position_context
            )
        results: dict[str, Any] = {}
        awaited: list[str] = []
        try:
            for step in self._steps(parent_type, grouped_field_set):
                value = Undefined if step.leaf is None else step.written(source_value)
                if value is Undefined:
                    place = Path(path, step.name, parent_type.name)
                    value = self._resolved(step, parent_type, source_value, place, position_context)
                    if value is Undefined:
                        continue
                    if self.is_awaitable(value):
                        awaited.append(step.name)
                results[step.name] = value
        except Exception:
            if awaited:
                self.settle_in_background([results[name] for name in awaited])
            raise
        return self._all(results, awaited) if awaited else results

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """A value as its type wants it; objects and lists that are there without the questions before them."""
        if result is not None and not isinstance(result, Exception) and result is not Undefined:
            of: Any = return_type.of_type if type(return_type) is GraphQLNonNull else return_type
            if type(of) is GraphQLObjectType:
                return self.complete_object_value(
                    of, field_details_list, info, path, result, position_context
                )
            if type(of) is GraphQLList:
                return self.complete_list_value(of, field_details_list, info, path, result, position_context)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    def complete_abstract_value(
        self,
        return_type: GraphQLAbstractType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """An object of an abstract type, asked once for each class which type it is."""
        key = return_type, type(result)
        runtime_type = self._runtime_types.get(key)
        if runtime_type is None:
            name = (return_type.resolve_type or self.type_resolver)(result, info, return_type)
            if not isinstance(name, str) or not _is_of_one_type(result):
                return super().complete_abstract_value(
                    return_type, field_details_list, info, path, result, position_context
                )
            runtime_type = self._runtime_types[key] = self.ensure_valid_runtime_type(
                name, return_type, field_details_list, info, result
            )
        return self.complete_object_value(
            runtime_type, field_details_list, info, path, result, position_context
        )

    def _resolved(
        self, step: Step, parent_type: GraphQLObjectType, source: Any, path: Path, position_context: Any
    ) -> Any:
        """What a field gives: the value of its resolver as its type wants it, or whatever goes the ordinary way."""
        field = step.field
        if field is None or step.leaf is not None or self.abort_signal is not None:
            return self.execute_field(parent_type, source, step.details, path, position_context)
        try:
            info = self.build_resolve_info(field, step.nodes, parent_type, path)
            value = (field.resolve or self.field_resolver)(source, info, **step.arguments)
            if self.is_awaitable(value):
                return self._awaited(value, step, field, info, position_context)
            completed = self.complete_value(field.type, step.details, info, path, value, position_context)
        except Exception as error:  # noqa: BLE001 - it becomes the field's error
            self.handle_field_error(error, field.type, step.details, path)
            return None
        return self._guarded(completed, step, field, path) if self.is_awaitable(completed) else completed

    async def _awaited(
        self,
        value: Awaitable[Any],
        step: Step,
        field: GraphQLField,
        info: GraphQLResolveInfo,
        position_context: Any,
    ) -> Any:
        try:
            completed = self.complete_value(
                field.type, step.details, info, info.path, await value, position_context
            )
            return await completed if self.is_awaitable(completed) else completed
        except Exception as error:  # noqa: BLE001 - it becomes the field's error
            self.handle_field_error(error, field.type, step.details, info.path)
            return None

    async def _guarded(self, completed: Awaitable[Any], step: Step, field: GraphQLField, path: Path) -> Any:
        try:
            return await completed
        except Exception as error:  # noqa: BLE001 - it becomes the field's error
            self.handle_field_error(error, field.type, step.details, path)
            return None

    async def _all(self, results: dict[str, Any], awaited: Sequence[str]) -> dict[str, Any]:
        if len(awaited) == 1:
            results[awaited[0]] = await results[awaited[0]]
        else:
            values = await gather_with_cancel(*(results[name] for name in awaited))
            results.update(zip(awaited, values, strict=True))
        return results

    def _steps(self, parent_type: GraphQLObjectType, fields: GroupedFieldSet) -> Sequence[Step]:
        key = parent_type.name, id(fields)
        known = self._known_steps.get(key)
        if known is None:
            steps = [self._step(parent_type, name, details) for name, details in fields.items()]
            known = self._known_steps[key] = fields, steps  # kept, so that nothing else can have its id
        return known[1]

    def _step(self, parent_type: GraphQLObjectType, name: str, details: FieldDetailsList) -> Step:
        first = details[0]
        nodes = [each.node for each in details]
        field = self.schema.get_field(parent_type, first.node.name.value)
        arguments = self._arguments(field, first)
        if field is None or arguments is None:
            return Step(name, details, nodes, None, {}, None, None)
        read = field.resolve.read if isinstance(field.resolve, ReadAttribute) else None
        if field is TypeNameMetaFieldDef:
            read = partial(_always, parent_type.name)
        of = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        leaf = leaf_of(of) if read is not None and is_leaf_type(of) else None
        return Step(name, details, nodes, field, arguments, read, leaf)

    def _arguments(self, field: GraphQLField | None, asked: FieldDetails) -> Mapping[str, Any] | None:
        """A field's arguments, which are the same for each object; None where something is wrong with them."""
        if field is None or not (field.args or asked.node.arguments):
            return {}
        try:
            return get_argument_values(
                field, asked.node, self.variable_values, asked.fragment_variable_values, self.hide_suggestions
            )
        except GraphQLError:
            return None


def _always(value: Any, _: Any) -> Any:
    return value


def _is_of_one_type(value: Any) -> bool:
    """Whether all objects of this one's class are of the same type: nothing about the object itself decides."""
    definition = getattr(type(value), "__strawberry_definition__", None)
    return (
        definition is not None
        and not definition.is_graphql_generic
        and definition.concrete_of is None
        and definition.is_type_of is None
        and get_strawberry_type_cast(value) is None
    )


def leaf_of(of: GraphQLLeafType) -> Leaf:
    """How values of a leaf type are as a rule; those of a type that is not known here have no rule."""
    if isinstance(of, CustomGraphQLEnumType):
        names = {member: of.coerce_output_value(member) for member in of.wrapped_cls}
        return Leaf(of.wrapped_cls, names.__getitem__)
    return Leaf(_PYTHON.get(of.name, Unknown), _WRITE.get(of.name, of.coerce_output_value))


class Unknown:
    """No value is one."""


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
_WRITE: dict[str, Callable[[Any], Any] | None] = {
    "String": None,
    "ID": None,
    "CurrencyCode": None,
    "Boolean": None,
    "Int": _int,
}
