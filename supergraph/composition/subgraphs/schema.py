"""A subgraph's schema as composition looks at it.

Definitions and extensions of a type are one; directives carry the name that their specification gives them,
whatever the subgraph calls them; root types have their default names; what a type's `@shareable` and
`@external` say of its fields is said on the fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    BooleanValueNode,
    ConstValueNode,
    DirectiveDefinitionNode,
    Node,
    StringValueNode,
    TypeNode,
)

from supergraph.composition.subgraphs.links import Link
from supergraph.composition.subgraphs.names import Names
from supergraph.composition.subgraphs.specifications import FEDERATION_1, Version
from supergraph.model import TypeKind

ROOT_TYPES = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
"""The supergraph's name for each root type, by operation."""


@dataclass(frozen=True, slots=True)
class Directive:
    """An applied directive.

    `name` is the specification's for what federation and GraphQL define (`key`), with its identity before it
    for what another linked specification defines (`https://example.org/audit#audit`), and the subgraph's with
    an @ before it for any other (`@audit`). `node` is where it stands, or what it was inferred for.
    `from_extension` says that it stands on a type extension.
    """

    name: str
    arguments: Mapping[str, ConstValueNode]
    node: Node
    from_extension: bool = False

    def text(self, argument: str) -> str | None:
        """A string argument's value; None where it is not given or no string."""
        value = self.arguments.get(argument)
        return value.value if isinstance(value, StringValueNode) else None

    def flag(self, argument: str, *, default: bool) -> bool:
        """A Boolean argument's value."""
        value = self.arguments.get(argument)
        return value.value if isinstance(value, BooleanValueNode) else default


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Anything with a name that directives and a description may stand on."""

    name: str
    node: Node
    description: str | None = None
    directives: tuple[Directive, ...] = ()

    def applied(self, name: str) -> Iterator[Directive]:
        """The applications of one directive."""
        return (directive for directive in self.directives if directive.name == name)

    def directive(self, name: str) -> Directive | None:
        """The first application of a directive."""
        return next(self.applied(name), None)

    def has(self, name: str) -> bool:
        """Whether a directive stands on this element."""
        return any(directive.name == name for directive in self.directives)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputValue(Element):
    """An argument or a field of an input object."""

    type: TypeNode
    default: ConstValueNode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementWithArguments(Element):
    """What arguments are given to: a field, or a directive."""

    arguments: Mapping[str, InputValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveDefinition(ElementWithArguments):
    """A directive of the subgraph's own, and where in operations it may stand."""

    executable_locations: frozenset[str]
    repeatable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDefinition(ElementWithArguments):
    """A field of an object or interface type."""

    type: TypeNode

    @property
    def external(self) -> bool:
        """Whether the subgraph only mentions the field, resolved elsewhere."""
        return self.has("external")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeDefinition(Element):
    """A named type. Which of the parts are filled follows from its kind.

    `is_extension` says that the subgraph only extends it (`extend type`, or `@extends`).
    """

    kind: TypeKind
    is_extension: bool = False
    fields: Mapping[str, FieldDefinition] = field(default_factory=dict)
    inputs: Mapping[str, InputValue] = field(default_factory=dict)
    values: Mapping[str, Element] = field(default_factory=dict)
    interfaces: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    @property
    def is_composite(self) -> bool:
        """Whether a selection is made on it."""
        return self.kind in {TypeKind.OBJECT, TypeKind.INTERFACE, TypeKind.UNION}

    @property
    def is_interface_object(self) -> bool:
        """Whether it stands for an interface that other subgraphs define."""
        return self.has("interfaceObject")


@dataclass(frozen=True, slots=True)
class SubgraphSchema:
    """One subgraph, read. `names` are those in force in it."""

    name: str
    url: str
    names: Names
    types: Mapping[str, TypeDefinition]
    links: tuple[Link, ...] = ()
    schema_directives: tuple[Directive, ...] = ()
    directive_definitions: Mapping[str, DirectiveDefinitionNode] = field(default_factory=dict)

    @property
    def version(self) -> Version:
        """The version of the federation specification that it links, (1, 0) where it links none."""
        return self.names.version

    @property
    def is_federation_1(self) -> bool:
        """Whether it links no version of Federation 2."""
        return self.version == FEDERATION_1

    def possible_types(self, name: str) -> frozenset[str]:
        """The object types that a value of a composite type can be, as far as this subgraph knows."""
        definition = self.types.get(name)
        if definition is None:
            return frozenset()
        if definition.kind is TypeKind.UNION:
            return frozenset(definition.members)
        if definition.kind is TypeKind.INTERFACE:
            return frozenset(
                other.name
                for other in self.types.values()
                if other.kind is TypeKind.OBJECT and name in other.interfaces
            )
        return frozenset({name})
