"""Assembling: numbers for fetches, parts and positions, and the plan of them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from supergraph.planning.denials import Denials
from supergraph.planning.documents import Documents
from supergraph.planning.explaining import explanations, withheld
from supergraph.planning.guards import NEVER, either
from supergraph.planning.operation import Operation, Selections
from supergraph.planning.parts import Call, Input, Part, Served
from supergraph.planning.query_plan import (
    Choice,
    ContextVariable,
    Fetch,
    FieldShape,
    Guard,
    ObjectShape,
    OperationKind,
    Position,
    QueryPlan,
    Representation,
    RepresentationField,
    Target,
)
from supergraph.planning.settling import Settlement
from supergraph.planning.shaping import Shaping
from supergraph.planning.sites import Site


@dataclass(frozen=True, slots=True)
class Stage:
    """Root fields that are planned together: all of a query's, one after the other of a mutation's."""

    selections: Selections
    root: Site
    settlement: Settlement


def assemble(
    operation: Operation, stages: list[Stage], denials: Denials, documents: Documents, *, explained: bool
) -> QueryPlan:
    """The query plan of the stages; the fetches of each come after those of the stage before."""
    assembly = _Assembly(operation, stages)
    for stage in stages:
        assembly.add_fetches(stage, documents)
    made = QueryPlan(
        kind=operation.kind,
        fetches=tuple(assembly.fetches),
        positions=tuple(assembly.positions()),
        shape=assembly.shape(denials),
        introspection=operation.introspection,
    )
    return replace(made, choices=tuple(assembly.choices(made))) if explained else made


class _Assembly:
    def __init__(self, operation: Operation, stages: list[Stage]) -> None:
        self.operation = operation
        self.stages = stages
        self.fetches: list[Fetch] = []
        self.fetch_of: dict[Part, int] = {}
        self.parts: dict[Part, int] = {}
        self.sites: dict[Site, int] = {stage.root: 0 for stage in stages}
        self.served: dict[Site, Served] = {}
        for stage in stages:
            self._number(stage)

    def _number(self, stage: Stage) -> None:
        for site, served in sorted(stage.settlement.served.items(), key=lambda item: item[0].id):
            self.served[site] = served
            if site.want and served.embedded:
                self.sites[site] = len(self.sites) - len(self.stages) + 1
        for part in _parts_in_order(stage.settlement.made.values()):
            self.parts[part] = len(self.parts)

    def add_fetches(self, stage: Stage, documents: Documents) -> None:
        before = frozenset(range(len(self.fetches)))
        separate = frozenset(_below_contexts(stage.settlement.made.values()))
        for call in sorted(
            stage.settlement.made.values(), key=lambda call: (call.step, call.subgraph, call.root)
        ):
            if call.root:
                for part in call.all_parts():
                    self._add_root(part, before, documents)
            else:
                self._add_entities(call, before, separate, documents)

    def _add_root(self, part: Part, before: frozenset[int], documents: Documents) -> None:
        number = len(self.fetches)
        kind = self.operation.kind if part.site.want is None else OperationKind.QUERY
        document = documents.root(part, kind, number)
        self.fetch_of[part] = number
        self.fetches.append(
            Fetch(
                id=number,
                subgraph=part.call.subgraph,
                kind=kind,
                document=document.text,
                variables=document.variables,
                after=before | self._after([part]),
                part=self.parts[part],
                guard=part.guard,
            )
        )

    def _add_entities(
        self, call: Call, before: frozenset[int], separate: frozenset[Site], documents: Documents
    ) -> None:
        number = len(self.fetches)
        parts = call.all_parts()
        document = documents.entities(call, parts, number)
        targets: list[Target] = []
        guard: Guard = NEVER
        for part in parts:
            self.fetch_of[part] = number
            guard = either(guard, part.guard)
            targets.append(
                Target(
                    part=self.parts[part],
                    position=self.sites[part.site],
                    alias=document.aliases[part][0],
                    variable=document.aliases[part][1],
                    representations=tuple(self._representations(part)),
                    guard=part.guard,
                    contexts=tuple(self._contexts(part, document.contexts[part])),
                    separate=part.site in separate,
                )
            )
        self.fetches.append(
            Fetch(
                id=number,
                subgraph=call.subgraph,
                kind=OperationKind.QUERY,
                document=document.text,
                variables=document.variables,
                after=before | self._after(parts),
                targets=tuple(targets),
                guard=guard,
            )
        )

    def _after(self, parts: Iterable[Part]) -> frozenset[int]:
        return frozenset(self.fetch_of[used] for part in parts for used in part.uses)

    def _representations(self, part: Part) -> Iterator[Representation]:
        """Types whose representations are made alike, together; one for all where the type is not known yet."""
        groups: dict[tuple[str | None, tuple[RepresentationField, ...]], set[str]] = {}
        for concrete, represented in part.represented.items():
            fields = tuple(self._input(each) for each in represented.inputs.values())
            groups.setdefault((represented.typename or None, fields), set()).add(concrete)
        known = not part.site.abstract or any(
            told.call.step < part.call.step for told in self.served[part.site].typenames
        )
        for (typename, fields), types in groups.items():
            yield Representation(frozenset(types) if known else None, typename, fields)

    def _contexts(self, part: Part, variables: Iterable[str]) -> Iterator[ContextVariable]:
        for name, made in zip(variables, part.contexts, strict=True):
            fields = tuple(self._by_type(made.fields))
            yield ContextVariable(name, self.sites[made.site], fields, made.required)

    def _input(self, made: Input) -> RepresentationField:
        return RepresentationField(
            name=made.name,
            key=made.key,
            sources=(self.parts[made.source],),
            required=made.required,
            position=self.sites[made.site] if made.site else None,
            fields=tuple(self._by_type(made.fields)),
            guard=made.guard,
            nullable=made.nullable,
        )

    def _by_type(self, inputs_of: Mapping[str, Mapping[str, Input]]) -> Iterator[RepresentationField]:
        """What to take of objects by their type: together for all types that give it alike."""
        groups: dict[RepresentationField, set[str]] = {}
        for concrete, inputs in inputs_of.items():
            for each in inputs.values():
                groups.setdefault(self._input(each), set()).add(concrete)
        for field, types in groups.items():
            if len(types) == len(inputs_of):
                yield field
            else:
                yield RepresentationField(
                    field.name,
                    field.key,
                    field.sources,
                    field.required,
                    field.position,
                    field.fields,
                    frozenset(types),
                    field.guard,
                    field.nullable,
                )

    def positions(self) -> Iterator[Position]:
        attached: dict[Site, list[int]] = {}
        for part, number in self.parts.items():
            attached.setdefault(part.site, []).append(number)
        roots = tuple(number for stage in self.stages for number in attached.get(stage.root, ()))
        yield Position(0, None, "", self.stages[0].root.type, attached=roots)
        for site, number in self.sites.items():
            if site.want:
                served = self.served[site]
                yield Position(
                    id=number,
                    parent=self.sites[site.want.site],
                    key=site.want.key,
                    type=site.type,
                    embedded=tuple(self.parts[part] for part in served.embedded),
                    attached=tuple(attached.get(site, ())),
                    typename=tuple(self.parts[part] for part in served.typenames),
                )

    def choices(self, made: QueryPlan) -> Iterator[Choice]:
        """Why the plan is as it is, stage by stage; then what is withheld."""
        before = 0
        for stage in self.stages:
            yield from explanations(stage.settlement, self.fetch_of, before)
            fetches = {
                self.fetch_of[part] for call in stage.settlement.made.values() for part in call.all_parts()
            }
            before = max((made.depths[fetch] for fetch in fetches), default=before)
        yield from withheld(made.shape)

    def shape(self, denials: Denials) -> ObjectShape:
        """The shape of the whole response: the fields of all stages, in the client's order."""
        concrete = self.operation.selections.type
        shapes: list[FieldShape | None] = []
        for stage in self.stages:
            shaping = Shaping(stage.settlement, denials, self.parts, self.sites)
            places = stage.selections.places(concrete)
            shapes += (shaping.field(stage.root, concrete, place) for place in places)
        return ObjectShape(0, {concrete: tuple(shape for shape in shapes if shape)})


def _below_contexts(calls: Iterable[Call]) -> Iterator[Site]:
    """The sites from objects that set a context down to those that read it."""
    for call in calls:
        for part in call.all_parts():
            for made in part.contexts:
                site = part.site
                yield site
                while site is not made.site and site.want:
                    site = site.want.site
                    yield site


def _parts_in_order(calls: Iterable[Call]) -> Iterator[Part]:
    for call in sorted(calls, key=lambda call: (call.step, call.subgraph, call.root)):
        yield from call.all_parts()
