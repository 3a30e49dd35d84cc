"""`@context` and `@fromContext`: arguments that the router fills from an object further up the path.

Source: https://specs.apollo.dev/context/v0.1/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.sources import Source
from supergraph.composition.subgraphs.field_sets import parse_context_value
from supergraph.composition.subgraphs.schema import FieldDefinition, InputValue
from supergraph.composition.subgraphs.type_references import text


def context_name(subgraph: str, context: str) -> str:
    """A context's name in the supergraph: contexts of different subgraphs have nothing to do with each other."""
    return f"{re.sub(r'[^A-Za-z0-9_]', '_', subgraph)}__{context}"


def context_arguments(source: Source[FieldDefinition], merging: Merging) -> str | None:
    """The `contextArguments` of a `@join__field`, as SDL; None where the field has none."""
    entries = list(_entries(source, merging))
    return f"[{', '.join(entries)}]" if entries else None


def _entries(source: Source[FieldDefinition], merging: Merging) -> Iterator[str]:
    if "context" not in merging.names:
        return
    for argument in source.element.arguments.values():
        directive = argument.directive("fromContext")
        parsed = parse_context_value((directive and directive.text("field")) or "")
        if parsed is not None:
            yield _entry(source, argument, *parsed)


def _entry(source: Source[FieldDefinition], argument: InputValue, context: str, selection: str) -> str:
    name = context_name(source.subgraph.name, context)
    escaped = selection.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return (
        f'{{context: "{name}", name: "{argument.name}", type: "{text(argument.type)}",'
        f' selection: "{escaped}"}}'
    )
