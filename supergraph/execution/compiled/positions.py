"""The shares of an object, in the source: those it is found with, and those that are attached to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from supergraph.execution.compiled.source import Source
from supergraph.planning.query_plan import Position


@dataclass(frozen=True, slots=True)
class Plan:
    """What all functions of a plan know: the positions, and which parts come of which kind of fetch."""

    positions: Sequence[Position]
    entity_parts: frozenset[int]

    def is_single(self, position: Position) -> bool:
        """Whether the objects at a position, and all those above them, are each embedded in one part alone."""
        while position.parent is not None:
            if len(position.embedded) != 1:
                return False
            position = self.positions[position.parent]
        return True

    def depth(self, position: Position) -> int:
        """Give how many positions lead to one, itself included."""
        return 1 if position.parent is None else 1 + self.depth(self.positions[position.parent])


@dataclass(slots=True)
class Shares:
    """The names of an object's shares by part; those in `sure` are never None."""

    names: dict[int, str] = field(default_factory=dict)
    sure: set[int] = field(default_factory=set)

    def of(self, parts: Sequence[int]) -> list[int]:
        """Give those of the parts that may have a share here, in order."""
        return [part for part in parts if part in self.names]

    def value(self, part: int, key: str, *, strict: bool = True) -> str:
        """Give the expression for what a share has under a key: where `strict`, KeyError for one that lacks it."""
        name = self.names[part]
        taken = f"{name}[{key!r}]" if strict else f"{name}.get({key!r})"
        return taken if part in self.sure else f"(None if {name} is None else {taken})"


def attach(source: Source, plan: Plan, position: Position, shares: Shares, wanted: Collection[int]) -> None:
    """Add lines that find the attached shares among those `wanted`, by the object's embedded ones."""
    embedded = list(shares.names)
    for part in position.attached:
        if part not in wanted or part in shares.names:
            continue
        name = f"a{part}"
        if part in plan.entity_parts:
            _find_item(source, part, [shares.names[each] for each in embedded], name)
        else:
            source.add(f"{name} = roots.get({part})")
        shares.names[part] = name


def _find_item(source: Source, part: int, names: Sequence[str], name: str) -> None:
    if not names:
        source.add(f"{name} = None")
        return
    source.add(f"index = indexes{part}.get(id({names[0]}))")
    for other in names[1:]:
        source.add(f"if index is None: index = indexes{part}.get(id({other}))")
    source.add(f"{name} = None if index is None else items{part}[index]")
