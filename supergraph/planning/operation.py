"""A normalised operation: what each concrete type of each place is asked for, fragments and directives resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import ValueNode, VariableDefinitionNode

from supergraph.model import Authorization
from supergraph.planning.query_plan import ALWAYS, Guard, OperationKind


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field of the response: all selections of one response key on a type, merged.

    `guard` is relative to the parent. `selected_on` are the types it was written on, whose authorization
    counts as much as the concrete type's. A field object is shared by the types that select just the same.
    """

    response_key: str
    name: str
    arguments: tuple[tuple[str, ValueNode], ...] = ()
    guard: Guard = ALWAYS
    selected_on: frozenset[str] = frozenset()
    selections: Selections | None = None


class Place(NamedTuple):
    """Where a field stands in the response, if this guard holds and it has no place before."""

    field: Field
    guard: Guard


@dataclass(frozen=True, slots=True, eq=False)
class Selections:
    """What is selected on a composite type: the fields of each concrete type, in the client's order.

    Conditions may decide on the order: a field stands where it is first collected (GraphQL specification, 6.3.2),
    and what is skipped is not. For types where that is so `order` has all places, a field perhaps several times.
    """

    type: str
    fields: Mapping[str, tuple[Field, ...]]
    order: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)

    def places(self, concrete: str) -> tuple[Place, ...]:
        """The places of a concrete type's fields: of those of one field, the first that holds counts."""
        return self.order.get(concrete) or tuple(Place(each, each.guard) for each in self.fields[concrete])


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """A normalised operation.

    `introspection` is the operation that the API schema answers (empty: none). `requirements` are the
    authorization rules that it touches, by coordinate: a plan is the same for all callers who meet the same.
    """

    kind: OperationKind
    name: str | None
    variables: tuple[VariableDefinitionNode, ...]
    selections: Selections
    introspection: str = ""
    requirements: Mapping[str, Authorization] = field(default_factory=dict)
