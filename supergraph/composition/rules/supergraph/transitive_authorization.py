"""A field that is computed from guarded ones is guarded at least as well.

Otherwise a client would learn through `@requires` or `@fromContext` what it may not ask for.

Source: https://www.apollographql.com/docs/graphos/routing/security/authorization.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from supergraph.composition.merging.merged import MergedElement, MergedField, MergedSupergraph, MergedType
from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.rules.guards import guard_of, guards_on, implies
from supergraph.composition.subgraphs.field_sets import parse_context_value, parse_field_set
from supergraph.composition.subgraphs.schema import Directive, FieldDefinition, SubgraphSchema, TypeDefinition
from supergraph.composition.subgraphs.walk import arguments_of, fields_with

Touched = tuple[str, MergedElement]
"""An element that a selection reads, after its coordinate."""


@dataclass(frozen=True, slots=True)
class _Dependency:
    """A field, and what a directive on it or on one of its arguments selects for it on a type."""

    subgraph: SubgraphSchema
    definition: TypeDefinition
    field: FieldDefinition
    directive: Directive
    source: str
    selections: SelectionSetNode

    @property
    def coordinate(self) -> str:
        return f"{self.definition.name}.{self.field.name}"


def transitive_authorization(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Fields with `@requires` or `@fromContext` that ask less of a client than what they are computed from."""
    selected = _Selected(supergraph)
    for graph in supergraph.graphs:
        for dependency in (*_required(graph.subgraph), *_from_contexts(graph.subgraph)):
            own = guard_of(
                guard
                for element in selected.field_on(dependency.definition.name, dependency.field.name)
                for guard in guards_on(element)
            )
            for coordinate, element in selected.touched(dependency.source, dependency.selections):
                if not implies(own, guard_of(guards_on(element))):
                    yield _unguarded(dependency, coordinate, element)
                    break


def _required(subgraph: SubgraphSchema) -> Iterator[_Dependency]:
    for definition, field, requires in fields_with(subgraph, "requires"):
        selections = parse_field_set(requires.text("fields") or "")
        yield _Dependency(subgraph, definition, field, requires, definition.name, selections)


def _from_contexts(subgraph: SubgraphSchema) -> Iterator[_Dependency]:
    """For each argument from a context, its selection on each type that sets the context."""
    for definition, field, argument in arguments_of(subgraph):
        for directive in argument.applied("fromContext"):
            parsed = parse_context_value(directive.text("field") or "")
            if parsed is None:
                continue
            selections = parse_field_set(parsed[1])
            for setter in subgraph.types.values():
                if any(context.text("name") == parsed[0] for context in setter.applied("context")):
                    yield _Dependency(subgraph, definition, field, directive, setter.name, selections)


def _unguarded(dependency: _Dependency, coordinate: str, element: MergedElement) -> CompositionError:
    directive = dependency.directive
    wanted = " and ".join(str(guard) for guard in guards_on(element))
    return CompositionError(
        "MISSING_TRANSITIVE_AUTH_REQUIREMENTS",
        f"{dependency.coordinate} is computed from {coordinate} by @{directive.name}, and is guarded less than it.",
        (place_of(dependency.subgraph.name, directive.node),),
        f"Give {dependency.coordinate} what {coordinate} asks: {wanted}.",
    )


class _Selected:
    """What selections on the supergraph's types read. What is true of an interface is true of all who implement it:
    its value may be any of them."""

    def __init__(self, supergraph: MergedSupergraph) -> None:
        self.types: Mapping[str, MergedType] = supergraph.types
        self.implementers: dict[str, list[MergedType]] = {}
        for definition in supergraph.types.values():
            for interface in definition.interfaces:
                self.implementers.setdefault(interface, []).append(definition)

    def field_on(self, type_name: str, field: str) -> Iterator[MergedElement]:
        """A field and the type that it is on."""
        for definition in self._as(type_name):
            yield definition
            if field in definition.fields:
                yield definition.fields[field]

    def touched(self, type_name: str, selections: SelectionSetNode) -> Iterator[Touched]:
        """Every type and field that the selections read, those that they start from among them."""
        for definition in self._as(type_name):
            yield definition.name, definition
        for selection in selections.selections:
            if isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                within = condition.name.value if condition else type_name
                yield from self.touched(within, selection.selection_set)
            elif isinstance(selection, FieldNode):
                yield from self._touched_by_field(type_name, selection)

    def _touched_by_field(self, type_name: str, selection: FieldNode) -> Iterator[Touched]:
        found = self._fields(type_name, selection.name.value)
        yield from found.items()
        for target in {field.type.strip("[]!"): None for field in found.values()}:
            if selection.selection_set:
                yield from self.touched(target, selection.selection_set)
            elif target in self.types:
                yield target, self.types[target]

    def _fields(self, type_name: str, field: str) -> dict[str, MergedField]:
        """By coordinate."""
        return {
            f"{definition.name}.{field}": definition.fields[field]
            for definition in self._as(type_name)
            if field in definition.fields
        }

    def _as(self, type_name: str) -> list[MergedType]:
        """A type, and those that a value of it may have."""
        definition = self.types.get(type_name)
        return [definition, *self.implementers.get(type_name, ())] if definition else []
