"""Where subgraphs that link the same specification of their own do not go together, and compose all the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from supergraph.composition.merging.composed_directives import ComposedFeature
from supergraph.composition.merging.sources import listed
from supergraph.composition.result import CompositionHint, Place, places_of
from supergraph.composition.subgraphs.links import Link
from supergraph.composition.subgraphs.schema import SubgraphSchema
from supergraph.composition.subgraphs.specifications import SPECIFICATIONS

_Linked = list[tuple[SubgraphSchema, Link]]


def composed_directive_hints(
    subgraphs: Sequence[SubgraphSchema], features: Sequence[ComposedFeature]
) -> Iterator[CompositionHint]:
    """Major versions that differ where nothing is composed, and other names for what another subgraph composes."""
    names = {canonical: name for feature in features for canonical, name in feature.names.items()}
    composed = {canonical.rpartition("#")[0] for canonical in names}
    for identity, linked in _by_identity(subgraphs).items():
        if identity not in composed and len({link.version and link.version[0] for _, link in linked}) > 1:
            yield CompositionHint(
                "DIRECTIVE_COMPOSITION_INFO",
                f"{identity} is linked in several major versions; none of its directives is composed.",
                _places(linked),
            )
        for canonical, name in names.items():
            own = canonical.removeprefix(f"{identity}#")
            others = [
                (subgraph, link)
                for subgraph, link in linked
                if own != canonical and link.directive_name(own) != name
            ]
            if others:
                yield CompositionHint(
                    "DIRECTIVE_COMPOSITION_WARN",
                    f"@{name} is composed, and has another name in {listed(one.name for one, _ in others)}.",
                    _places(others),
                )


def _by_identity(subgraphs: Sequence[SubgraphSchema]) -> dict[str, _Linked]:
    """The links to specifications that are not federation's, by what they link."""
    found: defaultdict[str, _Linked] = defaultdict(list)
    for subgraph in subgraphs:
        for link in subgraph.links:
            if not link.identity.startswith(SPECIFICATIONS):
                found[link.identity].append((subgraph, link))
    return found


def _places(linked: _Linked) -> tuple[Place, ...]:
    return places_of((subgraph.name, link.node) for subgraph, link in linked)
