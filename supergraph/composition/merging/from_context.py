"""`@context` and `@fromContext`: arguments that the router fills from an object further up the path.

Source: https://specs.apollo.dev/context/v0.1/.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.merged import MergedSupergraph
from supergraph.composition.merging.sources import Source
from supergraph.composition.subgraphs.schema import FieldDefinition, InputValue
from supergraph.composition.subgraphs.type_references import text

_FIELD_VALUE = re.compile(r"^\s*\$(?P<context>[A-Za-z_]\w*)(?P<selection>.*)$", re.DOTALL)


def parse_field_value(value: str) -> tuple[str, str] | None:
    """A context's name and the selection on it, from `$name selection`; None where it is not so written."""
    match = _FIELD_VALUE.match(value)
    return (match["context"], match["selection"]) if match and match["selection"].strip() else None


def context_name(subgraph: str, context: str) -> str:
    """A context's name in the supergraph: contexts of different subgraphs have nothing to do with each other."""
    return f"{re.sub(r'[^A-Za-z0-9_]', '_', subgraph)}__{context}"


def contexts_of(supergraph: MergedSupergraph) -> dict[str, frozenset[str]]:
    """By object type, the contexts that it sets, itself or by an interface or union that it belongs to."""
    setters = [
        (graph.subgraph, definition.name, context_name(graph.subgraph.name, context.text("name") or ""))
        for graph in supergraph.graphs
        for definition in graph.subgraph.types.values()
        for context in definition.applied("context")
    ]
    contexts: defaultdict[str, set[str]] = defaultdict(set)
    for subgraph, type_name, context in setters:
        for own_type in subgraph.possible_types(type_name):
            contexts[own_type].add(context)
    return {own_type: frozenset(names) for own_type, names in contexts.items()}


def context_arguments(source: Source[FieldDefinition], merging: Merging) -> str | None:
    """The `contextArguments` of a `@join__field`, as SDL; None where the field has none."""
    entries = list(_entries(source, merging))
    return f"[{', '.join(entries)}]" if entries else None


def _entries(source: Source[FieldDefinition], merging: Merging) -> Iterator[str]:
    if "context" not in merging.names:
        return
    for argument in source.element.arguments.values():
        directive = argument.directive("fromContext")
        parsed = parse_field_value((directive and directive.text("field")) or "")
        if parsed is not None:
            yield _entry(source, argument, *parsed)


def _entry(source: Source[FieldDefinition], argument: InputValue, context: str, selection: str) -> str:
    name = context_name(source.subgraph.name, context)
    escaped = selection.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return (
        f'{{context: "{name}", name: "{argument.name}", type: "{text(argument.type)}",'
        f' selection: "{escaped}"}}'
    )
