"""Descriptions: the one that most subgraphs give; among equals the first."""

from __future__ import annotations

from collections import Counter

from supergraph.composition.merging.sources import Findings, Sources
from supergraph.composition.subgraphs.schema import Element


def merge_description(coordinate: str, sources: Sources[Element], findings: Findings) -> str | None:
    """One description for an element; a hint where subgraphs differ."""
    given = Counter(source.element.description for source in sources if source.element.description)
    if not given:
        return None
    if len(given) > 1:
        findings.hint(
            "INCONSISTENT_DESCRIPTION",
            f"{coordinate} has different descriptions; the supergraph has the one that most subgraphs give.",
            [source for source in sources if source.element.description],
        )
    return given.most_common(1)[0][0]
