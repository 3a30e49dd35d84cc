"""The functions that collect representations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import orjson

from supergraph.execution.compiled import runtime
from supergraph.execution.compiled.keys import Extension, Keys
from supergraph.execution.compiled.positions import Plan, Shares
from supergraph.execution.compiled.source import Source
from supergraph.execution.compiled.walks import Walks
from supergraph.planning.query_plan import Guard, Position, Representation, RepresentationField, Target

DEEPEST = 15
"""Python takes twenty loops in each other."""

SIMPLE = frozenset({str, int, type(None)})
"""Two values of these types are equal where their JSON is; others are compared as JSON."""


class Collecting:
    """Adds the functions of a plan's targets, which stand in the order of their fetches."""

    def __init__(
        self,
        source: Source,
        plan: Plan,
        keys: Keys,
        targets: Sequence[Target],
        decisions: Mapping[Guard, bool],
    ) -> None:
        self._source = source
        self._plan = plan
        self._keys = keys
        self._decisions = decisions
        self._walks = Walks(source, plan)
        places = {plan.positions[target.position] for target in targets}
        for position in sorted(places, key=lambda place: (plan.depth(place), place.id)):
            self._walks.share(position)
        for name in ("Unusual", "name_of", "first_there"):
            source.names[name] = getattr(runtime, name)
        source.names["dumps"], source.names["SIMPLE"] = orjson.dumps, SIMPLE

    def add(self, target: Target) -> str | None:
        """Add `collect_N(roots, entities, clean, at, asked)` for a target, and give its name; None where it cannot be.

        The function gives the distinct representations, and by the identities of objects which of them each asked
        for. `at` keeps the objects that are found, by their positions, and `asked` has the representations so far, by
        part.
        """
        position = self._plan.positions[target.position]
        if target.contexts or target.separate or not _is_plain(target, position):
            return None
        if self._plan.depth(position) > DEEPEST:
            return None
        name = f"collect_{target.part}"
        extension = self._keys.add(target)
        with self._source.block(f"def {name}(roots, entities, clean, at, asked):"):
            if extension is not None:
                self._extend(extension)
            self._source.add("found, seen, indexes = [], {}, {}")
            self._walks.visit(position, _Ask(self._source, target, self._decisions))
            self._source.add("return found, indexes")
        return name

    def _extend(self, extension: Extension) -> None:
        """Go through the entities of the target before, which are fewer than the objects."""
        before = extension.before
        self._source.add(f"before = asked.get({before})")
        if not extension.others:
            with self._source.block("if before is not None:"):
                members = self._members(extension)
                self._source.add(f"return [{{{members}}} for own in before], entities[{before}].indexes")
            return
        with self._source.block(f"if before is not None and len(entities[{before}].items) >= len(before):"):
            self._source.add(f"found, indexes = [], entities[{before}].indexes")
            with self._source.block(
                f"for index, (own, other) in enumerate(zip(before, entities[{before}].items)):"
            ):
                self._see_others(extension)
                self._source.add(f"found.append({{{self._members(extension)}}})")
                self._source.add("if other is not None: indexes[id(other)] = index")
            self._source.add("return found, indexes")

    def _see_others(self, extension: Extension) -> None:
        for number, field in enumerate(extension.fields):
            if field.name in extension.others:
                self._source.add(f"k{number} = None if other is None else other.get({field.key!r})")
                self._source.add(f"if k{number} is None{_unless(field)}: raise Unusual")

    def _members(self, extension: Extension) -> str:
        members = [f"'__typename': {extension.typename!r}"]
        for number, field in enumerate(extension.fields):
            own = (
                f"own[{extension.names[field.key]!r}]" if field.name not in extension.others else f"k{number}"
            )
            members.append(f"{field.name!r}: {own}")
        return ", ".join(members)


def _is_plain(target: Target, position: Position) -> bool:
    """Whether representations are made of leaves only, the same for all concrete types that share one."""
    fields = [field for each in target.representations for field in each.fields]
    return all(field.position is None and (field.types is None or not position.typename) for field in fields)


def _of_any_type(target: Target) -> Representation | None:
    """Give the representation of all objects, whose concrete types need not be known: those of an interface."""
    first, *_ = target.representations
    return first if first.types is None and first.typename is not None else None


def _unless(field: RepresentationField) -> str:
    """When null may stand in a representation, as the end of a condition."""
    return " and not clean" if field.nullable and not field.required else ""


class _Ask:
    """Asks for each object: makes its representation, and notes which one it is."""

    def __init__(self, source: Source, target: Target, decisions: Mapping[Guard, bool]) -> None:
        self._source = source
        self._target = target
        self._decisions = decisions
        self._of_any_type = _of_any_type(target)
        self._of_several_types = False

    def wanted(self, position: Position) -> Collection[int]:
        fields = [field for each in self._target.representations for field in each.fields]
        telling = () if self._of_any_type else position.typename
        return {*telling, *(part for field in fields for part in field.sources)}

    def add(self, position: Position, shares: Shares) -> None:
        if self._of_any_type is not None:
            self._representation(self._of_any_type, repr(None), None, shares)
            return
        if not position.typename:
            for each in self._target.representations:
                if each.types is None or position.type in each.types:
                    self._representation(each, repr(position.type), position.type, shares)
                    return
            self._source.add("pass")
            return
        self._of_several_types = True
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
        self._source.add(f"if {value} is None{_unless(field)}: raise Unusual")

    def _ask(self, typename: str, members: Sequence[str], values: Sequence[str], shares: Shares) -> None:
        self._source.add(f"key = {_seen_as(typename if self._of_several_types else '', values)}")
        self._source.add("index = seen.get(key)")
        with self._source.block("if index is None:"):
            self._source.add("index = seen[key] = len(found)")
            self._source.add(f"found.append({{{', '.join(members)}}})")
        for part, name in shares.names.items():
            unless = "" if part in shares.sure else f"if {name} is not None: "
            self._source.add(f"{unless}indexes[id({name})] = index")


def _seen_as(typename: str, values: Sequence[str]) -> str:
    """Give the expression of what is the same for objects that have one representation."""
    named = [*filter(None, [typename]), *values]
    together = named[0] if len(named) == 1 else f"({', '.join(named)})"
    simple = " and ".join(f"{value}.__class__ in SIMPLE" for value in values)
    return f"{together} if {simple} else dumps({together})" if values else together
