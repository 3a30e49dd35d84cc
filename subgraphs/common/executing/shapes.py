"""How the values of a column are completed: those of all rows at once, as their type wants them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, islice
from types import NoneType
from typing import Any, Protocol

from graphql import (
    GraphQLAbstractType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    is_leaf_type,
)

from subgraphs.common.executing.leaves import Leaf, leaf_of
from subgraphs.common.executing.waiting import Later, all_of, then

Column = list[Any]
"""A value for each row."""


class OutOfOrder(Exception):
    """Only the ordinary executor knows what to do."""


class Below(Protocol):
    """What is selected of a field's objects."""

    def type_of(self, of: GraphQLObjectType | GraphQLAbstractType, example: Any) -> GraphQLObjectType:
        """The object type of all instances of an example's class.

        Raises:
            OutOfOrder: they may be of several.
        """
        ...

    def rows(self, of: GraphQLObjectType, objects: Column) -> Later[Column]:
        """What is selected of each object of this type."""
        ...


class Shape(Protocol):
    """What a type wants of its values."""

    def completed(self, values: Column, below: Below) -> Later[Column]:
        """The values as they stand in the response.

        Raises:
            OutOfOrder: one is not as it is as a rule; so does any other exception say.
        """
        ...


@dataclass(frozen=True, slots=True)
class Leaves:
    """Values of a leaf type."""

    of: Leaf

    def completed(self, values: Column, below: Below) -> Column:
        """Each value, written."""
        del below
        if not {self.of.python}.issuperset(map(type, values)):
            raise OutOfOrder
        return values if self.of.write is None else self.of.write(values)


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects of a type, or of several where that is abstract; the class of an object decides which."""

    of: GraphQLObjectType | GraphQLAbstractType

    def completed(self, values: Column, below: Below) -> Later[Column]:
        """What is selected of each."""
        classes = dict.fromkeys(map(type, values))
        groups = [[place for place, value in enumerate(values) if type(value) is each] for each in classes]
        types = [below.type_of(self.of, values[group[0]]) for group in groups]
        if len(types) == 1:
            return below.rows(types[0], values)
        parts = [
            partial(below.rows, of, [values[place] for place in group])
            for of, group in zip(types, groups, strict=True)
        ]
        return then(all_of(parts), partial(_scattered, groups))


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists, whose items are completed together."""

    of: Shape

    def completed(self, values: Column, below: Below) -> Later[Column]:
        """Each list with its items completed."""
        if not {list}.issuperset(map(type, values)):
            raise OutOfOrder
        items = list(chain.from_iterable(values))
        return then(self.of.completed(items, below), partial(_cut, [len(value) for value in values]))


@dataclass(frozen=True, slots=True)
class Nullable:
    """Values that may be null."""

    of: Shape

    def completed(self, values: Column, below: Below) -> Later[Column]:
        """Each value that is there, completed."""
        if NoneType not in set(map(type, values)):
            return self.of.completed(values, below)
        there = [value for value in values if value is not None]
        return then(self.of.completed(there, below), partial(_with_gaps, values))


@lru_cache(1000)
def shape_of(of: GraphQLOutputType) -> Shape:
    """What a type wants of its values."""
    if isinstance(of, GraphQLNonNull):
        return _there(of.of_type)
    return Nullable(_there(of))


def _there(of: Any) -> Shape:
    if isinstance(of, GraphQLList):
        return Lists(shape_of(of.of_type))
    return Leaves(leaf_of(of)) if is_leaf_type(of) else Objects(of)


def _scattered(groups: Sequence[Sequence[int]], columns: Sequence[Column]) -> Column:
    """The values of several groups of rows, each at its row."""
    together = dict(zip(chain.from_iterable(groups), chain.from_iterable(columns), strict=True))
    return [together[place] for place in range(len(together))]


def _cut(lengths: Sequence[int], items: Column) -> Column:
    """Lists of these lengths, from the items of all of them."""
    left = iter(items)
    return [list(islice(left, length)) for length in lengths]


def _with_gaps(values: Column, there: Column) -> Column:
    """What was made of the values that are there, with the nulls between."""
    made = iter(there)
    return [None if value is None else next(made) for value in values]
