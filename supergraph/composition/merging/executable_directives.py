"""Directives that clients may write: those that every subgraph defines, where all allow them.

Source: https://specs.apollo.dev/federation/v2.0/.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from graphql import DirectiveDefinitionNode

from supergraph.composition.merging.arguments import merge_arguments
from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.descriptions import merge_description
from supergraph.composition.merging.merged import Graph, MergedDirectiveDefinition
from supergraph.composition.merging.sources import Source, Sources, subgraphs_in
from supergraph.composition.reading.client_directives import executable_locations
from supergraph.composition.subgraphs.definitions import directive_definition
from supergraph.composition.subgraphs.schema import DirectiveDefinition


def executable_directives(merging: Merging, composed: Container[str]) -> Iterator[MergedDirectiveDefinition]:
    """The definitions, but for those that are `composed` anyway. Their arguments are uses of input types."""
    defined: dict[str, list[Source[DirectiveDefinition]]] = {}
    for graph in merging.graphs:
        for name, node in graph.subgraph.directive_definitions.items():
            if name not in graph.subgraph.names.directives and name not in composed:
                defined.setdefault(name, []).append(_source(graph, node))
    for name, sources in sorted(defined.items()):
        if not any(source.element.executable_locations for source in sources):
            continue
        if len(sources) == len(merging.graphs):
            yield from _merged(name, sources, merging)
        else:
            merging.findings.hint(
                "INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE",
                f"@{name} is not defined in every subgraph, and so not in the supergraph.",
                sources,
            )


def _source(graph: Graph, node: DirectiveDefinitionNode) -> Source[DirectiveDefinition]:
    return Source(graph, directive_definition(node, executable_locations(node), graph.subgraph.names))


def _merged(
    name: str, sources: Sources[DirectiveDefinition], merging: Merging
) -> Iterator[MergedDirectiveDefinition]:
    common = frozenset.intersection(*(source.element.executable_locations for source in sources))
    if not common:
        merging.findings.hint(
            "NO_EXECUTABLE_DIRECTIVE_INTERSECTION",
            f"@{name} may stand nowhere in an operation in every subgraph, and so is not in the supergraph.",
            sources,
        )
        return
    if any(source.element.executable_locations != common for source in sources):
        merging.findings.hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS",
            f"@{name} stands in the supergraph where every subgraph allows it: {' | '.join(sorted(common))}.",
            sources,
        )
    yield MergedDirectiveDefinition(
        name=name,
        description=merge_description(f"@{name}", sources, merging.findings),
        arguments=merge_arguments(f"@{name}", sources, merging),
        repeatable=_is_repeatable(name, sources, merging),
        locations=tuple(sorted(common)),
    )


def _is_repeatable(name: str, sources: Sources[DirectiveDefinition], merging: Merging) -> bool:
    once = [source for source in sources if not source.element.repeatable]
    if once and len(once) < len(sources):
        merging.findings.hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE",
            f"@{name} is not repeatable in {subgraphs_in(once)}, and so not in the supergraph.",
            once,
        )
    return not once
