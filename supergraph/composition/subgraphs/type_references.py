"""Types as they are referred to (`[Genre!]!`): which of several is the one for the supergraph.

In output positions the supergraph promises only what all subgraphs keep, so the widest type is taken; in
input positions it accepts only what all subgraphs accept, so the narrowest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode, print_ast

from supergraph.composition.subgraphs.schema import SubgraphSchema
from supergraph.model import TypeKind

Narrower = Callable[[str, str], bool]
"""Whether the first named type is a possible type of the second, or implements it."""


def named_type(node: TypeNode) -> str:
    """The innermost name."""
    while isinstance(node, ListTypeNode | NonNullTypeNode):
        node = node.type
    return node.name.value if isinstance(node, NamedTypeNode) else ""


def text(node: TypeNode) -> str:
    """The reference as SDL."""
    return print_ast(node)


def is_required(node: TypeNode, default: object) -> bool:
    """Whether an argument or input field of this type must be given."""
    return isinstance(node, NonNullTypeNode) and default is None


def hierarchy_of(subgraphs: Iterable[SubgraphSchema]) -> Narrower:
    """Which types are narrower than which, by what any subgraph says."""
    pairs = set[tuple[str, str]]()
    for subgraph in subgraphs:
        for definition in subgraph.types.values():
            pairs |= {(definition.name, interface) for interface in definition.interfaces}
            if definition.kind is TypeKind.UNION:
                pairs |= {(member, definition.name) for member in definition.members}
    return lambda one, other: (one, other) in pairs


def is_subtype(one: TypeNode, other: TypeNode, narrower: Narrower) -> bool:
    """Whether every value of the first type is one of the second."""
    if isinstance(other, NonNullTypeNode):
        return isinstance(one, NonNullTypeNode) and is_subtype(one.type, other.type, narrower)
    if isinstance(one, NonNullTypeNode):
        return is_subtype(one.type, other, narrower)
    if isinstance(one, ListTypeNode) or isinstance(other, ListTypeNode):
        if not (isinstance(one, ListTypeNode) and isinstance(other, ListTypeNode)):
            return False
        return is_subtype(one.type, other.type, narrower)
    name, wanted = named_type(one), named_type(other)
    return name == wanted or narrower(name, wanted)


def widest(types: Sequence[TypeNode], narrower: Narrower) -> TypeNode | None:
    """The type that all others are subtypes of; None where there is none among them."""
    return next((node for node in types if all(is_subtype(other, node, narrower) for other in types)), None)


def narrowest(types: Sequence[TypeNode], narrower: Narrower) -> TypeNode | None:
    """The type that is a subtype of all others; None where there is none among them."""
    return next((node for node in types if all(is_subtype(node, other, narrower) for other in types)), None)
