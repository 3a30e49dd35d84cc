"""One run of a plan: from variables and a caller to a response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from supergraph.execution.compilation import CompiledPlan
from supergraph.execution.errors import ErrorPolicy
from supergraph.execution.fetching import Fetching, Schedule, TimeLeft
from supergraph.execution.guards import Decisions
from supergraph.execution.intake import Intake
from supergraph.execution.options import Options
from supergraph.execution.replies import Replies
from supergraph.execution.representations import Representations
from supergraph.execution.request import Caller, Response
from supergraph.execution.response_errors import ResponseErrors
from supergraph.execution.shaping import Shaper
from supergraph.execution.variables import Variables
from supergraph.upstream import SubgraphReply, SubgraphRequest, Upstream


class Run:
    """Holds the state of one operation, or of one event of a subscription."""

    def __init__(
        self,
        compiled: CompiledPlan,
        variables: Variables,
        caller: Caller,
        upstream: Upstream,
        policy: ErrorPolicy,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._compiled = compiled
        self._policy = policy
        self._decisions = compiled.decisions or Decisions(variables.values)
        self._program = compiled.programs.running(self._decisions)
        self._replies = Replies(compiled.plan.positions)
        self._intake = Intake(self._replies, policy)
        self._fetching = Fetching(
            upstream,
            caller,
            variables.members,
            self._decisions,
            Representations(self._replies, self._decisions, compiled.services, policy, self._program),
            self._intake,
            time_left=_time_left(caller, policy.options, clock),
        )

    async def fetch(self, fetches: Schedule) -> None:
        """Run these fetches, and take in what they give."""
        await self._fetching.run(fetches)

    def subscription(self) -> SubgraphRequest | None:
        """Give the request that begins a subscription; None where what it wants is withheld or skipped."""
        first = next(iter(self._compiled.fetches.steps), None)
        if first is None or not self._decisions[first.fetch.guard]:
            return None
        return self._fetching.request(first, {})

    def event(self, reply: SubgraphReply) -> None:
        """Take in a subscription's event, in place of the plan's first fetch."""
        fetch = self._compiled.fetches.steps[0].fetch
        if fetch.part is not None:
            self._intake.root(fetch, fetch.part, reply)

    def response(self, introspection: Mapping[str, Any]) -> Response:
        """Shape the response from what was fetched: by the program, where all is as it mostly is."""
        if self._program is not None:
            shaped = self._program.shape(self._replies, introspection)
            if shaped is not None:
                return Response(shaped)
        errors = ResponseErrors(self._policy.options.max_errors)
        shaper = Shaper(
            self._replies,
            self._decisions,
            self._compiled.services,
            introspection,
            self._policy,
            errors,
        )
        data = shaper.shape(self._compiled.shape)
        return Response(data, errors.as_list())


def _time_left(caller: Caller, options: Options, clock: Callable[[], float]) -> TimeLeft:
    seconds = options.deadline
    if caller.patience is not None:
        seconds = min(caller.patience, seconds)
    return TimeLeft(clock, clock() + seconds, options.later_share)
