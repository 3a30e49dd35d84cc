"""Walking the subgraphs: what it takes to have each wanted field, by which step.

Everything is asked with a deadline, "by step n". A call at step n needs what its representations are made of by
step n-1, so every hop looks further back and the walk ends, however subgraphs lead to each other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from supergraph.model import (
    NO_INPUTS,
    ContextArgument,
    FieldSelection,
    FieldSet,
    FragmentSelection,
    Inputs,
    SubgraphField,
)
from supergraph.planning.graph import Kind
from supergraph.planning.sites import ANY, Arrival, Forest, Site, TypedKey, Want
from supergraph.planning.spots import Spot, is_leaf, offer
from supergraph.planning.ways import FREE, NO_WAY, Ways, Weighing

Contexts = tuple[ContextArgument, ...]

Demand = tuple[Arrival, Want | None, Spot | None]
"""A wanted field, or (None) the concrete type, of objects as they arrive, and the spot that they came with."""


class Walk(ABC):
    """The ways of one planning, remembered by place and deadline. What a call costs, subclasses say."""

    def __init__(self, forest: Forest) -> None:
        self.forest = forest
        self.graph = forest.graph
        self.weighing = Weighing()
        self._agreed: dict[tuple[Site, Kind, Spot], bool] = {}
        self._complete: dict[object, Ways] = {}
        self._standings: dict[tuple[Arrival, Spot, int, Contexts], Ways] = {}
        self._typenames: dict[tuple[Arrival, int], Ways] = {}
        self._fields: dict[tuple[Arrival, str, str, int, frozenset[str]], Ways] = {}
        self._obtained: dict[tuple[Arrival, str, FieldSet, int, frozenset[str]], Ways] = {}
        self._below: dict[tuple[Want, Spot, FieldSet, int], Ways] = {}

    @abstractmethod
    def begun(self, arrival: Arrival, spot: Spot, step: int) -> Ways:
        """The ways to call a subgraph at a root type, by a step."""

    @abstractmethod
    def entered(self, arrival: Arrival, concrete: str, spot: Spot, inputs: Inputs, step: int) -> Ways:
        """The ways to call a subgraph with a representation, and all other inputs of a field, by a step."""

    @abstractmethod
    def surely_stands(self, arrival: Arrival, spot: Spot) -> bool:
        """Whether every object here can be had from a spot, however long the way: over no key that may be null."""

    def is_agreed(self, site: Site, kind: Kind, origin: Spot | None) -> bool:
        """Whether all who share the field that leads to a site know its objects to be of this kind.

        Subgraphs share a field by `@shareable` or `@provides` alone, and both promise that each of them resolves
        it to the same value wherever it can be asked. So an object of a type that one of them does not know
        cannot be there; where it is, the promise is broken, and whoever is asked next may say something else. Such
        an object keeps the type that it came with, and its fields are disputed instead of true by chance.

        A graph that keeps the promise loses nothing by it, as only those count here who could answer in the
        chosen subgraph's place, for each object: they resolve the field at this place of the response (not the
        type's elsewhere), it is not moved away by an override, and the way to them leads over the same shared
        fields, or over keys that are never null. Nobody counts who only knows the field as `@external`.
        """
        if not (site.abstract and site.want and origin):
            return True
        memo = (site, kind, origin)
        if memo not in self._agreed:
            self._agreed[memo] = not any(True for _ in self.unaware(site, kind, origin))
        return self._agreed[memo]

    def unaware(self, site: Site, kind: Kind, origin: Spot | None) -> Iterator[str]:
        """The subgraphs that share the field that leads to a site, and know no objects of this kind there."""
        want = site.want
        if not (site.abstract and want and origin):
            return
        parents = want.site.arrival(want.kind, origin if origin.origins else None)
        for spot, _ in parents.offers(want.sample, want.name, want.only):
            if site.spot_from(kind, spot) is None and self.surely_stands(parents, spot):
                yield spot.subgraph

    def complete(self, site: Site, origin: Spot | None, step: int) -> Ways:
        """The ways to have all that is wanted at a site, of objects that came with `origin`.

        That is a spot of the parent's site. None stands for any: objects of an object type are the same from
        all of them, and what they lack in one they have in another, so it need not be decided here which.
        """
        memo = (site.structure, site.homes(origin), step)
        if memo not in self._complete:
            self._complete[memo] = self.weighing.all_of(
                self.demanded(demand, step) for demand in self.demands(site, origin)
            )
        return self._complete[memo]

    def demands(self, site: Site, origin: Spot | None) -> Iterator[Demand]:
        """All that is wanted at a site, of objects that came with `origin`."""
        for kind, wants in site.wants.items():
            home = site.spot_from(kind, origin) if origin else None
            if origin and home is None:
                continue
            arrival = site.arrival(kind, home)
            if site.typename_wanted and kind in site.kinds and not (home and not home.hidden_by):
                yield arrival, None, home
            alive = [want for want in wants if want.guard]
            if alive and self.is_agreed(site, kind, origin):
                for want in alive:
                    yield arrival, want, home

    def demanded(self, demand: Demand, step: int) -> Ways:
        """The ways to have what is demanded."""
        arrival, want, home = demand
        return self.want(arrival, want, home, step) if want else self.typename(arrival, step)

    def want(self, arrival: Arrival, want: Want, home: Spot | None, step: int) -> Ways:
        """The ways to have a wanted field, with all below it, of objects that came with `home`."""
        if want.child is None:
            if home and self.is_local(home, want):
                return FREE
            return self.anywhere(arrival, want.sample, want.name, step, want.only)
        return self._composite(arrival, want, want.child, home, step)

    def _composite(self, arrival: Arrival, want: Want, child: Site, home: Spot | None, step: int) -> Ways:
        if child.abstract:
            return self.weighing.either(self._by_home(arrival, want, child, home, step))
        if home and self.is_local(home, want):
            return self.complete(child, home, step)
        here = self.anywhere(arrival, want.sample, want.name, step, want.only)
        return self.weighing.both(here, self.complete(child, None, step)) if here else NO_WAY

    def _by_home(
        self, arrival: Arrival, want: Want, child: Site, home: Spot | None, step: int
    ) -> Iterator[Ways]:
        for spot, field in arrival.offers(want.sample, want.name, want.only):
            here = FREE if spot is home else self.field(arrival, want.sample, spot, field, step)
            ways = self.weighing.both(here, self.complete(child, spot, step)) if here else NO_WAY
            yield ways
            if ways == FREE:
                return

    def is_local(self, home: Spot, want: Want) -> bool:
        """Whether the field comes along with the object at no cost."""
        field = offer(self.graph, home, want.sample, want.name)
        if field is None or field.inputs is not NO_INPUTS:
            return False
        if not want.only:
            return True
        offers = want.site.arrival(want.kind, home).offers(want.sample, want.name, want.only)
        return any(spot is home for spot, _ in offers)

    def anywhere(
        self, arrival: Arrival, concrete: str, name: str, step: int, only: frozenset[str] = ANY
    ) -> Ways:
        """The ways to have a field from anywhere, what is below it aside; of these types alone if they are named."""
        memo = (arrival, concrete, name, step, only)
        if memo not in self._fields:
            self._fields[memo] = self._anywhere(arrival, concrete, name, step, only)
        return self._fields[memo]

    def _anywhere(self, arrival: Arrival, concrete: str, name: str, step: int, only: frozenset[str]) -> Ways:
        found: list[Ways] = []
        for spot, field in arrival.offers(concrete, name, only):
            if ways := self.field(arrival, concrete, spot, field, step):
                if ways == FREE:
                    return FREE
                found.append(ways)
        return self.weighing.least(found[0]) if len(found) == 1 else self.weighing.either(found)

    def field(
        self,
        arrival: Arrival,
        concrete: str,
        spot: Spot,
        field: SubgraphField,
        step: int,
        contexts: Contexts = (),
    ) -> Ways:
        """The ways to have a field of a concrete type from one spot, in a call that knows these contexts too."""
        inputs = field.inputs.and_of(contexts) if contexts else field.inputs
        if inputs is NO_INPUTS or spot.origins:
            return self.standing(arrival, spot, step, inputs.contexts)
        return self.entered(arrival, concrete, spot, inputs, step)

    def standing(self, arrival: Arrival, spot: Spot, step: int, contexts: Contexts = ()) -> Ways:
        """The ways to have the object from a spot, in a call that knows the values of these contexts."""
        memo = (arrival, spot, step, contexts)
        if memo not in self._standings:
            self._standings[memo] = self.way_to_stand(arrival, spot, step, contexts)
        return self._standings[memo]

    def way_to_stand(self, arrival: Arrival, spot: Spot, step: int, contexts: Contexts) -> Ways:
        """The same, found anew."""
        want = arrival.site.want
        if spot.origins and want:
            if contexts and not arrival.site.reads_as_above(contexts):
                return NO_WAY
            if len(spot.origins) == 1:
                return self.via(want, *spot.origins[0], step, contexts)
            return self.weighing.either(self.via(want, *origin, step, contexts) for origin in spot.origins)
        if spot.root:
            return NO_WAY if contexts else self.begun(arrival, spot, step)
        inputs = NO_INPUTS.and_of(contexts) if contexts else NO_INPUTS
        return self.entered(arrival, arrival.kind.sample, spot, inputs, step)

    def via(self, want: Want, parent: Spot, field: SubgraphField, step: int, contexts: Contexts = ()) -> Ways:
        """The ways to come here with a field of the parent's site, from a spot there."""
        arrival = want.site.arrival(want.kind, parent if parent.origins else None)
        return self.field(arrival, want.sample, parent, field, step, contexts)

    def inputs(self, arrival: Arrival, concrete: str, spot: Spot, inputs: Inputs, step: int) -> Ways:
        """The ways to have what a spot is entered with: a key, what is required, and the values of contexts."""
        if inputs is NO_INPUTS:
            return self.any_key(arrival, spot, step)
        obtained = self.obtain(arrival, concrete, inputs.requires, step, inputs.only_of)
        if obtained != NO_WAY and inputs.only_of:
            obtained = self.weighing.both(obtained, self.typename(arrival, step))
        if obtained != NO_WAY and inputs.contexts:
            obtained = self.weighing.both(
                obtained,
                self.weighing.all_of(self.from_context(arrival.site, each, step) for each in inputs.contexts),
            )
        if obtained == NO_WAY:
            return NO_WAY
        return self.weighing.both(obtained, self.any_key(arrival, spot, step))

    def any_key(self, arrival: Arrival, spot: Spot, step: int) -> Ways:
        """The ways to have one of the keys that enter a spot."""
        keys = self.keys(arrival, spot)
        if len(keys) == 1:
            return self.weighing.least(self.key(arrival, *keys[0], step))
        return self.weighing.either(self.key(arrival, *each, step) for each in keys)

    def from_context(self, site: Site, argument: ContextArgument, step: int) -> Ways:
        """The ways to have a context's value: its selection of the nearest objects above a site that set it."""
        setting = site.contexts.get(argument.context)
        if setting is None:
            return NO_WAY
        above = setting.site
        arrivals = (above.arrival(setting.kind, home) for home in above.possible_homes(setting.kind))
        return self.weighing.either(
            self.weighing.all_of(
                self._of_setter(arrival, each, argument.selection, step) for each in sorted(setting.types)
            )
            for arrival in arrivals
        )

    def _of_setter(self, arrival: Arrival, concrete: str, selection: FieldSet, step: int) -> Ways:
        obtained = self.obtain(arrival, concrete, selection, step)
        if not arrival.site.abstract or self.is_alike(arrival.home, selection):
            return obtained
        return self.weighing.both(obtained, self.typename(arrival, step))

    def is_alike(self, home: Spot | None, fields: FieldSet) -> bool:
        """Whether a field set is taken in one way of all objects from a home, who cannot tell their type."""
        fragments = any(isinstance(selection, FragmentSelection) for selection in fields)
        return bool(home and home.hidden_by) and not fragments

    def keys(self, arrival: Arrival, spot: Spot) -> tuple[TypedKey, ...]:
        """The keys that enter a spot."""
        return arrival.keys(spot)

    def key(self, arrival: Arrival, typename: str, fields: FieldSet, step: int) -> Ways:
        """The ways to have a key, and to know the concrete type where the representation depends on it."""
        obtained = self.obtain(arrival, arrival.kind.sample, fields, step)
        if not self.depends_on_type(arrival.site, typename):
            return obtained
        return self.weighing.both(obtained, self.typename(arrival, step))

    def depends_on_type(self, site: Site, typename: str) -> bool:
        """Whether something that holds for one type can only be done once an object's concrete type is known."""
        if not site.abstract:
            return False
        return not (typename and self.graph.possible(site.type) <= self.graph.possible(typename))

    def typename(self, arrival: Arrival, step: int) -> Ways:
        """The ways to know the concrete type of an object."""
        if not arrival.site.abstract:
            return FREE
        memo = (arrival, step)
        if memo not in self._typenames:
            self._typenames[memo] = self.weighing.either(
                self.standing(arrival, spot, step) for spot in arrival.spots if not spot.hidden_by
            )
        return self._typenames[memo]

    def obtain(
        self, arrival: Arrival, concrete: str, fields: FieldSet, step: int, only: frozenset[str] = ANY
    ) -> Ways:
        """The ways to have all fields of a field set, of these types alone if they are named."""
        if not fields:
            return FREE
        if len(fields) == 1 and is_leaf(fields[0]):
            return self.anywhere(arrival, concrete, fields[0].name, step, only)
        memo = (arrival, concrete, fields, step, only)
        if memo not in self._obtained:
            self._obtained[memo] = self.weighing.all_of(self._each(arrival, concrete, fields, step, only))
        return self._obtained[memo]

    def _each(
        self, arrival: Arrival, concrete: str, fields: FieldSet, step: int, only: frozenset[str]
    ) -> Iterator[Ways]:
        for selection in fields:
            if isinstance(selection, FragmentSelection):
                if self.depends_on_type(arrival.site, selection.type_condition):
                    yield self.typename(arrival, step)
                if concrete in self.graph.possible(selection.type_condition):
                    yield self.obtain(arrival, concrete, selection.selections, step, only)
            elif selection.name == "__typename":
                yield self.typename(arrival, step)
            elif selection.selections:
                yield self._composite_input(arrival, concrete, selection, step)
            else:
                yield self.anywhere(arrival, concrete, selection.name, step, only)

    def _composite_input(self, arrival: Arrival, concrete: str, selection: FieldSelection, step: int) -> Ways:
        want = arrival.site.want_of(concrete, selection.name, selection.arguments, selection.selections)
        here = arrival.of(want.kind)
        return self.weighing.either(
            self.weighing.both(
                self.field(here, concrete, spot, field, step),
                self.below(want, spot, selection.selections, step),
            )
            for spot, field in here.offers(concrete, selection.name)
        )

    def below(self, want: Want, origin: Spot, fields: FieldSet, step: int) -> Ways:
        """The ways to have a field set of the objects of a field, of each type that they can be."""
        memo = (want, origin, fields, step)
        if memo not in self._below:
            self._below[memo] = self._of_all_below(want, origin, fields, step)
        return self._below[memo]

    def _of_all_below(self, want: Want, origin: Spot, fields: FieldSet, step: int) -> Ways:
        child = want.child
        if child is None:
            return NO_WAY
        homes = [(kind, home) for kind in child.kinds if (home := child.spot_from(kind, origin))]
        return self.weighing.all_of(
            self.obtain(child.arrival(kind, home), concrete, fields, step)
            for kind, home in homes
            for concrete in sorted(kind.types)
        )
