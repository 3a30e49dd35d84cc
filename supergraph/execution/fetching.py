"""Running a plan's fetches: each as soon as what it follows has ended.

A fetch that fails raises nothing: why it failed is noted in the replies, and what it owns is null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from functools import partial
from typing import NamedTuple

from supergraph.execution.contexts import Batch
from supergraph.execution.guards import Decisions
from supergraph.execution.intake import Intake
from supergraph.execution.representations import Representations
from supergraph.execution.request import Caller
from supergraph.execution.schedule import FetchStep, Schedule
from supergraph.planning.query_plan import Fetch
from supergraph.upstream import GiveUp, Outcome, SubgraphError, SubgraphReply, SubgraphRequest, Upstream

Batches = Mapping[str, Sequence[Batch]]
"""A fetch's representations, by the alias of the target that they are for."""

NOT_ASKED: Batches = {}

Came = tuple[int, Batches, Outcome]
"""What came of the fetch at a place of the schedule, and what it was asked with."""

Done = Callable[[Exception | None], None]
"""Is told that all fetches have ended, or what fault of our own has ended them."""


class TimeLeft(NamedTuple):
    """How the time until a deadline of the clock is shared out.

    For each step that waits for a fetch, `share` of what is left is kept: so whoever is late costs its own fields,
    and those after it still have time.
    """

    clock: Callable[[], float]
    deadline: float
    share: float = 0.0

    def seconds(self, later: int) -> float:
        """Give what a fetch may take now for which so many steps wait."""
        left = self.deadline - self.clock()
        return left * (1 - self.share) ** later if later else left


class Fetching:
    """Runs fetches for one operation, and takes their replies in.

    That goes by calls, without tasks: the call that brings a reply begins the fetches that have waited for it. They
    see the context variables of whoever began it all. `variables` are the client's, each an encoded member of a JSON
    object.
    """

    __slots__ = (
        "_busy",
        "_caller",
        "_came",
        "_context",
        "_decisions",
        "_done",
        "_intake",
        "_representations",
        "_schedule",
        "_time_left",
        "_under_way",
        "_upstream",
        "_variables",
        "_waits",
    )

    def __init__(
        self,
        upstream: Upstream,
        caller: Caller,
        variables: Mapping[str, bytes],
        decisions: Decisions,
        representations: Representations,
        *,
        intake: Intake,
        time_left: TimeLeft,
    ) -> None:
        self._upstream = upstream
        self._caller = caller
        self._variables = variables
        self._decisions = decisions
        self._representations = representations
        self._intake = intake
        self._time_left = time_left
        self._context = copy_context()
        self._came: list[Came] = []
        self._under_way: dict[int, GiveUp] = {}
        self._busy = False
        self._done: Done | None = None

    def start(self, schedule: Schedule, done: Done) -> None:
        """Run fetches, each as soon as what it follows has ended; `done` may be told before this returns."""
        self._schedule = schedule
        self._waits = list(schedule.waits)
        self._done = done
        self._go_on(None, list(schedule.first))

    def cancel(self) -> None:
        """Give up what is under way; nobody is told."""
        self._done = None
        under_way, self._under_way = self._under_way, {}
        for give_up in under_way.values():
            give_up()

    def _told(self, place: int, batches: Batches, outcome: Outcome) -> None:
        came = place, batches, outcome
        if self._busy:
            self._came.append(came)
        elif self._done is not None:
            self._context.run(self._go_on, came, [])

    def _go_on(self, came: Came | None, ready: list[int]) -> None:
        """Take in what came, and begin what is ready; what comes meanwhile is taken in too."""
        self._busy = True
        try:
            while came is not None or ready:
                if came is not None:
                    self._take_in(came)
                    self._follow(came[0], ready)
                while ready:
                    self._begin(ready.pop(0), ready)
                came = self._came.pop(0) if self._came else None
        except Exception as fault:  # noqa: BLE001 - whoever waits is told
            self._end(fault)
        else:
            if not self._under_way:
                self._end(None)
        finally:
            self._busy = False

    def _follow(self, place: int, ready: list[int]) -> None:
        """Have those ready that have waited for this one last."""
        waits = self._waits
        for later in self._schedule.followers[place]:
            waits[later] -= 1
            if not waits[later]:
                ready.append(later)

    def _begin(self, place: int, ready: list[int]) -> None:
        step = self._schedule.steps[place]
        batches = self._asked(step.fetch)
        if batches is None:
            self._follow(place, ready)
            return
        told = partial(self._told, place, batches)
        self._under_way[place] = self._upstream.send(self.request(step, batches), told)

    def _asked(self, fetch: Fetch) -> Batches | None:
        """Give what a fetch is to ask with; None where there is nothing to ask."""
        if not self._decisions[fetch.guard]:
            return None
        targets = fetch.targets
        if not targets:
            return NOT_ASKED
        if len(targets) == 1:
            collected = self._representations.collect(targets[0])
            return {targets[0].alias: collected} if collected else None
        batches = {target.alias: self._representations.collect(target) for target in targets}
        return batches if any(batches.values()) else None

    def _take_in(self, came: Came) -> None:
        place, batches, outcome = came
        del self._under_way[place]
        fetch = self._schedule.steps[place].fetch
        if isinstance(outcome, SubgraphReply):
            if self._caller.heard is not None:
                self._caller.heard(fetch.subgraph, outcome.headers)
            if fetch.part is not None:
                self._intake.root(fetch, fetch.part, outcome)
            else:
                self._intake.entities(fetch, batches, outcome)
        elif isinstance(outcome, SubgraphError):
            self._intake.outage(fetch, outcome)
        else:
            raise outcome

    def _end(self, fault: Exception | None) -> None:
        done = self._done
        if self._under_way:
            self.cancel()
        self._done = None
        if done is not None:
            done(fault)

    def request(self, step: FetchStep, batches: Batches) -> SubgraphRequest:
        """Give the request of a fetch, with its targets' representations by alias."""
        fetch, body, lead = step.fetch, step.whole, step.lead
        if lead is not None:
            body = b"%b%b]}}" % (lead, batches[fetch.targets[0].alias][0].items)
        elif body is None:
            variables = [self._variables[name] for name in fetch.variables if name in self._variables]
            variables += step.members(batches)
            body = step.body(batches, variables)
        return SubgraphRequest(
            fetch.subgraph,
            body,
            self._caller.headers(fetch.subgraph),
            step.repeatable,
            self._time_left.seconds(step.later),
            fetch.id,
        )
