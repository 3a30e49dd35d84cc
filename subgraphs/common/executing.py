"""Execution of operations over objects whose fields are mostly attributes.

The ordinary executor asks a dozen questions about every field, and the answers are the same for each object that a
selection set stands for. Here they are asked once a selection set, and an attribute that is as its field's type wants
it is written into the result at once. Whatever is out of the ordinary, an error among it, goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from graphql import (
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    Undefined,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.pyutils import Path, gather_with_cancel
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import CustomGraphQLEnumType

from subgraphs.common.plain_fields import ReadAttribute

SMALLEST_INT, LARGEST_INT = -(2**31), 2**31 - 1


class Leaf(NamedTuple):
    """What a value of a leaf type is in Python as a rule, and how such a one is written (None: as it is)."""

    python: type
    write: Callable[[Any], Any] | None


class Step(NamedTuple):
    """What is done for a field of a selection set; `read` where it is an attribute, `leaf` where that is a leaf."""

    name: str
    details: FieldDetailsList
    type: GraphQLOutputType
    nullable: bool
    read: Callable[[Any], Any] | None
    leaf: Leaf | None

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

    def _resolved(
        self, step: Step, parent_type: GraphQLObjectType, source: Any, path: Path, position_context: Any
    ) -> Any:
        """What a field gives: an attribute that is an object or a list, or whatever goes the ordinary way."""
        if step.read is None or step.leaf is not None:
            return self.execute_field(parent_type, source, step.details, path, position_context)
        try:
            value = step.read(source)
            if value is None and step.nullable:
                return None
            if self.is_awaitable(value):
                return self.execute_field(parent_type, source, step.details, path, position_context)
            field = self.schema.get_field(parent_type, step.details[0].node.name.value)
            assert field is not None  # noqa: S101 - there is a step for it
            info = self.build_resolve_info(field, [each.node for each in step.details], parent_type, path)
            completed = self.complete_value(step.type, step.details, info, path, value, position_context)
        except Exception as error:  # noqa: BLE001 - it becomes the field's error
            self.handle_field_error(error, step.type, step.details, path)
            return None
        return self._guarded(completed, step, path) if self.is_awaitable(completed) else completed

    async def _guarded(self, completed: Awaitable[Any], step: Step, path: Path) -> Any:
        try:
            return await completed
        except Exception as error:  # noqa: BLE001 - it becomes the field's error
            self.handle_field_error(error, step.type, step.details, path)
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
        field_name = details[0].node.name.value
        field = self.schema.get_field(parent_type, field_name)
        if field_name == "__typename" and field is not None:
            return Step(name, details, field.type, False, lambda _: parent_type.name, Leaf(str, None))
        if field is None or not isinstance(field.resolve, ReadAttribute):
            return Step(name, details, Undefined, False, None, None)  # pyright: ignore[reportArgumentType]
        return _attribute(name, details, field, field.resolve)


def _attribute(name: str, details: FieldDetailsList, field: GraphQLField, attribute: ReadAttribute) -> Step:
    nullable = not isinstance(field.type, GraphQLNonNull)
    of = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    return Step(
        name, details, field.type, nullable, attribute.read, leaf_of(of) if is_leaf_type(of) else None
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
