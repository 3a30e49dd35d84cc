"""One run of a plan: from variables and a caller to a response."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic
from typing import Any

from supergraph.execution.compilation import CompiledPlan
from supergraph.execution.errors import ErrorPolicy
from supergraph.execution.fetching import Fetching, TimeLeft
from supergraph.execution.guards import Decisions
from supergraph.execution.intake import Intake
from supergraph.execution.introspection import Introspection
from supergraph.execution.options import Options
from supergraph.execution.replies import Replies
from supergraph.execution.representations import Representations
from supergraph.execution.request import Caller, Response
from supergraph.execution.response_errors import ResponseErrors
from supergraph.execution.schedule import Schedule
from supergraph.execution.shaping import Shaper
from supergraph.execution.variables import Variables
from supergraph.upstream import SubgraphReply, SubgraphRequest, Upstream

NO_ANSWERS: Mapping[str, Any] = {}

Answered = Callable[[Response | Exception], None]
"""Is told the response, or what fault of our own there is instead. It raises nothing."""


class Run:
    """Holds the state of one operation, or of one event of a subscription."""

    __slots__ = (
        "_answered",
        "_compiled",
        "_decisions",
        "_fetching",
        "_intake",
        "_introspection",
        "_policy",
        "_program",
        "_replies",
        "_variables",
    )

    def __init__(
        self,
        compiled: CompiledPlan,
        variables: Variables,
        caller: Caller,
        upstream: Upstream,
        policy: ErrorPolicy,
        *,
        introspection: Introspection,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._compiled = compiled
        self._variables = variables
        self._policy = policy
        self._introspection = introspection
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
            intake=self._intake,
            time_left=_time_left(caller, policy.options, clock),
        )

    def start(self, fetches: Schedule, answered: Answered) -> None:
        """Run these fetches, and tell the response; that may be before this returns."""
        self._answered: Answered | None = answered
        self._fetching.start(fetches, self._fetched)

    async def answer(self, fetches: Schedule) -> Response:
        """Run these fetches, and give the response; whoever is cancelled gives up what is under way."""
        told: asyncio.Future[Response | Exception] = asyncio.get_running_loop().create_future()
        self.start(fetches, partial(_settle, told))
        try:
            answer = await told
        except asyncio.CancelledError:
            self._fetching.cancel()
            raise
        if isinstance(answer, Response):
            return answer
        try:
            raise answer
        finally:
            del answer, told

    def _fetched(self, fault: Exception | None) -> None:
        # Whoever is told is forgotten: it knows this run too, and neither would be freed.
        answered, self._answered = self._answered, None
        if answered is None:
            return
        if fault is not None:
            answered(fault)
            return
        try:
            answer: Response | Exception = self.response()
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            answer = error
        answered(answer)

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

    def response(self) -> Response:
        """Shape the response from what was fetched: by the program, where all is as it mostly is."""
        asked = self._compiled.plan.introspection
        introspection = self._introspection.answer(asked, self._variables.values) if asked else NO_ANSWERS
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


def _settle(told: asyncio.Future[Response | Exception], answer: Response | Exception) -> None:
    if not told.done():
        told.set_result(answer)


def _time_left(caller: Caller, options: Options, clock: Callable[[], float]) -> TimeLeft:
    seconds = options.deadline
    if caller.patience is not None:
        seconds = min(caller.patience, seconds)
    return TimeLeft(clock, clock() + seconds, options.later_share)
