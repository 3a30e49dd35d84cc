"""The functions that collect representations: a walk down to a target's objects, in loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from supergraph.execution.compiled import runtime
from supergraph.execution.compiled.positions import Plan, Shares, attach
from supergraph.execution.compiled.source import Source
from supergraph.planning.query_plan import Guard, Position, Representation, RepresentationField, Target

DEEPEST = 15
"""Python takes twenty loops in each other."""

SIMPLE = frozenset({str, int, type(None)})
"""Two values of these types are equal where their JSON is; others are compared as JSON."""


def add_collecting(source: Source, plan: Plan, target: Target, decisions: Mapping[Guard, bool]) -> str | None:
    """Add `collect_N(roots, entities, indexes, clean)` for a target, and give its name; None where it cannot be.

    The function gives the distinct representations, and notes in `indexes` which object asked for which.
    """
    path = _path(plan, target.position)
    if target.contexts or target.separate or len(path) > DEEPEST or not _is_plain(target, path[-1]):
        return None
    for name in ("Unusual", "table", "pairs", "name_of", "first_there"):
        source.names[name] = getattr(runtime, name)
    source.names["dumps"], source.names["SIMPLE"] = orjson.dumps, SIMPLE
    name = f"collect_{target.part}"
    with source.block(f"def {name}(roots, entities, indexes, clean):"):
        for part in sorted({part for position in path for part in position.attached} & plan.entity_parts):
            source.add(f"indexes{part}, items{part} = table(entities, {part})")
        source.add("found, seen = [], {}")
        _Collecting(source, plan, target, decisions).walk(path, Shares())
        source.add("return found")
    return name


def _path(plan: Plan, number: int) -> Sequence[Position]:
    position = plan.positions[number]
    return (position,) if position.parent is None else (*_path(plan, position.parent), position)


def _is_plain(target: Target, position: Position) -> bool:
    """Whether representations are made of leaves only, the same for all concrete types that share one."""
    fields = [field for each in target.representations for field in each.fields]
    return all(field.position is None and (field.types is None or not position.typename) for field in fields)


class _Collecting:
    """Adds the loops over positions, and in the innermost what is made of an object."""

    def __init__(self, source: Source, plan: Plan, target: Target, decisions: Mapping[Guard, bool]) -> None:
        self._source = source
        self._plan = plan
        self._target = target
        self._decisions = decisions

    def walk(self, path: Sequence[Position], shares: Shares) -> None:
        """Add what is done at the first position of the path, with the shares its objects are found with."""
        position, *below = path
        if not below:
            attach(self._source, self._plan, position, shares, self._wanted(position))
            self._objects(position, shares)
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
                self.walk(below, Shares(names, set(parts)))
        elif parts:
            with self._source.block(f"for {', '.join(names.values())} in pairs({', '.join(values)}):"):
                self.walk(below, Shares(names))

    def _see_that_it_is_an_object(self, name: str) -> None:
        with self._source.block(f"if {name}.__class__ is not dict:"):
            self._source.add(f"if {name} is None: continue")
            self._source.add("raise Unusual")

    def _wanted(self, position: Position) -> set[int]:
        fields = [field for each in self._target.representations for field in each.fields]
        return {*position.typename, *(part for field in fields for part in field.sources)}

    def _objects(self, position: Position, shares: Shares) -> None:
        if not position.typename:
            for each in self._target.representations:
                if each.types is None or position.type in each.types:
                    self._representation(each, repr(position.type), position.type, shares)
                    return
            self._source.add("pass")
            return
        told = ", ".join(shares.names[part] for part in shares.of(position.typename))
        self._source.add(f"name = name_of({told})")
        for each in self._target.representations:
            types = "True" if each.types is None else f"name in {set(each.types)!r}"
            with self._source.block(f"if {types}:"):
                self._representation(each, "name", None, shares)
                self._source.add("continue")

    def _representation(
        self, representation: Representation, name: str, type_: str | None, shares: Shares
    ) -> None:
        typename = name if representation.typename is None else repr(representation.typename)
        members, values = [f"'__typename': {typename}"], list[str]()
        for field in representation.fields:
            if field.types is not None and type_ not in field.types:
                continue
            if self._decisions[field.guard]:
                value = f"k{len(values)}"
                self._value(field, value, shares)
                members.append(f"{field.name!r}: {value}")
                values.append(value)
            elif field.required:
                self._source.add("raise Unusual")
        self._ask(typename, members, values, shares)

    def _value(self, field: RepresentationField, value: str, shares: Shares) -> None:
        parts = shares.of(field.sources)
        if len(parts) == 1:
            self._source.add(f"{value} = {shares.value(parts[0], field.key, strict=False)}")
        else:
            given = ", ".join([repr(field.key), *(shares.names[part] for part in parts)])
            self._source.add(f"{value} = first_there({given})")
        unless = " and not clean" if field.nullable and not field.required else ""
        self._source.add(f"if {value} is None{unless}: raise Unusual")

    def _ask(self, typename: str, members: Sequence[str], values: Sequence[str], shares: Shares) -> None:
        together = ", ".join((typename, *values))
        if values:
            simple = " and ".join(f"{value}.__class__ in SIMPLE" for value in values)
            self._source.add(f"key = ({together}) if {simple} else dumps(({together}))")
        else:
            self._source.add(f"key = ({together},)")
        self._source.add("index = seen.get(key)")
        with self._source.block("if index is None:"):
            self._source.add("index = seen[key] = len(found)")
            self._source.add(f"found.append({{{', '.join(members)}}})")
        for part, name in shares.names.items():
            unless = "" if part in shares.sure else f"if {name} is not None: "
            self._source.add(f"{unless}indexes[id({name})] = index")
