"""A normalised operation: what each concrete type of each place is asked for, fragments and directives resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True, eq=False)
class Selections:
    """What is selected on a composite type: the fields of each concrete type, in the client's order."""

    type: str
    fields: Mapping[str, tuple[Field, ...]]


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
