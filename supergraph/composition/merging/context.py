"""What every part of merging needs to know of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from supergraph.composition.merging.merged import Graph
from supergraph.composition.merging.sources import Findings
from supergraph.composition.subgraphs.type_references import Narrower
from supergraph.composition.subgraphs.usage import Usage


@dataclass(frozen=True, slots=True)
class CustomDirective:
    """A directive of the subgraphs' own: who composes it, and whether it may stand somewhere twice."""

    subgraphs: frozenset[str]
    repeatable: bool


@dataclass(frozen=True, slots=True)
class Merging:
    """The graphs, the hierarchy of their types, and what is found on the way.

    `names` leads from a specification's directive to its name in the supergraph; what is not there is not
    composed. `usage` is by graph. `inputs` and `outputs` collect the types in input and in output positions.
    """

    graphs: tuple[Graph, ...]
    narrower: Narrower
    names: Mapping[str, str]
    usage: Mapping[str, Usage]
    custom: Mapping[str, CustomDirective] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    inputs: set[str] = field(default_factory=set)
    outputs: set[str] = field(default_factory=set)

    def use_as_input(self, type_name: str) -> None:
        """Note that clients send values of the type."""
        self.inputs.add(type_name)

    def use_as_output(self, type_name: str) -> None:
        """Note that clients receive values of the type."""
        self.outputs.add(type_name)
