"""Walks down to the objects at a position, in loops."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Protocol

from supergraph.execution.compiled import runtime
from supergraph.execution.compiled.positions import Plan, Shares, attach
from supergraph.execution.compiled.source import Source
from supergraph.planning.query_plan import Position


class Visit(Protocol):
    """What is done with each object at the end of a walk."""

    def wanted(self, position: Position) -> Collection[int]:
        """Give the attached parts that are to be there."""
        ...

    def add(self, position: Position, shares: Shares) -> None:
        """Add the lines that do it."""
        ...


class Walks:
    """Adds the loops. Objects that are one part's alone are found once a run: who goes further begins with them."""

    def __init__(self, source: Source, plan: Plan) -> None:
        self._source = source
        self._plan = plan
        self._shared: set[int] = set()
        for name in ("Unusual", "table", "pairs"):
            source.names[name] = getattr(runtime, name)

    def share(self, position: Position) -> None:
        """Add `walk_N(roots, entities, at)`, which gives a position's objects and keeps them in `at`."""
        if position.parent is None or position.id in self._shared or not self._plan.is_single(position):
            return
        path = self._from_shared(position)
        self._shared.add(position.id)
        with self._source.block(f"def walk_{position.id}(roots, entities, at):"):
            self._source.add(f"found = at.get({position.id})")
            self._source.add("if found is not None: return found")
            self._source.add("found = []")
            self._along(path, _Keep(self._source))
            self._source.add(f"at[{position.id}] = found")
            self._source.add("return found")

    def visit(self, position: Position, visit: Visit) -> None:
        """Add the loops over a position's objects, where `roots`, `entities` and `at` are known."""
        self._along(self._from_shared(position), visit)

    def _from_shared(self, position: Position) -> Sequence[Position]:
        """Give the path to a position, from the nearest one whose objects are shared, or from the root."""
        path = [position]
        while path[0].parent is not None and path[0].id not in self._shared:
            path.insert(0, self._plan.positions[path[0].parent])
        return path

    def _along(self, path: Sequence[Position], visit: Visit) -> None:
        self._tables(path, visit)
        above = path[0]
        if above.parent is None:
            self._walk(path, Shares(), visit)
            return
        (part,) = above.embedded
        name = f"e{part}_{above.id}"
        with self._source.block(f"for {name} in walk_{above.id}(roots, entities, at):"):
            self._walk(path, Shares({part: name}, {part}), visit)

    def _tables(self, path: Sequence[Position], visit: Visit) -> None:
        """Add the tables of the attached parts that the walk needs."""
        needed = set(path[-1].attached) & set(visit.wanted(path[-1]))
        for above, below in pairwise(path):
            needed |= set(above.attached) & set(below.embedded)
        for part in sorted(needed & self._plan.entity_parts):
            self._source.add(f"indexes{part}, items{part} = table(entities, {part})")

    def _walk(self, path: Sequence[Position], shares: Shares, visit: Visit) -> None:
        """Add what is done at the first position of the path, with the shares its objects are found with."""
        position, *below = path
        if not below:
            attach(self._source, self._plan, position, shares, visit.wanted(position))
            visit.add(position, shares)
            return
        attach(self._source, self._plan, position, shares, below[0].embedded)
        parts = shares.of(below[0].embedded)
        names = {part: f"e{part}_{below[0].id}" for part in parts}
        values = [shares.value(part, below[0].key, strict=False) for part in parts]
        if len(parts) == 1:
            self._source.add(f"there = {values[0]}")
            with self._source.block(
                f"for {names[parts[0]]} in there if there.__class__ is list else (there,):"
            ):
                self._see_that_it_is_an_object(names[parts[0]])
                self._walk(below, Shares(names, set(parts)), visit)
        elif parts:
            with self._source.block(f"for {', '.join(names.values())} in pairs({', '.join(values)}):"):
                self._walk(below, Shares(names), visit)

    def _see_that_it_is_an_object(self, name: str) -> None:
        with self._source.block(f"if {name}.__class__ is not dict:"):
            self._source.add(f"if {name} is None: continue")
            self._source.add("raise Unusual")


class _Keep:
    """Keeps each object."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def wanted(self, position: Position) -> Collection[int]:  # noqa: ARG002 - the signature is every visit's
        return ()

    def add(self, position: Position, shares: Shares) -> None:
        (part,) = position.embedded
        self._source.add(f"found.append({shares.names[part]})")
