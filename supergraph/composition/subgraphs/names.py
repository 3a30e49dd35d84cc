"""What a subgraph calls the elements of the specifications that it links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import specified_scalar_types

from supergraph.composition.subgraphs.links import Link
from supergraph.composition.subgraphs.specifications import (
    BUILT_IN_DIRECTIVES,
    DIRECTIVES,
    FEDERATION,
    FEDERATION_1,
    LATEST,
    LINK,
    SCALARS,
    SPECIFICATIONS,
    STANDALONE,
    DirectiveSpecification,
    Version,
    known_directives,
)

_MACHINERY_TYPES = frozenset(
    {"_Any", "_Entity", "_Service", "_FieldSet", "FieldSet", *specified_scalar_types}
)
MACHINERY_FIELDS = frozenset({"_entities", "_service"})
"""What the subgraph specification adds to the query root; no part of what is composed."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names in force in one subgraph.

    `directives` leads from a name here to the specification's name, `scalars` from a specification's scalar
    to its name here, `namespaces` holds the prefixes of all linked specifications.
    """

    version: Version
    directives: Mapping[str, str]
    scalars: Mapping[str, str]
    namespaces: frozenset[str]
    links: tuple[Link, ...] = ()

    def canonical(self, directive: str) -> str:
        """A directive's name throughout composition; see `Directive.name`."""
        if directive in self.directives:
            return self.directives[directive]
        if directive in BUILT_IN_DIRECTIVES:
            return directive
        for link in self.links:
            if own := directive_of(link, directive):
                return f"{link.identity}#{own}"
        return f"@{directive}"

    def is_machinery(self, type_name: str) -> bool:
        """Whether a type belongs to a specification, GraphQL's own too, and not to the graph."""
        if type_name in _MACHINERY_TYPES or type_name in self.scalars.values():
            return True
        namespace, separator, _ = type_name.partition("__")
        return bool(separator) and namespace in self.namespaces

    def specifications(self) -> dict[str, DirectiveSpecification]:
        """The known directives by their names here."""
        return {name: DIRECTIVES[canonical] for name, canonical in self.directives.items()}


def federation_link(links: tuple[Link, ...]) -> Link | None:
    """The link that makes a schema a Federation 2 schema."""
    return next((link for link in links if link.identity == FEDERATION), None)


def names_of(links: tuple[Link, ...]) -> Names:
    """The names that a schema's links give it; without a link to federation, Federation 1's."""
    federation = federation_link(links)
    version = (federation.version or LATEST) if federation else FEDERATION_1
    known = known_directives(version)
    if federation is None:
        directives = {name: name for name in known}
        scalars = {"FieldSet": "_FieldSet"}
    else:
        directives = {federation.directive_name(name): name for name in known}
        scalars = {name: federation.type_name(name) for name in SCALARS}
    for link in links:
        for name in _standalone(link):
            directives[link.directive_name(name)] = name
    specified = {link.namespace for link in links if link.identity.startswith(SPECIFICATIONS)}
    return Names(version, directives, scalars, frozenset({"link", "join", *specified}), links)


def directive_of(link: Link, name: str) -> str | None:
    """Which of a linked specification's directives a name here stands for; None where for none of them."""
    for own, here in link.imports.items():
        if own.startswith("@") and here.removeprefix("@") == name:
            return own.removeprefix("@")
    if name == link.namespace:
        return link.name
    own = name.removeprefix(f"{link.namespace}__")
    return own if own != name else None


def _standalone(link: Link) -> tuple[str, ...]:
    if link.identity in {FEDERATION, LINK} or not link.identity.startswith(SPECIFICATIONS):
        return ()
    return STANDALONE.get(link.name, ())
