"""The executor: root fields the ordinary way, and what is selected of their values by columns."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    TypeNameMetaFieldDef,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.cast import get_strawberry_type_cast

from subgraphs.common.dataloader import all_loaded
from subgraphs.common.executing.selections import SelectedField, select, selections_of
from subgraphs.common.executing.shapes import Column, OutOfOrder
from subgraphs.common.executing.waiting import Later, all_of, gathered, is_later, then
from subgraphs.common.plain_fields import Attribute, Method

ObjectOrAbstract = GraphQLObjectType | GraphQLAbstractType


class ByColumns(StrawberryGraphQLCoreExecutionContext):
    """The executor of one operation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._selections = selections_of(self.schema, self.operation, self.fragments)
        self._relevant_sub_fields = self._selections.collected
        observed = self.middleware_manager is not None and bool(self.middleware_manager.middlewares)
        self._in_order = not observed and self.abort_signal is None

    def execute_root_grouped_field_set(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,  # noqa: FBT001 - the signature is the library's
        position_context: Any,
    ) -> Any:
        """The fields of the operation's type."""
        if self._selections.root is None:
            self._selections.root = grouped_field_set
        root = self._selections.root
        return super().execute_root_grouped_field_set(root_type, root_value, root, serially, position_context)

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """A root field's value as its type wants it, with what is selected of it; or any value the ordinary way."""
        complete = super().complete_value
        if not self._in_order:
            return complete(return_type, field_details_list, info, path, result, position_context)
        ordinary = partial(complete, return_type, field_details_list, info, path, result, position_context)
        try:
            completed = self._completed(self._selected(info.parent_type, field_details_list), [result])
        except Exception:  # noqa: BLE001 - the ordinary way meets it again, and tells of it
            self._in_order = False
            return ordinary()
        return self._awaited(completed, ordinary) if is_later(completed) else cast("Column", completed)[0]

    def type_of(self, field: SelectedField, of: ObjectOrAbstract, example: Any) -> GraphQLObjectType:
        """The object type of all instances of an example's class, at a field.

        Raises:
            OutOfOrder: they may be of several.
        """
        key = of.name, type(example)
        known = self._selections.types
        if key not in known:
            known[key] = self._found_type(of, example, field.details, self._info(field))
        return known[key]

    def rows(self, field: SelectedField, of: GraphQLObjectType, objects: Column) -> Later[Column]:
        """What is selected of objects of this type, at a field."""
        columns = self._columns(field.details, of)
        values = all_of([partial(self._column, column, objects) for column in columns.values()])
        return then(values, partial(_rows, columns, len(objects)))

    def _column(self, field: SelectedField, objects: Column) -> Later[Column]:
        resolve = field.resolve
        if isinstance(resolve, Attribute):
            return self._completed(field, list(map(resolve.read, objects)))
        if isinstance(resolve, Method):
            if resolve.is_async:
                return self._called(field, resolve, objects)
            return self._completed(field, resolve.called(objects, self._given_to(field, resolve)))
        if field.field is TypeNameMetaFieldDef:
            return [field.parent.name] * len(objects)
        raise OutOfOrder

    async def _called(self, field: SelectedField, resolve: Method, objects: Column) -> Column:
        coroutines = resolve.called(objects, self._given_to(field, resolve))
        values = await (all_loaded if resolve.is_loading else gathered)(coroutines)
        completed = self._completed(field, values)
        return await completed if is_later(completed) else cast("Column", completed)

    def _completed(self, field: SelectedField, values: Column) -> Later[Column]:
        return field.shape.completed(values, Below(self, field))

    async def _awaited(self, completed: Coroutine[Any, Any, Column], ordinary: Callable[[], Any]) -> Any:
        try:
            return (await completed)[0]
        except Exception:  # noqa: BLE001 - the ordinary way meets it again, and tells of it
            self._in_order = False
        value = ordinary()
        return await value if self.is_awaitable(value) else value

    def _found_type(
        self, of: ObjectOrAbstract, example: Any, details: FieldDetailsList, info: GraphQLResolveInfo
    ) -> GraphQLObjectType:
        if not _is_object(example):
            raise OutOfOrder
        if isinstance(of, GraphQLObjectType):
            found = of
        else:
            name = (of.resolve_type or self.type_resolver)(example, info, of)
            found = self.ensure_valid_runtime_type(name, of, details, info, example)
        is_certain = found is of and found.is_type_of is None
        if is_certain or (_decides_type(example) and _is(found, example, info)):
            return found
        raise OutOfOrder

    def _columns(self, details: FieldDetailsList, of: GraphQLObjectType) -> Mapping[str, SelectedField]:
        key = of, id(details)
        known = self._selections.columns
        if key not in known:
            collected = self.collect_subfields(of, details)
            if collected.new_defer_usages:
                raise OutOfOrder
            fields = collected.grouped_field_set.items()
            known[key] = {name: self._selected(of, each) for name, each in fields}
        return known[key]

    def _selected(self, parent: GraphQLObjectType, details: FieldDetailsList) -> SelectedField:
        known = self._selections.fields
        if id(details) not in known:
            known[id(details)] = select(self.schema, parent, details)
        return known[id(details)]

    def _given_to(self, field: SelectedField, resolve: Method) -> Mapping[str, Any]:
        """What a resolver is given, which is the same for each object."""
        arguments = self._arguments(field)
        return resolve.given(resolve.info(self._info(field)) if resolve.takes_info else None, arguments)

    def _arguments(self, field: SelectedField) -> Mapping[str, Any]:
        known = self._selections.arguments
        if field in known:
            return known[field]
        node, _, variables = field.details[0]
        values = get_argument_values(
            field.field, node, self.variable_values, variables, self.hide_suggestions
        )
        if not field.varies:
            known[field] = values
        return values

    def _info(self, field: SelectedField) -> GraphQLResolveInfo:
        path = Path(None, field.details[0].node.name.value, field.parent.name)
        return self.build_resolve_info(field.field, field.nodes, field.parent, path)


class Below(NamedTuple):
    """What is selected of a field's objects."""

    executor: ByColumns
    field: SelectedField

    def type_of(self, of: ObjectOrAbstract, example: Any) -> GraphQLObjectType:
        """The object type of all instances of an example's class."""
        return self.executor.type_of(self.field, of, example)

    def rows(self, of: GraphQLObjectType, objects: Column) -> Later[Column]:
        """What is selected of each object of this type."""
        return self.executor.rows(self.field, of, objects)


def _rows(names: Iterable[str], number: int, columns: Sequence[Column]) -> Column:
    if not columns:
        return [{} for _ in range(number)]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _is(of: GraphQLObjectType, example: Any, info: GraphQLResolveInfo) -> bool:
    return of.is_type_of is None or of.is_type_of(example, info) is True


def _is_object(value: Any) -> bool:
    """Whether a value is an instance of a type that Strawberry knows."""
    return hasattr(type(value), "__strawberry_definition__")


def _decides_type(value: Any) -> bool:
    """Whether all instances of a value's class are of the same type: nothing about the object itself decides."""
    definition = type(value).__strawberry_definition__
    return (
        not definition.is_graphql_generic
        and definition.concrete_of is None
        and definition.is_type_of is None
        and get_strawberry_type_cast(value) is None
    )
