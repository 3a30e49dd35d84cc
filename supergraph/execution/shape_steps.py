"""The response shape of a plan, made ready for shaping: once a plan, not once a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import GraphQLLeafType, GraphQLOutputType, is_leaf_type, is_list_type, is_non_null_type

from supergraph.execution.leaves import Serialize, as_it_is, leaf_serializer
from supergraph.planning.query_plan import Denial, FieldShape, Guard, ObjectShape, Position


@dataclass(frozen=True, slots=True)
class TypeStep:
    """How a value of one type is completed: as a list of `item`s, as an object, or as a leaf.

    `coordinate` is that of the field whose type it is, or is part of.
    """

    coordinate: str
    nullable: bool
    item: TypeStep | None = None
    object: ObjectStep | None = None
    serialize: Serialize = as_it_is
    leaf: GraphQLLeafType | None = None

    @property
    def innermost(self) -> TypeStep:
        """The step of what is in the lists, if it is a list."""
        return self if self.item is None else self.item.innermost


@dataclass(frozen=True, slots=True)
class FieldStep:
    """How one field of the response is made; the attributes of `FieldShape`, its type taken apart."""

    response_key: str
    key: str
    sources: tuple[int, ...]
    guard: Guard
    type: TypeStep
    denied: Denial | None
    disputed: bool


@dataclass(frozen=True, slots=True)
class ObjectStep:
    """How an object at a position is made: its fields, by concrete type."""

    position: Position
    fields: Mapping[str, Sequence[FieldStep]]


def object_step(shape: ObjectShape, positions: Sequence[Position]) -> ObjectStep:
    """Make a shape ready."""
    return _Making(positions).object(shape)


class _Making:
    """Makes each shape's step once, in however many places of the response it stands."""

    def __init__(self, positions: Sequence[Position]) -> None:
        self._positions = positions
        self._made: dict[int, ObjectStep] = {}

    def object(self, shape: ObjectShape) -> ObjectStep:
        if id(shape) not in self._made:
            self._made[id(shape)] = ObjectStep(
                self._positions[shape.position],
                {
                    type_name: tuple(self._field(type_name, field) for field in fields)
                    for type_name, fields in shape.fields.items()
                },
            )
        return self._made[id(shape)]

    def _field(self, type_name: str, field: FieldShape) -> FieldStep:
        shape = field.shape and self.object(field.shape)
        return FieldStep(
            response_key=field.response_key,
            key=field.key,
            sources=field.sources,
            guard=field.guard,
            type=_type_step(f"{type_name}.{field.name}", field.type, shape),
            denied=field.denied,
            disputed=field.disputed,
        )


def _type_step(
    coordinate: str, output_type: GraphQLOutputType, shape: ObjectStep | None, *, nullable: bool = True
) -> TypeStep:
    if is_non_null_type(output_type):
        return _type_step(coordinate, output_type.of_type, shape, nullable=False)
    if is_list_type(output_type):
        return TypeStep(coordinate, nullable, item=_type_step(coordinate, output_type.of_type, shape))
    if is_leaf_type(output_type):
        return TypeStep(coordinate, nullable, serialize=leaf_serializer(output_type), leaf=output_type)
    return TypeStep(coordinate, nullable, object=shape)
