"""An element together with the subgraph that declares it, and what merging finds wrong on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from supergraph.composition.merging.merged import Graph
from supergraph.composition.result import CompositionError, CompositionHint, Place, places_of
from supergraph.composition.subgraphs.schema import Element, SubgraphSchema

E_co = TypeVar("E_co", bound=Element, covariant=True)


@dataclass(frozen=True, slots=True)
class Source(Generic[E_co]):
    """What one subgraph says of an element."""

    graph: Graph
    element: E_co

    @property
    def subgraph(self) -> SubgraphSchema:
        """The subgraph's schema."""
        return self.graph.subgraph


Sources = Sequence[Source[E_co]]


@dataclass(slots=True)
class Findings:
    """Errors and hints, in the order they are found."""

    errors: list[CompositionError] = field(default_factory=list)
    hints: list[CompositionHint] = field(default_factory=list)

    def error(self, code: str, message: str, sources: Iterable[Source[Element]], advice: str) -> None:
        """Note what keeps the subgraphs from composing."""
        self.errors.append(CompositionError(code, message, _places(sources), advice))

    def hint(self, code: str, message: str, sources: Iterable[Source[Element]]) -> None:
        """Note what composes and deserves a look."""
        self.hints.append(CompositionHint(code, message, _places(sources)))


def _places(sources: Iterable[Source[Element]]) -> tuple[Place, ...]:
    return places_of((source.subgraph.name, source.element.node) for source in sources)


def listed(names: Iterable[str]) -> str:
    """Names for a sentence: `"a"`, `"a" and "b"`, `"a", "b" and "c"`."""
    quoted = [f'"{name}"' for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def told_apart(sources: Iterable[Source[E_co]], text: Callable[[E_co], str]) -> str:
    """What the subgraphs say and which say it, for a sentence: `Int in "a" and "c"; String in "b"`."""
    saying: dict[str, list[str]] = {}
    for source in sources:
        saying.setdefault(text(source.element), []).append(source.subgraph.name)
    return "; ".join(f"{said} in {listed(names)}" for said, names in saying.items())


def subgraphs_in(sources: Iterable[Source[Element]]) -> str:
    """The names of the sources' subgraphs, for a sentence."""
    return listed(dict.fromkeys(source.subgraph.name for source in sources))
