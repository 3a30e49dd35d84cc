"""Which specifications the supergraph uses beyond join, and what their directives are called in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.definitions import directives_of
from supergraph.composition.subgraphs.links import Link
from supergraph.composition.subgraphs.names import federation_link
from supergraph.composition.subgraphs.schema import Directive, SubgraphSchema
from supergraph.composition.subgraphs.specifications import (
    DIRECTIVES,
    JOINED,
    LATEST,
    SPECIFICATIONS,
    STANDALONE,
)
from supergraph.composition.subgraphs.walk import elements_of


@dataclass(frozen=True, slots=True)
class Feature:
    """A specification in the supergraph: its version, its purpose and its directives in use."""

    name: str
    version: str
    purpose: str | None
    directives: Mapping[str, str]

    def link(self) -> str:
        """The `@link` as SDL."""
        imported = ", ".join(
            f'"@{name}"' if name == alias else f'{{name: "@{name}", as: "@{alias}"}}'
            for name, alias in self.directives.items()
            if alias != name or name != self.name
        )
        purpose = f", for: {self.purpose}" if self.purpose else ""
        imports = f", import: [{imported}]" if imported else ""
        return f'@link(url: "{SPECIFICATIONS}{self.name}/{self.version}"{imports}{purpose})'


_VERSIONS = {"tag": "v0.3", "inaccessible": "v0.2"}
_LEFT_BEHIND = frozenset({"fromContext"})  # a join directive says what it says
_PURPOSES = {
    "inaccessible": "SECURITY",
    "authenticated": "SECURITY",
    "requiresScopes": "SECURITY",
    "policy": "SECURITY",
    "context": "SECURITY",
    "cacheTag": "EXECUTION",
}
ALWAYS_COMPOSED = {name: name for name in ("deprecated", "specifiedBy", "oneOf")}
"""GraphQL's own directives, which need no link."""


def features_of(
    subgraphs: Sequence[SubgraphSchema], needed: Collection[str] = ()
) -> tuple[tuple[Feature, ...], list[CompositionError]]:
    """The features that any subgraph uses, and errors where subgraphs call a directive by different names.

    `needed` are directives that the supergraph has even if no subgraph uses them.
    """
    used = _used_directives(subgraphs).union(needed)
    features: list[Feature] = []
    errors: list[CompositionError] = []
    for specification, directives in STANDALONE.items():
        names: dict[str, str] = {}
        for directive in directives:
            if directive not in used or directive in _LEFT_BEHIND:
                continue
            aliases = {} if directive in JOINED else dict(_aliases(directive, subgraphs))
            names[directive] = next(iter(aliases.values()), directive)
            if len(set(aliases.values())) > 1:
                errors.append(_mismatch(directive, aliases, subgraphs))
        if names:
            purpose = _PURPOSES.get(specification)
            features.append(Feature(specification, _VERSIONS.get(specification, "v0.1"), purpose, names))
    return tuple(features), errors


def _used_directives(subgraphs: Sequence[SubgraphSchema]) -> frozenset[str]:
    return frozenset(directive.name for subgraph in subgraphs for directive in _applied(subgraph))


def _applied(subgraph: SubgraphSchema) -> Iterator[Directive]:
    yield from subgraph.schema_directives
    for _, element in elements_of(subgraph):
        yield from element.directives
    for definition in subgraph.directive_definitions.values():
        for argument in definition.arguments or ():
            yield from directives_of(argument.directives, subgraph.names)


def _aliases(directive: str, subgraphs: Sequence[SubgraphSchema]) -> Iterator[tuple[str, str]]:
    """By subgraph, what it imports the directive as."""
    for subgraph in subgraphs:
        for link in _links_for(directive, subgraph):
            if imported := link.imports.get(f"@{directive}"):
                yield subgraph.name, imported.removeprefix("@")


def _links_for(directive: str, subgraph: SubgraphSchema) -> Iterator[Link]:
    federation = federation_link(subgraph.links)
    for link in subgraph.links:
        if link is federation or directive in STANDALONE.get(link.name, ()):
            yield link


def _mismatch(
    directive: str, aliases: Mapping[str, str], subgraphs: Sequence[SubgraphSchema]
) -> CompositionError:
    places = tuple(
        place_of(subgraph.name, link.node)
        for subgraph in subgraphs
        if subgraph.name in aliases
        for link in _links_for(directive, subgraph)
    )
    each = ", ".join(f'@{alias} in "{subgraph}"' for subgraph, alias in aliases.items())
    return CompositionError(
        "LINK_IMPORT_NAME_MISMATCH",
        f"@{directive} has different names: {each}.",
        places,
        f"Import @{directive} under one name everywhere.",
    )


def definitions_of(features: Sequence[Feature]) -> Iterator[str]:
    """The SDL of the features' directives and the scalars that they use."""
    for feature in features:
        for name, alias in feature.directives.items():
            if name in JOINED:
                continue
            specification = DIRECTIVES[name]
            scalars = {scalar: f"{feature.name}__{scalar}" for scalar in specification.scalars}
            arguments = specification.arguments.format(**scalars)
            given = f"({arguments})" if arguments else ""
            repeatable = " repeatable" if specification.is_repeatable(LATEST) else ""
            yield f"directive @{alias}{given}{repeatable} on {specification.locations}"
            yield from (f"scalar {scalar}" for scalar in scalars.values())
        if feature.name == "context":
            yield "directive @context__fromContext(field: context__ContextFieldValue) on ARGUMENT_DEFINITION"
            yield "scalar context__ContextFieldValue"
