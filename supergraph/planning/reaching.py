"""Reach: by which step there is any way at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from supergraph.model import Inputs
from supergraph.planning.errors import OperationTooComplexError, UnreachableFieldError
from supergraph.planning.sites import Arrival, Forest, Site, TypedKey
from supergraph.planning.spots import Spot
from supergraph.planning.steady_walking import Entry, SteadyWalk
from supergraph.planning.walking import Demand
from supergraph.planning.ways import FREE, NO_WAY, Ways

BEGUN_BELOW = 2
"""The first step at which a root type can be begun that is not the operation's own."""

MOST_STEPS = 48
"""No plan has more steps than this: each fetch waits for the one before, and each is a journey."""


class Reach(SteadyWalk):
    """Whether there is a way at all by a deadline: calls cost nothing, so that all ways there are become one.

    What is reached by a step is reached by any later one.
    """

    def __init__(self, forest: Forest) -> None:
        super().__init__(forest)
        self._entered_at: list[int] = []
        self._tried_in_vain = 0
        self._stands: dict[tuple[Arrival, Spot], bool] = {}
        self._lacking: dict[object, list[Demand]] = {}
        self._lacked_by: dict[object, int] = {}

    def fewest_steps(self, root: Site) -> int:
        """How many steps it takes to answer all.

        Raises `UnreachableFieldError` where no number of steps is enough, and `OperationTooComplexError`.
        """
        steps, found = self._first_of(lambda step: self.complete(root, None, step) != NO_WAY)
        if not found:
            raise UnreachableFieldError(tuple(dict.fromkeys(self.unreachable(root, None, steps))))
        return steps

    def _first_of(self, is_reached: Callable[[int], bool]) -> tuple[int, bool]:
        """The first step by which something is reached; if it never is, the step at which that was plain.

        So it is when nothing new was asked or found, and what was asked in vain was tried for longer than the longest
        way found so far takes: whatever could be entered next would have been.
        """
        known = 0
        for step in range(1, MOST_STEPS + 1):
            self._tried_in_vain = step
            if is_reached(step):
                return step, True
            before, known = known, len(self._entered_at) + len(self.entries)
            if known == before and self._tried_in_vain > max(self._entered_at, default=0) + 1:
                return step, False
        raise OperationTooComplexError("steps, each waiting for the one before", MOST_STEPS)

    def complete(self, site: Site, origin: Spot | None, step: int) -> Ways:
        """Free, where all is reached. Steps are asked for in their order: what was reached is not looked at again.

        Nor is what was not, by the same step: where many subgraphs lead to each other, it is asked for many times.
        """
        memo = (site.structure, site.homes(origin))
        if step <= self._lacked_by.get(memo, 0):
            return NO_WAY
        if memo not in self._lacking:
            self._lacking[memo] = list(self.demands(site, origin))
        lacking = self._lacking[memo]
        while lacking and self.demanded(lacking[-1], step):
            lacking.pop()
        if not lacking:
            return FREE
        self._lacked_by[memo] = step
        return NO_WAY

    def begun(self, arrival: Arrival, spot: Spot, step: int) -> Ways:  # noqa: ARG002 - any spot
        """Free, from the first step on that there are objects here."""
        if arrival.site.want is None:
            return FREE
        if step < BEGUN_BELOW:
            return NO_WAY
        if BEGUN_BELOW not in self._entered_at:
            self._entered_at.append(BEGUN_BELOW)
        return FREE

    def entered(self, arrival: Arrival, concrete: str, spot: Spot, inputs: Inputs, step: int) -> Ways:
        """Free, from the first possible step on."""
        return FREE if self.first_step(arrival, concrete, spot, inputs, step) else NO_WAY

    def surely_stands(self, arrival: Arrival, spot: Spot) -> bool:
        """Whether there is such a way, by whichever step."""
        return self._sure.can_stand(arrival, spot)

    @cached_property
    def _sure(self) -> Reach:
        return _SureReach(self.forest)

    def can_stand(self, arrival: Arrival, spot: Spot) -> bool:
        """Whether there is a way, by whichever step."""
        if (arrival, spot) not in self._stands:
            reached = self._first_of(lambda step: self.standing(arrival, spot, step) != NO_WAY)
            self._stands[arrival, spot] = reached[1]
        return self._stands[arrival, spot]

    def first_step(
        self, arrival: Arrival, concrete: str, spot: Spot, inputs: Inputs, latest: int
    ) -> int | None:
        """The first step, up to `latest`, at which there is all that a representation is made of."""
        entry = self.entry(arrival, concrete, spot, inputs)
        if entry.first is None:
            self._try(entry, latest, lambda step: self.inputs(arrival, concrete, spot, inputs, step))
        return entry.first if entry.first is not None and entry.first <= latest else None

    def _try(self, entry: Entry, latest: int, made_of: Callable[[int], Ways]) -> None:
        """Try to enter, up to `latest`, from the step after the last that was tried."""
        for step in range(max(entry.tried, 1) + 1, latest + 1):
            entered = made_of(step - 1)
            if entry.first is not None:
                return
            entry.tried = step
            if entered:
                entry.first = step
                self._entered_at.append(step)
                return
        self._tried_in_vain = min(self._tried_in_vain, entry.tried)

    def unreachable(self, site: Site, origin: Spot | None, step: int) -> Iterator[str]:
        """Coordinates of what cannot be had at a site, by a step: the fields nearest to the root."""
        for kind, wants in site.wants.items():
            home = site.spot_from(kind, origin) if origin else None
            if origin and home is None:
                continue
            arrival = site.arrival(kind, home)
            for want in wants:
                if not want.guard or self.want(arrival, want, home, step):
                    continue
                offers = arrival.offers(want.sample, want.name, want.only)
                spots = [
                    spot for spot, field in offers if self.field(arrival, want.sample, spot, field, step)
                ]
                if want.child and spots:
                    yield from self.unreachable(want.child, spots[0], step)
                else:
                    yield f"{want.sample}.{want.name}"


class _SureReach(Reach):
    """Reach by those keys alone that every object has."""

    def keys(self, arrival: Arrival, spot: Spot) -> tuple[TypedKey, ...]:
        """The keys of which nothing may be null."""
        sample = arrival.kind.sample
        return tuple(key for key in super().keys(arrival, spot) if self.graph.is_never_null(sample, key[1]))
