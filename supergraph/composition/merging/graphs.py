"""The values of `join__Graph`: a subgraph's name as an enum value."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from supergraph.composition.merging.merged import Graph
from supergraph.composition.subgraphs.schema import SubgraphSchema


def graphs_of(subgraphs: Iterable[SubgraphSchema]) -> tuple[Graph, ...]:
    """A value for each subgraph, sorted by name; names that would give the same value are numbered."""
    alike: defaultdict[str, list[SubgraphSchema]] = defaultdict(list)
    ordered = sorted(subgraphs, key=lambda subgraph: subgraph.name)
    for subgraph in ordered:
        alike[_enum_value(subgraph.name)].append(subgraph)
    values = {
        subgraph.name: value if len(group) == 1 else f"{value}_{number}"
        for value, group in alike.items()
        for number, subgraph in enumerate(group, 1)
    }
    return tuple(Graph(values[subgraph.name], subgraph) for subgraph in ordered)


def _enum_value(name: str) -> str:
    """Upper case, digits not first; `_1` at the end is kept apart from the numbers given to twins."""
    value = re.sub(r"\W", "_", name, flags=re.ASCII).upper()
    value = f"_{value}" if value[:1].isdigit() else value
    return f"{value}_" if re.search(r"_\d+$", value) else value
