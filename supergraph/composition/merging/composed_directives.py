"""`@composeDirective`: directives of a subgraph's own that the supergraph keeps.

Source: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/directives#composedirective.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphql import DirectiveDefinitionNode, InputValueDefinitionNode, print_ast

from supergraph.composition.merging.context import CustomDirective
from supergraph.composition.reading.client_directives import executable_locations
from supergraph.composition.result import CompositionError, place_of, places_of
from supergraph.composition.subgraphs.links import Link
from supergraph.composition.subgraphs.names import directive_of
from supergraph.composition.subgraphs.schema import Directive, SubgraphSchema
from supergraph.composition.subgraphs.specifications import SPECIFICATIONS


@dataclass(frozen=True, slots=True)
class Composed:
    """One subgraph's wish to have one directive composed. `canonical` is `Directive.name`, `name` its name there."""

    subgraph: str
    wish: Directive
    link: Link
    canonical: str
    name: str
    definition: DirectiveDefinitionNode


@dataclass(frozen=True, slots=True)
class ComposedFeature:
    """A specification of which directives are composed, as the supergraph links and defines it."""

    link: str
    names: dict[str, str]
    custom: dict[str, CustomDirective]
    definitions: tuple[str, ...]


def composed_features(
    subgraphs: Sequence[SubgraphSchema],
) -> tuple[list[ComposedFeature], list[CompositionError]]:
    """The features to compose, and what forbids it."""
    found = [wish for subgraph in subgraphs for wish in _wishes(subgraph)]
    errors = [wish for wish in found if isinstance(wish, CompositionError)]
    by_identity: defaultdict[str, list[Composed]] = defaultdict(list)
    for wish in found:
        if isinstance(wish, Composed):
            by_identity[wish.link.identity].append(wish)
    features: list[ComposedFeature] = []
    for identity, wishes in by_identity.items():
        faults = list(_disagreements(identity, wishes))
        errors.extend(faults)
        if not faults:
            features.append(_feature(wishes, subgraphs))
    return features, errors


def _wishes(subgraph: SubgraphSchema) -> Iterator[Composed | CompositionError]:
    for wish in subgraph.schema_directives:
        if wish.name == "composeDirective":
            name = wish.text("name") or ""
            yield (
                _wish(subgraph, wish, name)
                if name.startswith("@")
                else _error(
                    subgraph, wish, f'"{name}" has no leading @', f'Write @composeDirective(name: "@{name}").'
                )
            )


def _wish(subgraph: SubgraphSchema, wish: Directive, name: str) -> Composed | CompositionError:
    local = name.removeprefix("@")
    definition = subgraph.directive_definitions.get(local)
    found = next(((link, own) for link in subgraph.links if (own := directive_of(link, local))), None)
    if local in subgraph.names.directives or (found and found[0].identity.startswith(SPECIFICATIONS)):
        return _error(subgraph, wish, f"federation composes {name} itself", "Remove the @composeDirective.")
    if definition is None:
        return _error(subgraph, wish, f"{name} is defined nowhere in the subgraph", f"Define {name}.")
    if found is None:
        return _error(
            subgraph,
            wish,
            f"{name} belongs to no linked specification",
            f'Give it one: @link(url: "https://your.example/{local}/v1.0", import: ["{name}"]).',
        )
    hidden = next(
        (argument for argument in definition.arguments or () if _is_hidden(subgraph, argument)), None
    )
    if hidden is not None:
        return CompositionError(
            "DISALLOWED_INACCESSIBLE",
            f"{name} is composed, and its argument {hidden.name.value} is @inaccessible.",
            (place_of(subgraph.name, hidden),),
            "Show the argument, or do not compose the directive: what is composed keeps its definition.",
        )
    link, own = found
    return Composed(subgraph.name, wish, link, f"{link.identity}#{own}", local, definition)


def _is_hidden(subgraph: SubgraphSchema, argument: InputValueDefinitionNode) -> bool:
    return any(
        subgraph.names.canonical(directive.name.value) == "inaccessible"
        for directive in argument.directives or ()
    )


def _error(subgraph: SubgraphSchema, wish: Directive, fault: str, advice: str) -> CompositionError:
    return CompositionError(
        "DIRECTIVE_COMPOSITION_ERROR",
        f'A directive of "{subgraph.name}" cannot be composed: {fault}.',
        (place_of(subgraph.name, wish.node),),
        advice,
    )


def _disagreements(identity: str, wishes: Sequence[Composed]) -> Iterator[CompositionError]:
    places = places_of((wish.subgraph, wish.wish.node) for wish in wishes)
    if len({wish.link.version and wish.link.version[0] for wish in wishes}) > 1:
        yield CompositionError(
            "DIRECTIVE_COMPOSITION_ERROR",
            f"{identity} is linked in several major versions.",
            places,
            "Link the same major version everywhere.",
        )
    names: defaultdict[str, set[str]] = defaultdict(set)
    for wish in wishes:
        names[wish.canonical].add(wish.name)
    for canonical, aliases in names.items():
        if len(aliases) > 1:
            listed = ", ".join(f"@{alias}" for alias in sorted(aliases))
            yield CompositionError(
                "DIRECTIVE_COMPOSITION_ERROR",
                f"@{canonical.rpartition('#')[2]} of {identity} has different names: {listed}.",
                places,
                "Import it under one name everywhere.",
            )


def _feature(wishes: Sequence[Composed], subgraphs: Sequence[SubgraphSchema]) -> ComposedFeature:
    """As the subgraph with the highest minor version has it; clients may write it where every subgraph allows that."""
    newest = max(wishes, key=lambda wish: wish.link.version or (0, 0))
    by_name: dict[str, Composed] = {}
    for wish in sorted(wishes, key=lambda wish: wish.link.version or (0, 0)):
        by_name[wish.name] = wish
    imports = ", ".join(_import(wish) for wish in by_name.values())
    return ComposedFeature(
        f'@link(url: "{newest.link.url}", import: [{imports}])',
        {wish.canonical: wish.name for wish in by_name.values()},
        {
            wish.canonical: CustomDirective(
                frozenset(other.subgraph for other in wishes if other.canonical == wish.canonical),
                wish.definition.repeatable,
            )
            for wish in by_name.values()
        },
        tuple(
            print_ast(definition)
            for wish in by_name.values()
            if (definition := _understood(wish, subgraphs)).locations
        ),
    )


def _understood(wish: Composed, subgraphs: Sequence[SubgraphSchema]) -> DirectiveDefinitionNode:
    """The definition, without places in operations that not all subgraphs know the directive at."""
    node = wish.definition
    executable = executable_locations(node)
    everywhere = executable.intersection(
        *(executable_locations(subgraph.directive_definitions.get(wish.name)) for subgraph in subgraphs)
    )
    return DirectiveDefinitionNode(
        name=node.name,
        description=node.description,
        arguments=node.arguments,
        repeatable=node.repeatable,
        locations=tuple(each for each in node.locations if each.value not in executable - everywhere),
    )


def _import(wish: Composed) -> str:
    own = wish.canonical.rpartition("#")[2]
    return f'"@{own}"' if own == wish.name else f'{{name: "@{own}", as: "@{wish.name}"}}'
