"""What the elements of a schema weigh, and how long its lists are thought to be."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLOutputType,
    GraphQLType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from supergraph.model import ListSize, Supergraph
from supergraph.planning.operation import Field

COMPOSITE = 1
LEAF = 0


class Weights:
    """Looks weights up: what `@cost` says, else 1 for what has fields and 0 for what has none."""

    def __init__(self, supergraph: Supergraph) -> None:
        self._types = supergraph.schema.type_map
        self._costs = supergraph.costs
        self._weighed = _field_names(supergraph.costs.weights)
        self._sized = _field_names(supergraph.costs.list_sizes)

    def definition(self, concrete: str, field: Field) -> GraphQLField:
        """The definition of a field of this type."""
        return self._types[concrete].fields[field.name]  # pyright: ignore[reportAttributeAccessIssue] - an object type

    def field(self, concrete: str, field: Field) -> int | None:
        """What `@cost` says of a field, on its type or else on the interfaces that it was written on."""
        if field.name not in self._weighed:
            return None
        found = [self._costs.weights.get(place) for place in _places(concrete, field)]
        return next((weight for weight in found if weight is not None), None)

    def list_size(self, concrete: str, field: Field) -> ListSize | None:
        """What `@listSize` says of a field, found in the same way."""
        if field.name not in self._sized:
            return None
        found = [self._costs.list_sizes.get(place) for place in _places(concrete, field)]
        return next((size for size in found if size is not None), None)

    def type(self, named: str) -> int:
        """What one value of an output type weighs."""
        default = LEAF if is_leaf_type(self._types[named]) else COMPOSITE
        return self._costs.weights.get(named, default)

    def argument(self, concrete: str, field: Field, name: str) -> int | None:
        """What `@cost` says of an argument."""
        if field.name not in self._weighed:
            return None
        found = [self._costs.weights.get(f"{place}({name}:)") for place in _places(concrete, field)]
        return next((weight for weight in found if weight is not None), None)

    def input_field(self, of: str, name: str) -> int | None:
        """What `@cost` says of a field of an input object."""
        return self._costs.weights.get(f"{of}.{name}")

    def input_value(self, type_: GraphQLType) -> int:
        """What one value of an input type weighs, apart from what is in it."""
        named = get_named_type(type_)
        default = COMPOSITE if isinstance(named, GraphQLInputObjectType) else LEAF
        return self._costs.weights.get(named.name, default)


def _field_names(coordinates: Iterable[str]) -> frozenset[str]:
    """The names of all fields that are told something of, on whichever type: most are told nothing of."""
    return frozenset(coordinate.partition(".")[2].partition("(")[0] for coordinate in coordinates)


def _places(concrete: str, field: Field) -> Iterable[str]:
    yield f"{concrete}.{field.name}"
    for name in sorted(field.selected_on):
        yield f"{name}.{field.name}"


def list_depth(type_: GraphQLOutputType) -> int:
    """How many lists stand around a type: `[[Int]]` has 2."""
    depth = 0
    while is_non_null_type(type_) or is_list_type(type_):
        depth += is_list_type(type_)
        type_ = type_.of_type
    return depth
