"""Settling: with the calls of the plan chosen, from which of them each field is taken.

What comes along at no cost is taken where the object comes from; the rest where the objects are entered anyway;
only then is a subgraph entered anew, at the first step possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from supergraph.model import SubgraphField
from supergraph.planning.answering import Answering, Need, preferred
from supergraph.planning.graph import Kind
from supergraph.planning.parts import Part
from supergraph.planning.query_plan import ALWAYS
from supergraph.planning.sites import Site, Want
from supergraph.planning.spots import Origin, Spot, offer
from supergraph.planning.ways import NO_WAY


class Settlement(Answering):
    """One planning's choice of where each wanted field is answered."""

    @property
    def lateness(self) -> int:
        """How much is asked for, each field counted as often as the step in which it is."""
        return sum(call.step * part.size for call in self.made.values() for part in call.all_parts())

    def made_bits(self) -> Iterator[int]:
        """The bit of each call that was made, the last step's first."""
        for call in sorted(self.made.values(), key=lambda call: -call.step):
            yield self.search.bit_of(call.step, call.subgraph, root=call.root)

    def keep_to_made(self) -> None:
        """Take the calls that were made for those that were chosen, where more might have been."""
        self.calls = sum(self.made_bits())

    def is_agreed(self, site: Site, kind: Kind) -> bool:
        """Whether all who share the field that leads to a site know its objects to be of this kind."""
        return self.confined.is_agreed(site, kind, self.served[site].origin)

    def unaware(self, site: Site, kind: Kind) -> tuple[str, ...]:
        """Who shares the field that leads to a site, and does not know its objects to be of this kind."""
        return tuple(dict.fromkeys(self.search.unaware(site, kind, self.served[site].origin)))

    def settle(self, site: Site) -> None:
        """Choose for all that is wanted at a site, and below it."""
        present = [
            kind
            for kind in site.wants
            if self.served[site].origin is None or self.home(site, kind) is not None
        ]
        if site.typename_wanted:
            guard = site.want.guard if site.want else ALWAYS
            for kind in site.kinds:
                if kind in present:
                    self.typename(site, kind, Need(kind.types, guard, self.steps))
        agreed = [kind for kind in present if self.is_agreed(site, kind)]
        wants = [want for kind in agreed for want in site.wants[kind] if want.guard]
        for _, want, choices in sorted(map(self._freedom, wants), key=itemgetter(0)):
            self._settle(want, choices)

    def _freedom(self, want: Want) -> tuple[int, Want, list[Origin]]:
        """How free a want is, and its choices: local ones come first, then the others from few choices to many."""
        home = self.home(want.site, want.kind)
        if not (home and self.confined.is_local(home, want)):
            choices = list(self._choices(want))
            return 2 + len(choices), want, choices
        if want.child and want.child.abstract:
            return 1, want, list(self._choices(want))
        field = offer(self.confined.graph, home, want.sample, want.name)
        return int(want.child is not None), want, [(home, field)] if field else []

    def _choices(self, want: Want) -> Iterator[Origin]:
        arrival = self.arrival(want.site, want.kind)
        for spot, field in arrival.offers(want.sample, want.name, want.only):
            if self.confined.field(arrival, want.sample, spot, field, self.steps) and (
                self._completes(want.child, spot)
            ):
                yield spot, field

    def _completes(self, child: Site | None, origin: Spot) -> bool:
        """Whether objects from a spot can have all that is wanted of them; those of an object type always can."""
        if child is None or not child.abstract:
            return True
        return self.confined.complete(child, origin, self.steps) != NO_WAY

    def _settle(self, want: Want, choices: list[Origin]) -> None:
        spot, field = preferred(want, choices, lambda choice: self._preference(want, *choice))
        part = self.answer(want, spot, field, Need(want.types, want.guard, self.steps))
        for concrete in want.types:
            self.served[want.site].sources.setdefault((want, concrete), {})[part] = None
        if want.child:
            self.arrive(want.child, spot, part)
            self.settle(want.child)

    def arrive(self, child: Site, origin: Spot, part: Part) -> None:
        """Let the objects of a field come from this spot, embedded in this part."""
        served = self.served[child]
        served.origin = origin
        served.embedded = {part: None, **served.embedded}

    def _preference(self, want: Want, spot: Spot, field: SubgraphField) -> tuple[int, ...]:
        """What is local comes first, then what is entered anyway, then what is embedded, then what is early."""
        local = spot is self.home(want.site, want.kind)
        step = self.first(self.arrival(want.site, want.kind), want.sample, spot, field, self.steps)
        call = self.made.get((step, spot.subgraph, spot.root))
        entered = not spot.origins and call is not None and want.site in call.parts
        return (not local, not entered, not spot.origins, -self._at_hand(want, spot), step)

    def _at_hand(self, want: Want, origin: Spot) -> int:
        """How much of what is wanted below a field comes along from a spot."""
        child = want.child
        if child is None:
            return 0
        return sum(
            self.confined.is_local(home, each)
            for kind, wants in child.wants.items()
            if (home := child.spot_from(kind, origin))
            for each in wants
        )
