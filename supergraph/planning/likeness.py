"""Whether two plans, maybe on two supergraphs, answer an operation in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from graphql import GraphQLNamedType, get_named_type, is_leaf_type, is_type, print_type

from supergraph.planning.query_plan import QueryPlan


def alike(plan: QueryPlan, other: QueryPlan) -> bool:
    """Whether both ask the same subgraphs for the same, and make the same response of it."""
    return _alike(plan, other)


def _alike(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    if is_type(one):
        return _same_type(one, other)
    if is_dataclass(one):
        return all(_alike(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(value, other[key]) for key, value in one.items())
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    return one == other


def _same_type(one: object, other: object) -> bool:
    """Types of two schemas: alike if they are written alike, and have the same values where they are leaves."""
    if str(one) != str(other):
        return False
    named, others = get_named_type(one), get_named_type(other)  # pyright: ignore[reportCallIssue, reportArgumentType] - both are types
    assert isinstance(named, GraphQLNamedType)  # noqa: S101
    assert isinstance(others, GraphQLNamedType)  # noqa: S101
    return not is_leaf_type(named) or print_type(named) == print_type(others)
