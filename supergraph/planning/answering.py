"""Answering: from which call what is needed of objects is taken, and what else the call needs for that.

To enter a subgraph takes a key, and what is required there, which are answered in their turn by an earlier step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from supergraph.model import NO_INPUTS, FieldSet, FragmentSelection, Inputs, SubgraphField
from supergraph.planning.confining import Confined
from supergraph.planning.errors import UnreachableFieldError
from supergraph.planning.graph import Kind
from supergraph.planning.parts import Call, FromContext, Input, Part, Served
from supergraph.planning.query_plan import Guard
from supergraph.planning.searching import Search
from supergraph.planning.sites import ANY, Arrival, Site, Want
from supergraph.planning.spots import Origin, Spot
from supergraph.planning.walking import Contexts


class Need(NamedTuple):
    """Of objects of which types something is needed, when, and by which step."""

    types: frozenset[str]
    guard: Guard
    by: int


class _Purpose(NamedTuple):
    """What inputs are taken for: the part that is entered with them, and whether there is no entering without."""

    part: Part
    guard: Guard
    by: int
    required: bool
    only: frozenset[str] = ANY


class TooEarlyError(Exception):
    """Objects were entered earlier than what their representations are made of is there; `not_before` has learnt it."""


NotBefore = dict[object, int]
"""By what is entered where, the step before which it proved to be too early."""


class Answering:
    """The parts of one planning within the chosen calls, as they are asked for more.

    With `not_before`, nothing is entered before the steps that it names, and what turns out to be too early is noted
    there, and raised as `TooEarlyError`: the same is to be settled once more then.
    """

    def __init__(self, search: Search, calls: int, steps: int, not_before: NotBefore | None = None) -> None:
        self.search = search
        self.calls = calls
        self.steps = steps
        self.not_before = not_before
        self.confined = Confined(search, calls, steps)
        self.made: dict[tuple[int, str, bool], Call] = {}
        self.served: dict[Site, Served] = defaultdict(Served)
        self._entered: dict[object, Part] = {}
        self._chosen: dict[object, Origin] = {}

    def home(self, site: Site, kind: Kind) -> Spot | None:
        """The spot that objects of this kind came with; None at a root, or where none of them comes."""
        origin = self.served[site].origin
        return site.spot_from(kind, origin) if origin else None

    def arrival(self, site: Site, kind: Kind) -> Arrival:
        """The objects of this kind as they arrive in this plan."""
        return site.arrival(kind, self.home(site, kind) if site.abstract else None)

    def first(
        self,
        arrival: Arrival,
        concrete: str,
        spot: Spot,
        field: SubgraphField | None,
        latest: int,
        contexts: Contexts = (),
    ) -> int:
        """The first step by which a spot gives the field (without one: the object) within the calls."""
        for step in range(1, latest + 1):
            ways = (
                self.confined.field(arrival, concrete, spot, field, step, contexts)
                if field
                else self.confined.standing(arrival, spot, step, contexts)
            )
            if ways:
                return step
        raise UnreachableFieldError((f"{concrete}.{field.name}" if field else concrete,))

    def answer(
        self, want: Want, spot: Spot, field: SubgraphField, need: Need, contexts: Contexts = ()
    ) -> Part:
        """The part in which a field is asked for from a spot; it knows the values of these contexts too."""
        inputs = field.inputs.and_of(contexts) if contexts else field.inputs
        if inputs is NO_INPUTS or spot.origins:
            part = self.stand(want.site, want.kind, spot, need, inputs.contexts)
        else:
            arrival = self.arrival(want.site, want.kind)
            at = self.first(arrival, want.sample, spot, field, need.by, contexts)
            part = self._enter_at(at, want.site, want.kind, spot, need, inputs)
        part.ask(want, need.types, need.guard)
        return part

    def stand(self, site: Site, kind: Kind, spot: Spot, need: Need, contexts: Contexts = ()) -> Part:
        """The part in which objects stand at a spot; it knows the values of these contexts."""
        if spot.origins and site.want:
            return self._stand_embedded(site, site.want, spot, need, contexts)
        arrival = self.arrival(site, kind)
        at = self.first(arrival, kind.sample, spot, None, need.by, contexts)
        if spot.root:
            part = self._part(site, spot, at, NO_INPUTS)
            part.add_guard(need.guard)
            if site.want:
                part.uses[self.served[site].home] = None
            return part
        return self._enter_at(at, site, kind, spot, need, NO_INPUTS.and_of(contexts))

    def _stand_embedded(self, site: Site, want: Want, spot: Spot, need: Need, contexts: Contexts) -> Part:
        served = self.served[site]
        memo = (spot, need.guard, contexts)
        stood = served.stood.get(memo)
        if stood and stood.call.step <= need.by:
            return stood
        parent, field = self._origin(site, want, spot, need.by, contexts)
        above = Need(want.types, need.guard, need.by)
        part = self.answer(want, parent, field, above, contexts)
        served.embedded.setdefault(part, None)
        served.stood[memo] = part
        return part

    def _origin(self, site: Site, want: Want, spot: Spot, by: int, contexts: Contexts) -> Origin:
        """The spot of the parent's site to come from: the one chosen for the objects, else an early one."""
        chosen = self.served[site].origin
        possible = (origin for origin in spot.origins if self.confined.via(want, *origin, by, contexts))
        return preferred(want, possible, lambda origin: (origin[0] is not chosen, not origin[0].origins))

    def _part(self, site: Site, spot: Spot, step: int, inputs: Inputs) -> Part:
        identity = (step, spot.subgraph, spot.root)
        call = self.made.setdefault(identity, Call(*identity))
        return call.part(site, spot.hidden_by or (site.type if spot.root else ""), inputs)

    def _enter_at(self, at: int, site: Site, kind: Kind, spot: Spot, need: Need, inputs: Inputs) -> Part:
        """The part of an entity call at a step, or at a later one where that is known to be too early."""
        if self.not_before is None:
            return self._enter(site, kind, spot, need._replace(by=at), inputs)
        entered = (site.id, kind, spot, inputs)
        at = max(at, self.not_before.get(entered, 0))
        if at > need.by:
            raise UnreachableFieldError((kind.sample,))
        try:
            return self._enter(site, kind, spot, need._replace(by=at), inputs)
        except UnreachableFieldError:
            if at == need.by:
                raise
            self.not_before[entered] = at + 1
            raise TooEarlyError from None

    def _enter(self, site: Site, kind: Kind, spot: Spot, need: Need, inputs: Inputs) -> Part:
        """The part of an entity call at the step of the need, with what its representations are made of."""
        memo = (site, kind, spot, need, inputs, self.served[site].origin)
        if memo not in self._entered:
            self._entered[memo] = self._newly_entered(site, kind, spot, need, inputs)
        return self._entered[memo]

    def _newly_entered(self, site: Site, kind: Kind, spot: Spot, need: Need, inputs: Inputs) -> Part:
        arrival = self.arrival(site, kind)
        part = self._part(site, spot, need.by, inputs)
        part.add_guard(need.guard)
        home = self.served[site].home
        if home.call.step < need.by:  # else the objects came earlier, with what a key is taken of
            part.uses[home] = None
        before = need._replace(by=need.by - 1)
        typename, key = self._key(arrival, spot, before.by)
        if inputs.only_of or self.confined.depends_on_type(site, typename):
            part.uses[self.typename(site, kind, before)] = None
        represented = {concrete: part.represent(concrete, typename) for concrete in sorted(need.types)}
        keyed = [concrete for concrete, each in represented.items() if each.typename == typename]
        purpose = _Purpose(part, need.guard, before.by, required=True)
        for concrete, taken in self._take(purpose, site, keyed, key):
            represented[concrete].add([taken])
        purpose = _Purpose(part, need.guard, before.by, required=False, only=inputs.only_of)
        for concrete, taken in self._take(purpose, site, represented, inputs.requires):
            represented[concrete].add([taken])
        hidden = arrival.home is None or arrival.home.hidden_by
        if not hidden and any(part.is_told_apart(concrete) for concrete in need.types):
            part.uses[self.typename(site, kind, before)] = None
        for each in part.contexts:
            purpose = _Purpose(part, need.guard, before.by, required=each.required)
            self._take_from_context(purpose, each, site.contexts[each.argument.context])
        return part

    def _key(self, arrival: Arrival, spot: Spot, by: int) -> tuple[str, FieldSet]:
        """The key to enter with: of those that can be had by a step, the one that is there first."""
        keys = self.confined.keys(arrival, spot)
        possible = [each for each in keys if self.confined.key(arrival, *each, by)]
        if len(possible) == 1:
            return possible[0]
        steps = range(1, by + 1)
        return min(
            possible,
            key=lambda each: next(step for step in steps if self.confined.key(arrival, *each, step)),
        )

    def _take_from_context(self, purpose: _Purpose, made: FromContext, setting: Want) -> None:
        """Take a context's value of the objects that set it: those that have the field that leads here."""
        arrival = self.arrival(made.site, setting.kind)
        selection = made.argument.selection
        if made.site.abstract and not self.confined.is_alike(arrival.home, selection):
            need = Need(setting.kind.types, purpose.guard, purpose.by)
            purpose.part.uses[self.typename(made.site, setting.kind, need)] = None
        for concrete, taken in self._take(purpose, made.site, sorted(setting.types), selection):
            made.add(concrete, [taken])

    def typename(self, site: Site, kind: Kind, need: Need) -> Part:
        """The part that tells the concrete type of objects of a kind."""
        arrival = self.arrival(site, kind)
        home = self.home(site, kind)
        spot = min(
            (
                spot
                for spot in arrival.spots
                if not spot.hidden_by and self.confined.standing(arrival, spot, need.by)
            ),
            key=lambda spot: (
                spot is not home,
                self.first(arrival, kind.sample, spot, None, need.by),
            ),
        )
        part = self.stand(site, kind, spot, need._replace(types=kind.types))
        part.ask_typename(site, need.guard)
        self.served[site].typenames[part] = None
        return part

    def _take(
        self, purpose: _Purpose, site: Site, types: Collection[str], fields: FieldSet
    ) -> Iterator[tuple[str, Input]]:
        """Take a field set of objects of these types, as inputs of representations, each with its type.

        What types want alike is asked for once for all of them.
        """
        for selection in fields:
            if isinstance(selection, FragmentSelection):
                possible = self.confined.graph.possible(selection.type_condition)
                inside = [concrete for concrete in types if concrete in possible]
                yield from self._take(purpose, site, inside, selection.selections)
            elif selection.name == "__typename":
                for concrete in types:
                    yield concrete, self._take_typename(purpose, site, concrete)
            else:
                for want, alike in site.wants_of(types, selection).items():
                    yield from self._take_field(purpose, want, alike, selection.selections)

    def _take_typename(self, purpose: _Purpose, site: Site, concrete: str) -> Input:
        kind = site.kind_of(concrete)
        part = self.typename(site, kind, Need(kind.types, purpose.guard, purpose.by))
        purpose.part.uses[part] = None
        return Input("__typename", "__typename", part, purpose.guard, required=False)

    def _take_field(
        self, purpose: _Purpose, want: Want, types: list[str], below: FieldSet
    ) -> Iterator[tuple[str, Input]]:
        spot, field = self._source(want, below, purpose)
        source = self.answer(want, spot, field, Need(frozenset(types), purpose.guard, purpose.by))
        purpose.part.uses[source] = None
        for concrete in types:
            made = Input(
                want.name,
                want.key,
                source,
                purpose.guard,
                required=purpose.required,
                nullable=not field.type.endswith("!"),
                site=want.child,
            )
            if want.child:
                self._take_below(purpose, made, spot, below)
            yield concrete, made

    def _source(self, want: Want, below: FieldSet, purpose: _Purpose) -> Origin:
        by, only = purpose.by, ANY if below else purpose.only
        origins = (self.served[want.site].origin, want.child and self.served[want.child].origin)
        memo = (want, below, by, only, origins)
        if memo not in self._chosen:
            sources = self._sources(want, below, by, only)
            self._chosen[memo] = preferred(
                want, sources, lambda source: self._source_preference(want, *source, by)
            )
        return self._chosen[memo]

    def _sources(self, want: Want, below: FieldSet, by: int, only: frozenset[str]) -> Iterator[Origin]:
        arrival = self.arrival(want.site, want.kind)
        for spot, field in arrival.offers(want.sample, want.name, only):
            if self.confined.field(arrival, want.sample, spot, field, by) and (
                not below or self.confined.below(want, spot, below, by)
            ):
                yield spot, field

    def _source_preference(self, want: Want, spot: Spot, field: SubgraphField, by: int) -> tuple[int, ...]:
        chosen = want.child is not None and self.served[want.child].origin is spot
        local = spot is self.home(want.site, want.kind)
        step = self.first(self.arrival(want.site, want.kind), want.sample, spot, field, by)
        return (not chosen, not local, step)

    def _take_below(self, purpose: _Purpose, made: Input, origin: Spot, fields: FieldSet) -> None:
        child = made.site
        if child is None:
            return
        self.served[child].embedded.setdefault(made.source, None)
        if self.served[child].origin is None:
            self.served[child].origin = origin
        for kind in child.kinds:
            home = child.spot_from(kind, origin)
            types = sorted(kind.types) if home else []
            if child.abstract and not self.confined.is_alike(home, fields):
                for concrete in types:
                    made.add(concrete, [self._take_typename(purpose, child, concrete)])
            for concrete, taken in self._take(purpose, child, types, fields):
                made.add(concrete, [taken])


def preferred(
    want: Want, choices: Iterable[Origin], preference: Callable[[Origin], tuple[int, ...]]
) -> Origin:
    """The choice that is preferred. That there is none happens only where the search took objects of an abstract
    type to have come from a home that they do not have in this plan.
    """
    possible = list(choices)
    if not possible:
        raise UnreachableFieldError((f"{want.sample}.{want.name}",))
    return possible[0] if len(possible) == 1 else min(possible, key=preference)
