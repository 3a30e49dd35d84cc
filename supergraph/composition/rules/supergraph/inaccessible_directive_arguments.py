"""What clients may write in a directive, they can see.

Source: https://specs.apollo.dev/inaccessible/v0.2/.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedDirectiveDefinition, MergedInput, MergedSupergraph
from supergraph.composition.result import CompositionError, Place, places_of
from supergraph.composition.rules.supergraph.declarations import places
from supergraph.composition.rules.supergraph.inaccessible_defaults import hidden_in_default


def inaccessible_directive_arguments(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Hidden arguments that are required, and visible ones of a hidden type or with something hidden as default."""
    for directive in supergraph.executable_directives:
        for argument in directive.arguments:
            yield from _errors(supergraph, directive, argument)


def _errors(
    supergraph: MergedSupergraph, directive: MergedDirectiveDefinition, argument: MergedInput
) -> Iterator[CompositionError]:
    coordinate = f"@{directive.name}({argument.name}:)"
    where = _places(supergraph, directive.name)
    target = supergraph.types.get(argument.type.strip("[]!"))
    if argument.inaccessible:
        if argument.required:
            yield CompositionError(
                "REQUIRED_INACCESSIBLE",
                f"{coordinate} is @inaccessible and required, so that no client could write the directive.",
                where,
                "Make it optional or give it a default; or show it.",
                inaccessible=(coordinate,),
            )
    elif target is not None and target.inaccessible:
        yield CompositionError(
            "REFERENCED_INACCESSIBLE",
            f"{target.name} is @inaccessible, and {coordinate}, which is not, refers to it.",
            where + places(supergraph, target.name),
            "Hide both, or neither.",
            inaccessible=(target.name,),
        )
    else:
        for hidden in hidden_in_default(supergraph, argument):
            yield CompositionError(
                "DEFAULT_VALUE_USES_INACCESSIBLE",
                f"The default of {coordinate} uses {hidden}, which is @inaccessible.",
                where,
                f"Choose another default, or show {hidden}.",
                inaccessible=(hidden,),
            )


def _places(supergraph: MergedSupergraph, directive: str) -> tuple[Place, ...]:
    return places_of(
        (graph.subgraph.name, graph.subgraph.directive_definitions.get(directive))
        for graph in supergraph.graphs
    )
