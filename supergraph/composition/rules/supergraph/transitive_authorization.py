"""A field that is computed from guarded ones is guarded at least as well.

Otherwise a client would learn through `@requires` what it may not ask for.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedElement, MergedSupergraph
from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.field_sets import fields_reached
from supergraph.composition.subgraphs.schema import Directive, SubgraphSchema
from supergraph.composition.subgraphs.walk import fields_with

_GUARDS = frozenset({"authenticated", "requiresScopes", "policy"})


def transitive_authorization(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Fields with `@requires` that lack a guard of what they require."""
    for graph in supergraph.graphs:
        for definition, field, requires in fields_with(graph.subgraph, "requires"):
            own = _guards(supergraph, definition.name, field.name)
            for type_name, name in _required(graph.subgraph, definition.name, requires):
                if not _guards(supergraph, type_name, name) <= own:
                    yield CompositionError(
                        "MISSING_TRANSITIVE_AUTH_REQUIREMENTS",
                        f"{definition.name}.{field.name} requires {type_name}.{name}, and is guarded less than it.",
                        (place_of(graph.subgraph.name, requires.node),),
                        f"Give {definition.name}.{field.name} the @authenticated, @requiresScopes or @policy"
                        f" of {type_name}.{name}.",
                    )
                    break


def _required(subgraph: SubgraphSchema, parent: str, requires: Directive) -> Iterator[tuple[str, str]]:
    return fields_reached(subgraph, parent, requires.text("fields"))


def _guards(supergraph: MergedSupergraph, type_name: str, field: str) -> frozenset[str]:
    """What guards a field, on itself, on its parent and on its type."""
    parent = supergraph.types.get(type_name)
    known = parent.fields.get(field) if parent else None
    target = supergraph.types.get(known.type.strip("[]!")) if known else None
    elements: tuple[MergedElement | None, ...] = (parent, known, target)
    return frozenset(
        str(directive)
        for element in elements
        if element is not None
        for directive in element.directives
        if directive.specification in _GUARDS
    )
