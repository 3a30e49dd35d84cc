"""Directives that clients may write: those that every subgraph defines, where all allow them.

Source: https://specs.apollo.dev/federation/v2.0/.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from graphql import DirectiveDefinitionNode, InputValueDefinitionNode, print_ast

from supergraph.composition.merging.context import Merging
from supergraph.composition.reading.client_directives import executable_locations
from supergraph.composition.result import CompositionHint, places_of


def executable_directives(merging: Merging, composed: Container[str]) -> Iterator[str]:
    """The definitions, as SDL, but for those that are `composed` anyway."""
    defined: dict[str, list[tuple[str, DirectiveDefinitionNode]]] = {}
    for graph in merging.graphs:
        for name, definition in graph.subgraph.directive_definitions.items():
            if name in graph.subgraph.names.directives or name in composed:
                continue
            if executable_locations(definition):
                defined.setdefault(name, []).append((graph.subgraph.name, definition))
    for name, definitions in sorted(defined.items()):
        if len(definitions) == len(merging.graphs):
            yield from _merged(name, definitions, merging)
        else:
            _hint(
                "INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE",
                f"@{name} is not defined in every subgraph, and so not in the supergraph.",
                definitions,
                merging,
            )


def _merged(
    name: str, definitions: list[tuple[str, DirectiveDefinitionNode]], merging: Merging
) -> Iterator[str]:
    every = [definition for _, definition in definitions]
    common = frozenset.intersection(*map(executable_locations, every))
    if not common:
        _hint(
            "NO_EXECUTABLE_DIRECTIVE_INTERSECTION",
            f"No place allows @{name} everywhere.",
            definitions,
            merging,
        )
        return
    if any(executable_locations(definition) != common for definition in every):
        _hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS",
            f"@{name} stands in the supergraph where every subgraph allows it: {' | '.join(sorted(common))}.",
            definitions,
            merging,
        )
    arguments = [
        _argument(argument)
        for argument in every[0].arguments or ()
        if all(_has_argument(definition, argument.name.value) for definition in every)
    ]
    given = f"({', '.join(arguments)})" if arguments else ""
    repeatable = " repeatable" if all(definition.repeatable for definition in every) else ""
    yield f"directive @{name}{given}{repeatable} on {' | '.join(sorted(common))}"


def _argument(node: InputValueDefinitionNode) -> str:
    """An argument without the directives that a subgraph puts on it."""
    default = f" = {print_ast(node.default_value)}" if node.default_value else ""
    return f"{node.name.value}: {print_ast(node.type)}{default}"


def _has_argument(definition: DirectiveDefinitionNode, name: str) -> bool:
    return any(argument.name.value == name for argument in definition.arguments or ())


def _hint(
    code: str, message: str, definitions: list[tuple[str, DirectiveDefinitionNode]], merging: Merging
) -> None:
    merging.findings.hints.append(CompositionHint(code, message, places_of(definitions)))
