"""The walk over all that a client may ask, from every root."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
)

from supergraph.composition.result import CompositionError, CompositionHint, Place
from supergraph.composition.satisfiability.labels import Labels, labellings
from supergraph.composition.satisfiability.position import Position
from supergraph.composition.satisfiability.reachability import Option, Reachability
from supergraph.composition.satisfiability.reasons import reasons
from supergraph.composition.satisfiability.runtime_types import RuntimeTypes, runtime_types
from supergraph.composition.satisfiability.witness import Step, witness
from supergraph.model import Supergraph, contexts_set

Coordinate = tuple[str, str]
"""A type and a field of it."""


@dataclass(frozen=True, slots=True)
class Satisfiability:
    """What the walk found: what nobody can answer, and what should be looked at."""

    errors: tuple[CompositionError, ...]
    hints: tuple[CompositionHint, ...]


def satisfiability(supergraph: Supergraph) -> Satisfiability:
    """Every field that some path leads to and that nobody can answer there, once a field, with a witness.

    A hint is a field that several subgraphs resolve, not all to the same types.
    """
    errors: dict[Coordinate, CompositionError] = {}
    hints: dict[Coordinate, CompositionHint] = {}
    for labels in labellings(supergraph):
        for coordinate, finding in _Walk(supergraph, labels).findings():
            if isinstance(finding, CompositionError):
                errors.setdefault(coordinate, finding)
            else:
                hints.setdefault(coordinate, finding)
    return Satisfiability(tuple(errors.values()), tuple(hints.values()))


@dataclass(frozen=True, slots=True)
class _State:
    """An object of a type, all positions at which it may stand, and the contexts set above it."""

    own_type: GraphQLObjectType
    places: frozenset[Position]
    contexts: frozenset[str]
    kind: str
    step: Step | None = field(default=None, compare=False)
    needs_condition: bool = field(default=False, compare=False)


class _Walk:
    """Breadth first, so that witnesses are short. A state with more to go on than one that was seen is
    as good."""

    def __init__(self, supergraph: Supergraph, labels: Labels) -> None:
        self.supergraph = supergraph
        self.contexts = contexts_set(supergraph)
        self.reachability = Reachability(supergraph, labels)
        self.seen: dict[str, list[_State]] = {}
        self.entered: set[tuple[str, frozenset[Position], frozenset[str]]] = set()

    def findings(self) -> Iterator[tuple[Coordinate, CompositionError | CompositionHint]]:
        states = deque(self._roots())
        while states:
            state = states.popleft()
            if self._is_covered(state):
                continue
            for name, definition in state.own_type.fields.items():
                options = [
                    (place, known)
                    for place, known in self.reachability.options(state.places, state.own_type.name, name)
                    if all(argument.context in state.contexts for argument in known.context_arguments)
                ]
                step = Step(state.own_type.name, name, definition, state.step, state.needs_condition)
                if not options:
                    yield (state.own_type.name, name), self._error(state, step)
                elif is_composite_type(get_named_type(definition.type)):
                    runtime = runtime_types(self.reachability, options)
                    if runtime.clash:
                        yield (state.own_type.name, name), self._mismatch(state, step, runtime)
                    elif runtime.differ:
                        yield (state.own_type.name, name), _difference(state, step, runtime)
                    states.extend(self._below(state, step, options))

    def _is_covered(self, state: _State) -> bool:
        seen = self.seen.setdefault(state.own_type.name, [])
        if any(other.places <= state.places and other.contexts <= state.contexts for other in seen):
            return True
        seen.append(state)
        return False

    def _roots(self) -> Iterator[_State]:
        api = self.supergraph.api
        for kind, root in (
            ("query", api.query_type),
            ("mutation", api.mutation_type),
            ("subscription", api.subscription_type),
        ):
            if root is not None:
                places = frozenset(
                    Position(subgraph.name, root.name)
                    for subgraph in self.supergraph.subgraphs.values()
                    if root.name in subgraph.types
                )
                yield _State(root, places, frozenset(), kind)

    def _below(self, state: _State, step: Step, options: list[Option]) -> Iterator[_State]:
        children = self.reachability.children(options, step.name, state.own_type.name)
        target = get_named_type(step.field.type)
        contexts = state.contexts | self.contexts.get(state.own_type.name, frozenset())
        entry = (target.name, children, contexts)
        if (
            entry in self.entered
        ):  # Else each of n types that link to one interface would lead to all n again.
            return
        self.entered.add(entry)
        for own_type in self.reachability.possible_types(target.name):
            places = self.reachability.as_type(children, own_type)
            named = self.supergraph.api.type_map[own_type]
            if places and is_object_type(named):
                yield _State(named, places, contexts, state.kind, step, is_abstract_type(target))

    def _mismatch(self, state: _State, step: Step, runtime: RuntimeTypes) -> CompositionError:
        each = _each(runtime.beyond_common)
        return CompositionError(
            "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES",
            f"{state.own_type.name}.{step.name} is shared, and what it can return has no type in common: {each}.",
            tuple(Place(name) for name in sorted(runtime.by_subgraph)),
            "Let the subgraphs return a common type, or do not share the field: it must mean the same everywhere.",
            witness(step, state.kind),
        )

    def _error(self, state: _State, step: Step) -> CompositionError:
        operation = witness(step, state.kind)
        lines = reasons(self.reachability, state.places, state.own_type.name, step.name)
        subgraphs = {place.subgraph for place in state.places} | {name for name, _ in lines}
        return CompositionError(
            "SATISFIABILITY_ERROR",
            f"Nobody can answer {state.own_type.name}.{step.name} on this path. "
            + " ".join(reason for _, reason in lines),
            tuple(Place(name) for name in sorted(subgraphs)),
            "Make the type an entity with a @key that both sides know, or resolve the field where the path comes from"
            " (with @shareable).",
            operation,
        )


def _difference(state: _State, step: Step, runtime: RuntimeTypes) -> CompositionHint:
    return CompositionHint(
        "INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN",
        f"{state.own_type.name}.{step.name} is shared and must be the same object wherever it is asked for, yet not"
        f" every subgraph knows what another can return: {_each(runtime.beyond_common)}. Let all return only"
        f" {', '.join(sorted(runtime.common))}, or define these types everywhere.",
        tuple(Place(name) for name in sorted(runtime.by_subgraph)),
    )


def _each(types: Mapping[str, list[str]]) -> str:
    return "; ".join(f'{", ".join(names)} in "{subgraph}"' for subgraph, names in types.items())
