"""Which labels of progressive overrides (`@override(from:, label:)`) are on for a request.

Source: https://www.apollographql.com/docs/graphos/schema-design/guides/migrate-fields#incremental-migration-with-progressive-override.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from supergraph.model import Supergraph

_PERCENT = re.compile(r"percent\((\d+(?:\.\d+)?)\)")


class OverrideLabels:
    """The labels of one supergraph. `chance` draws a number from 0 up to 1 for each request.

    One draw decides on all percentages: who is among the first 5 percent is among the first 20. So there are
    few combinations of labels, and as many plans to make.
    """

    def __init__(self, supergraph: Supergraph, chance: Callable[[], float]) -> None:
        labels = frozenset(_labels(supergraph))
        self._shares = {
            label: float(written[1]) / 100 for label in labels if (written := _PERCENT.fullmatch(label))
        }
        self._named = labels - self._shares.keys()
        self._chance = chance

    def active(self, asked: frozenset[str]) -> frozenset[str]:
        """Of the labels that a caller has on, those that the supergraph knows; and those by percent that are drawn."""
        if not self._shares:
            return asked & self._named if asked else asked
        drawn = self._chance()
        return asked & self._named | {label for label, share in self._shares.items() if drawn < share}


def _labels(supergraph: Supergraph) -> set[str]:
    return {
        field.override.label
        for subgraph in supergraph.subgraphs.values()
        for type_ in subgraph.types.values()
        for field in type_.fields.values()
        if field.override and field.override.label is not None
    }
