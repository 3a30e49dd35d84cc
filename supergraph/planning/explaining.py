"""Explaining: why each field is fetched where it is, and what it would have cost elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce

from supergraph.model import FieldSelection, FieldSet
from supergraph.planning.candidates import Candidates
from supergraph.planning.guards import NEVER, either
from supergraph.planning.parts import Asked, FromContext, Input, Part
from supergraph.planning.query_plan import Choice, Collected, Guard, ObjectShape
from supergraph.planning.settling import Settlement
from supergraph.planning.sites import Site, Want


def explanations(settlement: Settlement, fetch_of: Mapping[Part, int], before: int) -> Iterator[Choice]:
    """The choices of one settlement, parents before their children; its first step comes after `before` others."""
    return _together(_Explaining(settlement, fetch_of, before).choices())


def withheld(shape: ObjectShape) -> Iterator[Choice]:
    """The fields of a response that are withheld from the caller."""
    return _together(_withheld(shape, (), set()))


def _withheld(shape: ObjectShape, path: tuple[str, ...], seen: set[int]) -> Iterator[Choice]:
    """Types of objects share the shapes below them where they can; each is looked at once."""
    if id(shape) in seen:
        return
    seen.add(id(shape))
    for type_, fields in shape.fields.items():
        for field in fields:
            here = (*path, field.key or field.name)
            if field.denied:
                yield Choice(here, (f"{type_}.{field.name}",), denied=field.denied, guard=field.guard)
            elif field.shape:
                yield from _withheld(field.shape, here, seen)


def _together(choices: Iterable[Choice]) -> Iterator[Choice]:
    """The choices, with one for all types of objects for which it is the same."""
    coordinates: dict[Choice, list[str]] = {}
    for choice in choices:
        coordinates.setdefault(replace(choice, coordinates=()), []).extend(choice.coordinates)
    for choice, named in coordinates.items():
        yield replace(choice, coordinates=tuple(dict.fromkeys(named)))


class _Explaining:
    def __init__(self, settlement: Settlement, fetch_of: Mapping[Part, int], before: int) -> None:
        self.settlement = settlement
        self.graph = settlement.search.graph
        self.fetch_of = fetch_of
        self.before = before
        self.candidates = Candidates(settlement, before)

    def choices(self) -> Iterator[Choice]:
        """What is wanted by the client, and what is fetched for its sake, site by site."""
        required = self._required()
        for site in sorted(self.settlement.served, key=lambda site: site.id):
            for want in (want for wants in site.wants.values() for want in wants):
                sources = self.settlement.served[site].sources.get((want, want.sample), {})
                for part in sources:
                    yield self._choice(want, part, want.types, want.guard)
                if want.guard and not sources and (unaware := self._disputing(want)):
                    yield Choice(_path(site, want), _coordinates(want, want.types), unaware=unaware)
                for part, wanted_by in required.get(want, {}).items():
                    if part not in sources:
                        guards = part.asked[site][want.key].guards
                        yield self._choice(
                            want, part, guards, reduce(either, guards.values(), NEVER), wanted_by
                        )

    def _choice(
        self, want: Want, part: Part, types: Iterable[str], guard: Guard, required_by: Iterable[str] = ()
    ) -> Choice:
        represented = part.represented.get(want.sample) if part.site is want.site else None
        inputs = tuple(represented.inputs.values()) if represented else ()
        needed = set(_names(self._requires(want, part))) if inputs else set[str]()
        return Choice(
            path=_path(want.site, want),
            coordinates=_coordinates(want, types),
            subgraph=part.call.subgraph,
            fetch=self.fetch_of[part],
            step=self.before + part.call.step,
            key=tuple(self._collected(each for each in inputs if each.required)),
            requires=tuple(self._collected(each for each in inputs if each.name in needed)),
            contexts=tuple(self._from_contexts(want, part)),
            required_by=tuple(required_by),
            typed_by=tuple(self._typed_by(part)) if inputs else (),
            interface_object=self._interface_object(want, part),
            provided=self._is_provided(want, part),
            guard=guard,
            candidates=tuple(self.candidates.of(want, part.call.subgraph)),
        )

    def _typed_by(self, part: Part) -> Iterator[int]:
        """The fetches that tell the types of a part's objects, where it waits for them to know of which to ask."""
        for told in self.settlement.served[part.site].typenames:
            if told in part.uses and told is not self.settlement.served[part.site].home:
                yield self.fetch_of[told]

    def _disputing(self, want: Want) -> tuple[str, ...]:
        """Who has it that there are no such objects; nobody, where none can come at all."""
        if self.settlement.home(want.site, want.kind) is None:
            return ()
        return self.settlement.unaware(want.site, want.kind)

    def _interface_object(self, want: Want, part: Part) -> str:
        """The `@interfaceObject` as which the subgraph has the field's objects; empty where it is none."""
        if part.site is want.site:
            return "" if part.call.root else part.type
        home = self.settlement.home(want.site, want.kind)
        return home.hidden_by if home and home.subgraph == part.call.subgraph else ""

    def _known_as(self, want: Want, part: Part) -> str:
        return self._interface_object(want, part) or want.sample

    def _requires(self, want: Want, part: Part) -> FieldSet:
        known = self.graph.field(part.call.subgraph, self._known_as(want, part), want.name)
        return known.requires if known else ()

    def _is_provided(self, want: Want, part: Part) -> bool:
        return self.graph.resolved(part.call.subgraph, self._known_as(want, part), want.name) is None

    def _collected(self, inputs: Iterable[Input]) -> Iterator[Collected]:
        """Inputs of representations, together where they are of one fetch."""
        printed: dict[int, list[str]] = {}
        for each in inputs:
            printed.setdefault(self.fetch_of[each.source], []).append(_printed(each))
        for fetch, fields in printed.items():
            yield Collected(" ".join(fields), fetch)

    def _required(self) -> dict[Want, dict[Part, dict[str, None]]]:
        """What is taken for `@requires`: from which parts, for which fields."""
        found: dict[Want, dict[Part, dict[str, None]]] = {}
        for call in self.settlement.made.values():
            for part in call.all_parts():
                for asked in (each for by_key in part.asked.values() for each in by_key.values()):
                    for taken, source, coordinate in self._taken_for(asked, part):
                        found.setdefault(taken, {}).setdefault(source, {})[coordinate] = None
        return found

    def _taken_for(self, asked: Asked, part: Part) -> Iterator[tuple[Want, Part, str]]:
        """What a field requires, the part that it is taken from, and the field's coordinate."""
        want = asked.want
        names = set(_names(self._requires(want, part))) if want.site is part.site else set[str]()
        contexts = self._contexts_of(want, part)
        for concrete in sorted(asked.guards) if names or contexts else ():
            represented = part.represented.get(concrete) if names else None
            inputs = represented.inputs.values() if represented else ()
            needed = [(part.site, each) for each in inputs if each.name in names]
            needed += [(made.site, each) for made in contexts for each in _inputs(made)]
            for site, each in needed:
                taken = each.source.asked.get(site, {}).get(each.key)
                if taken:
                    yield taken.want, each.source, f"{concrete}.{want.name}"

    def _contexts_of(self, want: Want, part: Part) -> list[FromContext]:
        """Those of a part's contexts that a field takes something from."""
        known = self.graph.field(part.call.subgraph, self._known_as(want, part), want.name)
        return [made for made in part.contexts if known and made.argument in known.context_arguments]

    def _from_contexts(self, want: Want, part: Part) -> Iterator[Collected]:
        """The values that a field takes from contexts."""
        for made in self._contexts_of(want, part):
            name = made.argument.context.removeprefix(f"{part.call.subgraph}__")
            for each in self._collected(_inputs(made)):
                yield Collected(f"${name} {{ {each.fields} }}", each.fetch)


def _inputs(made: FromContext) -> list[Input]:
    """What is taken of the objects that set a context, of whichever type."""
    return list({each.name: each for inputs in made.fields.values() for each in inputs.values()}.values())


def _path(site: Site, want: Want) -> tuple[str, ...]:
    keys = [want.key]
    while site.want:
        keys.append(site.want.key)
        site = site.want.site
    return tuple(reversed(keys))


def _coordinates(want: Want, types: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{type_}.{want.name}" for type_ in sorted(types))


def _names(fields: FieldSet) -> Iterator[str]:
    """The names of the fields at the top of a field set."""
    for selection in fields:
        if isinstance(selection, FieldSelection):
            yield selection.name
        else:
            yield from _names(selection.selections)


def _printed(each: Input) -> str:
    below = {inner.name: inner for inputs in each.fields.values() for inner in inputs.values()}
    return f"{each.name} {{ {' '.join(map(_printed, below.values()))} }}" if below else each.name
