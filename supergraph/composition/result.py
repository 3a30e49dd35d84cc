"""What composition takes and what it gives back.

A fault in a subgraph is a value (`CompositionError`), never an exception: composing says everything that is
wrong at once, and each error says where it is and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graphql import Node, get_location


@dataclass(frozen=True, slots=True)
class SubgraphSource:
    """A subgraph as given: its name, its routing URL (may be empty) and its schema as text."""

    name: str
    url: str
    sdl: str


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a subgraph's SDL, lines and columns counted from 1; both 0 for the subgraph as a whole."""

    subgraph: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.subgraph}:{self.line}:{self.column}" if self.line else self.subgraph


@dataclass(frozen=True, slots=True)
class CompositionError:
    """Why the subgraphs do not compose.

    `code` is the Federation specification's, `advice` says what to do, and `operation` is a witness: an
    operation which the supergraph would allow and nobody could answer. `inaccessible` are the schema coordinates
    of what is hidden, where that is the fault.
    """

    code: str
    message: str
    places: tuple[Place, ...] = ()
    advice: str = ""
    operation: str | None = None
    inaccessible: tuple[str, ...] = ()

    @property
    def subgraphs(self) -> tuple[str, ...]:
        """The names of the subgraphs that are part of the fault, each once, sorted."""
        return tuple(sorted({place.subgraph for place in self.places}))

    def __str__(self) -> str:
        parts = [f"{self.code}: {self.message}"]
        if self.places:
            parts.append(f"  at {', '.join(map(str, self.places))}")
        if self.operation:
            parts.extend(f"  {line}" for line in self.operation.splitlines())
        if self.advice:
            parts.append(f"  {self.advice}")
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class CompositionHint:
    """What composes and yet deserves a look; `code` is the one that other composers use."""

    code: str
    message: str
    places: tuple[Place, ...] = ()

    def __str__(self) -> str:
        where = f" ({', '.join(map(str, self.places))})" if self.places else ""
        return f"{self.code}: {self.message}{where}"


@dataclass(frozen=True, slots=True)
class Composition:
    """What composing gave: a supergraph's SDL, or the errors why there is none; and hints either way."""

    supergraph_sdl: str | None
    errors: tuple[CompositionError, ...] = ()
    hints: tuple[CompositionHint, ...] = ()


def place_of(subgraph: str, node: Node | None) -> Place:
    """Where a node of a subgraph's document stands."""
    if node is None or node.loc is None:
        return Place(subgraph)
    location = get_location(node.loc.source, node.loc.start)
    return Place(subgraph, location.line, location.column)


def places_of(nodes: Iterable[tuple[str, Node | None]]) -> tuple[Place, ...]:
    """Where nodes of several subgraphs stand, sorted by subgraph."""
    return tuple(sorted({place_of(subgraph, node) for subgraph, node in nodes}))
