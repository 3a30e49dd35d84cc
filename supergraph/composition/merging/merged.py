"""The supergraph while it is made: what will be printed, still apart from how it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from supergraph.composition.subgraphs.schema import SubgraphSchema
from supergraph.model import TypeKind


@dataclass(frozen=True, slots=True)
class MergedDirective:
    """A directive in the supergraph. `arguments` are SDL text (`graph: MOVIES, key: "id"`).

    `specification` is its name in the specification where `name` is an alias; else the same.
    """

    name: str
    arguments: str = ""
    specification: str = ""

    def __str__(self) -> str:
        return f"@{self.name}({self.arguments})" if self.arguments else f"@{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedElement:
    """Anything with a name, a description and directives."""

    name: str
    description: str | None = None
    directives: tuple[MergedDirective, ...] = ()
    inaccessible: bool = field(init=False, repr=False, compare=False)
    """Whether clients must not see it."""

    def __post_init__(self) -> None:
        """Look for the directive once: whoever leads to the element asks, and a union has one for each member."""
        hidden = any(directive.specification == "inaccessible" for directive in self.directives)
        object.__setattr__(self, "inaccessible", hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedInput(MergedElement):
    """An argument or an input field; type and default as SDL text."""

    type: str
    default: str | None = None

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.type.endswith("!") and self.default is None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedField(MergedElement):
    """A field of an object or interface type; its type as SDL text."""

    type: str
    arguments: tuple[MergedInput, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedDirectiveDefinition(MergedElement):
    """A directive that clients may write in operations, at the `locations` named."""

    arguments: tuple[MergedInput, ...]
    repeatable: bool
    locations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedType(MergedElement):
    """A named type of the supergraph. Which parts are filled follows from its kind."""

    kind: TypeKind
    fields: Mapping[str, MergedField] = field(default_factory=dict)
    inputs: Mapping[str, MergedInput] = field(default_factory=dict)
    values: Mapping[str, MergedElement] = field(default_factory=dict)
    interfaces: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """A subgraph and its value in `join__Graph`."""

    value: str
    subgraph: SubgraphSchema


@dataclass(frozen=True, slots=True)
class MergedSupergraph:
    """Everything that goes into a supergraph's SDL.

    `links` are the `@link`s after those of link and join; `definitions` the SDL of the directives (and their
    types) that are neither link's nor join's, save the `executable_directives`.
    """

    graphs: tuple[Graph, ...]
    types: Mapping[str, MergedType]
    links: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    executable_directives: tuple[MergedDirectiveDefinition, ...] = ()
    schema_directives: tuple[MergedDirective, ...] = ()
