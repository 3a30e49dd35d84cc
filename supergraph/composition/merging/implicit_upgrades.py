"""Subgraphs that link an older federation than the rest of what they link belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from supergraph.composition.result import CompositionHint, place_of
from supergraph.composition.subgraphs.links import Link
from supergraph.composition.subgraphs.schema import SubgraphSchema
from supergraph.composition.subgraphs.specifications import DIRECTIVES, SPECIFICATIONS, STANDALONE, Version


def implicit_upgrades(subgraphs: Sequence[SubgraphSchema]) -> Iterator[CompositionHint]:
    """A hint for each subgraph that is taken for one of a newer federation than it says."""
    for subgraph in subgraphs:
        causes = [(since, link) for link in subgraph.links if (since := _since(link))]
        if subgraph.is_federation_1 or not causes:
            continue
        needed, cause = max(causes, key=lambda one: one[0])
        if needed > subgraph.version:
            yield CompositionHint(
                "IMPLICITLY_UPGRADED_FEDERATION_VERSION",
                f'"{subgraph.name}" links federation {_text(subgraph.version)} and {cause.name}, which came with'
                f" {_text(needed)}: it is composed as one of {_text(needed)}. Link federation {_text(needed)}.",
                (place_of(subgraph.name, cause.node),),
            )


def _since(link: Link) -> Version | None:
    """The version of federation that took in what a link brings; none for what federation does not know."""
    if link.identity != f"{SPECIFICATIONS}{link.name}" or link.name not in STANDALONE:
        return None
    return min(DIRECTIVES[directive].since for directive in STANDALONE[link.name])


def _text(version: Version) -> str:
    return f"v{version[0]}.{version[1]}"
