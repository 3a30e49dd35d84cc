"""`@context(name:)` names a context by letters and digits: the supergraph puts the subgraph's name before it.

Source: https://specs.apollo.dev/context/v0.1/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.schema import SubgraphSchema

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def context(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Contexts whose names are not of that form."""
    for definition in subgraph.types.values():
        for directive in definition.applied("context"):
            name = directive.text("name") or ""
            if not _NAME.fullmatch(name):
                yield CompositionError(
                    "CONTEXT_NAME_INVALID",
                    f'The context "{name}" on {definition.name} has a malformed name.',
                    (place_of(subgraph.name, directive.node),),
                    "Use letters and digits, a letter first.",
                )
