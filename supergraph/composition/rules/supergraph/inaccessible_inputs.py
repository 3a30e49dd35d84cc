"""What clients must give, they can see.

Source: https://specs.apollo.dev/inaccessible/v0.2/.
"""

from __future__ import annotations

from collections.abc import Iterator

from supergraph.composition.merging.merged import MergedSupergraph
from supergraph.composition.result import CompositionError
from supergraph.composition.rules.supergraph.accessible import accessible_types
from supergraph.composition.rules.supergraph.declarations import coordinate, places


def inaccessible_inputs(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Required arguments and input fields that are hidden while their parent is not."""
    for merged in accessible_types(supergraph):
        for value in merged.inputs.values():
            if value.inaccessible and value.required:
                yield _error(supergraph, merged.name, value.name)
        for field in merged.fields.values():
            for argument in field.arguments if not field.inaccessible else ():
                if argument.inaccessible and argument.required:
                    yield _error(supergraph, merged.name, field.name, argument.name)


def _error(supergraph: MergedSupergraph, *path: str) -> CompositionError:
    return CompositionError(
        "REQUIRED_INACCESSIBLE",
        f"{'.'.join(path)} is @inaccessible and required, so that no client could use what it belongs to.",
        places(supergraph, *path),
        "Make it optional or give it a default; or hide what it belongs to.",
        inaccessible=(coordinate(*path),),
    )
