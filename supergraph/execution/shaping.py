"""The response's data: replies read in the client's order and by its names (GraphQL specification, 6.4).

Completion follows the API schema: a value that does not fit its type is an error and null, and a null where
the type has none rises to the nearest place that may be null. Each null that comes of a fault is an error
at its path in the response.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from supergraph.execution.authorization import UNAUTHORIZED, not_authorized
from supergraph.execution.errors import ErrorPolicy, Fault, Noted
from supergraph.execution.faults import Located
from supergraph.execution.guards import Decisions
from supergraph.execution.leaves import InvalidValue
from supergraph.execution.replies import Parts, Replies, Values, items, objects_only, type_name
from supergraph.execution.response_errors import Path, ResponseErrors, client_path, path_below
from supergraph.execution.shape_steps import FieldStep, ObjectStep, TypeStep


class RisingNull(Exception):
    """A null stands where the type has none; it rises to the nearest nullable place."""


class Shaper:
    """Shapes the response to one operation; what goes wrong on the way is added to `errors`.

    `services` names the subgraph of each part; `introspection` is what the API schema answered.
    """

    def __init__(
        self,
        replies: Replies,
        decisions: Decisions,
        services: Mapping[int, str],
        introspection: Mapping[str, Any],
        policy: ErrorPolicy,
        errors: ResponseErrors,
    ) -> None:
        self._replies = replies
        self._decisions = decisions
        self._services = services
        self._introspection = introspection
        self._policy = policy
        self._errors = errors
        self._cut_short = False
        self._counting: dict[int, Sequence[FieldStep]] = {}
        self._noted: Noted = {}

    def shape(self, step: ObjectStep) -> dict[str, Any] | None:
        """Give the response's `data`."""
        try:
            data = self._object(step, self._replies.complete(step.position, {}), None)
        except RisingNull:
            self._errors.rise(0)
            data = None
        for fault in self._replies.faults.untold(cut_short=self._cut_short):
            self._errors.add(fault, None)
        return data

    def _object(self, step: ObjectStep, parts: Parts, path: Path) -> dict[str, Any]:
        name = type_name(step.position, parts)
        fields = self._of_any_type(step) if name is None else step.fields.get(name)
        if fields is None:
            raise InvalidValue(f"{step.position.type!r} cannot be of the type that the value has.")
        return {
            field.response_key: self._field(field, step, parts, name, (path, field.response_key))
            for field in self._counting.get(id(fields)) or self._count(fields)
        }

    def _of_any_type(self, step: ObjectStep) -> Sequence[FieldStep] | None:
        """Give the fields of an object whose type is not known; None where what counts depends on that.

        Nobody asks for the type where all that depends on it is skipped.
        """
        first, *others = step.fields.values()
        counting = self._count(first)
        alike = all(_places(self._count(each)) == _places(counting) for each in others)
        return first if alike and not any(field.key == "__typename" for field in counting) else None

    def _count(self, fields: Sequence[FieldStep]) -> Sequence[FieldStep]:
        """Give the fields that count, each at its first place that does; decided once for all such objects."""
        found: dict[str, FieldStep] = {}
        for field in fields:
            if self._decisions[field.guard]:
                found.setdefault(field.response_key, field)
        self._counting[id(fields)] = counting = tuple(found.values())
        return counting

    def _field(
        self, field: FieldStep, parent: ObjectStep, parts: Parts, parent_type: str | None, path: Path
    ) -> Any:
        if field.denied is not None:
            return self._null(field.type, [Located(_denied(field))], path)
        if field.disputed:
            fault = self._policy.disputed(field.type.coordinate, self._noted)
            return self._null(field.type, [Located(fault)], path)
        if not field.sources:
            return parent_type if field.key == "__typename" else self._introspection.get(field.response_key)
        values = _values(field, parts)
        if values:
            return self._complete(field.type, values, path)
        located = self._replies.explain(parts, field.sources, field.key)
        return self._null(field.type, located or self._unexplained(field, parts), path, parent)

    def _complete(self, step: TypeStep, values: Values, path: Path) -> Any:
        told = len(self._errors)
        try:
            if step.item is not None:
                return self._list(step, step.item, values, path)
            if step.object is not None:
                return self._composite(step, step.object, values, path)
            return step.serialize(next(iter(values.values())))
        except InvalidValue as invalid:
            return self._null(step, [self._invalid(step, next(iter(values)), str(invalid))], path)
        except RisingNull:
            if step.nullable:
                self._errors.rise(told)
                return None
            raise

    def _list(self, step: TypeStep, item_step: TypeStep, values: Values, path: Path) -> list[Any]:
        lists = {part: value for part, value in values.items() if isinstance(value, list)}
        if not lists:
            raise InvalidValue(f"{step.coordinate} is a list, and the value is not.")
        return [
            self._complete(item_step, item, (path, index))
            if item
            else self._null_item(item_step, lists, index, (path, index))
            for index, item in enumerate(items(lists))
        ]

    def _null_item(self, step: TypeStep, lists: Values, index: int, path: Path) -> None:
        faults = self._replies.faults
        located = next(filter(None, (faults.at(value, index) for value in lists.values())), ())
        return self._null(step, located or self._non_null(step, next(iter(lists))), path)

    def _composite(self, step: TypeStep, shape: ObjectStep, values: Values, path: Path) -> Any:
        shares = objects_only(values)
        if not shares:
            raise InvalidValue(f"{step.coordinate} is an object, and the value is not.")
        parts = self._replies.complete(shape.position, shares)
        if type_name(shape.position, parts) is None:
            located = self._replies.explain(parts, shape.position.typename, "__typename")
            if located:
                return self._null(step, located, path)
        return self._object(shape, parts, path)

    def _null(
        self, step: TypeStep, located: Sequence[Located], path: Path, parent: ObjectStep | None = None
    ) -> None:
        """Put null in a value's place, and tell of what led to it: it may be `beside` a field of `parent`."""
        for fault, below, beside in located:
            if beside and parent and path:
                origin = path_below(path[0], parent, below, self._decisions)
                self._errors.add(fault, path, beside=True, origin=origin)
            else:
                self._errors.add(fault, client_path(path, step, below, self._decisions))
            self._replies.faults.shown(fault)
        if not step.nullable:
            self._cut_short = True
            raise RisingNull

    def _unexplained(self, field: FieldStep, parts: Parts) -> Sequence[Located]:
        """Say what is wrong with a null that no fault explains, if anything is."""
        if all(part in parts and field.key not in parts[part] for part in field.sources):
            message = f"{field.type.coordinate} is missing in the reply."
            return [self._invalid(field.type, field.sources[0], message)]
        return self._non_null(field.type, field.sources[0])

    def _non_null(self, step: TypeStep, part: int) -> Sequence[Located]:
        if step.nullable:
            return ()
        message = f"Cannot return null for non-nullable field {step.coordinate}."
        return [self._invalid(step, part, message)]

    def _invalid(self, step: TypeStep, part: int, message: str) -> Located:
        return Located(self._policy.invalid(self._services[part], step.coordinate, message, self._noted))


def _values(field: FieldStep, parts: Parts) -> Values:
    """Give a field's values, nulls left out: of an object or a list all of them, of a leaf the first one."""
    values: Values = {}
    for part in field.sources:
        if (share := parts.get(part)) is not None and (value := share.get(field.key)) is not None:
            values[part] = value
    return values


def _places(fields: Sequence[FieldStep]) -> list[tuple[str, str, Sequence[int]]]:
    """Where fields are found, and under what they stand in the response."""
    return [(field.response_key, field.key, field.sources) for field in fields]


def _denied(field: FieldStep) -> Fault:
    return Fault(not_authorized(field.type.coordinate), {"code": UNAUTHORIZED})
