"""Composition: subgraph schemas to a supergraph, and a supergraph read back."""

from supergraph.composition.api import api_sdl
from supergraph.composition.compose import compose
from supergraph.composition.contracts import Contract
from supergraph.composition.reading import read
from supergraph.composition.result import (
    Composition,
    CompositionError,
    CompositionHint,
    Place,
    SubgraphSource,
)

__all__ = [
    "Composition",
    "CompositionError",
    "CompositionHint",
    "Contract",
    "Place",
    "SubgraphSource",
    "api_sdl",
    "compose",
    "read",
]
