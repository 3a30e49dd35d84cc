"""The engine: operations in, responses out."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from time import monotonic
from typing import Any

from supergraph.execution.authorization import check_authorized
from supergraph.execution.cache import Cache
from supergraph.execution.compilation import CompiledPlan, compile_plan
from supergraph.execution.compiled import Programs
from supergraph.execution.costs import OperationCosts
from supergraph.execution.errors import ErrorPolicy, Report, log_cause
from supergraph.execution.introspection import Introspection
from supergraph.execution.options import Options
from supergraph.execution.override_labels import OverrideLabels
from supergraph.execution.prepared import Preparation, Prepared
from supergraph.execution.refusal import planning_refusals
from supergraph.execution.request import ANYONE, Caller, RequestRefused, Response
from supergraph.execution.run import Answered, Run
from supergraph.execution.variables import Variables
from supergraph.model import Authorization, Supergraph
from supergraph.planning import Permissions, plan
from supergraph.planning.likeness import alike
from supergraph.planning.query_plan import QueryPlan
from supergraph.upstream import SubgraphError, Upstream

NO_PERMISSIONS = Permissions()
NOTHING = frozenset[str]()


def none_down() -> frozenset[str]:
    """Take every subgraph to be there."""
    return frozenset()


class Engine:
    """Executes operations on a supergraph, over an upstream that reaches its subgraphs.

    What clients are not told of an error goes to `report`, under an id. `chance` draws the
    number from 0 up to 1 that decides on overrides by percent. `down` gives the subgraphs that are not to be asked
    now for what others resolve too. `planned` is told of each operation by which plan it is answered. Deadlines are
    those of the `clock`.
    """

    def __init__(
        self,
        supergraph: Supergraph,
        upstream: Upstream,
        *,
        options: Options | None = None,
        report: Report = log_cause,
        chance: Callable[[], float] = random.random,
        down: Callable[[], frozenset[str]] = none_down,
        planned: Callable[[QueryPlan], None] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.supergraph = supergraph
        self.options = options or Options()
        self._errors = ErrorPolicy(self.options, report)
        self._labels = OverrideLabels(supergraph, chance)
        self.upstream = upstream
        self._down = down
        self._planned = planned
        self._clock = clock
        self._costs = None if self.options.cost is None else OperationCosts(supergraph, self.options.cost)
        self._preparation = Preparation(supergraph, self.options, self._costs)
        self._introspection = Introspection(supergraph.api)
        self._prepared: Cache[tuple[str, str | None], Prepared] = Cache(
            self.options.cache_size, self.options.cache_characters
        )

    def at_hand(self, query: str, operation_name: str | None = None) -> Prepared | None:
        """Give an operation that is kept prepared; None where it is not."""
        return self._prepared.find((query, operation_name))

    def knows(self, query: str, operation_name: str | None = None) -> bool:
        """Whether the operation is kept prepared, so that to prepare it again is no work."""
        return self.at_hand(query, operation_name) is not None

    def prepare(self, query: str, operation_name: str | None = None) -> Prepared:
        """Parse, validate and normalise an operation, or find it as it was prepared before.

        Raises `RequestRefused`.
        """
        key = (query, operation_name)
        prepared = self._prepared.find(key)
        if prepared is not None:
            return prepared
        return self._prepared.get(
            key, lambda: self._preparation.prepare(query, operation_name), weight=len(query)
        )

    @property
    def operations_made(self) -> int:
        """How many operations had to be prepared so far."""
        return self._prepared.made

    @property
    def operations_kept(self) -> int:
        """How many operations are kept prepared."""
        return len(self._prepared)

    def lately(self) -> list[Prepared]:
        """Give the operations that are kept prepared, those that were used most lately first."""
        return self._prepared.lately()

    def make_ready(self, query: str, operation_name: str | None, former: Prepared | None = None) -> None:
        """Prepare and plan an operation, for the callers for whom it was planned before; raises `RequestRefused`."""
        prepared = self.prepare(query, operation_name)
        for caller in (ANYONE,) if former is None else former.normalized.callers.lately():
            self.plan(prepared, caller)

    def continues(self, other: Engine, prepared: Prepared, caller: Caller) -> bool:
        """Whether an operation that another engine prepared is answered here as it is there."""
        if self.upstream is not other.upstream or self.options != other.options:
            return False
        try:
            own = self._prepared_like(prepared)
            return alike(self.plan(own, caller), other.plan(prepared, caller))
        except RequestRefused:
            return False

    def _prepared_like(self, prepared: Prepared) -> Prepared:
        """Prepare an operation of another engine: its literals are moved here if they are there."""
        query, name, shared = prepared.query, prepared.operation_name, prepared.is_shared
        own = self.prepare(query, name)
        return own if own.is_shared == shared else self._preparation.prepare(query, name, shared=shared)

    def plan(self, prepared: Prepared, caller: Caller, *, explain: bool = False) -> QueryPlan:
        """Give the plan by which the operation is answered for this caller; raises `RequestRefused`."""
        if not explain:
            return self._compiled(prepared, caller).plan
        labels = self._labels.active(caller.labels)
        return self._plan(prepared, caller, labels, self._down(), explain=True)

    def programs(self, prepared: Prepared, caller: Caller) -> Programs:
        """Give what is compiled of the plan by which the operation is answered for this caller."""
        return self._compiled(prepared, caller).programs

    def coerce(self, prepared: Prepared, variables: Mapping[str, Any] | None) -> Variables:
        """Make a request's variables ready, and know what it costs with them.

        Raises `RequestRefused` where they do not fit, or the operation costs more than it may.
        """
        if variables or prepared.normalized.variables.definitions:
            return self._reckoned(prepared, variables or {})
        if not prepared.bare:
            prepared.bare.append(self._reckoned(prepared, {}))
        return prepared.bare[0]

    def _reckoned(self, prepared: Prepared, variables: Mapping[str, Any]) -> Variables:
        coerced = self._preparation.coerce(prepared, variables)
        if self._costs is None:
            return coerced
        cost = self._costs.admitted(prepared.operation, prepared.normalized.estimate, coerced.values)
        return Variables(coerced.values, coerced.members, cost)

    def cost_report(self, prepared: Prepared, variables: Variables, response: Response) -> Mapping[str, Any]:
        """Tell what a response was estimated to cost, and did; empty where costs are not reckoned."""
        if self._costs is None or variables.cost is None:
            return {}
        return self._costs.report(prepared.operation, variables.cost, response.data, variables.values)

    async def execute(
        self, prepared: Prepared, variables: Mapping[str, Any] | Variables | None, caller: Caller
    ) -> Response:
        """Execute a query or mutation, with variables as they came or as they were made ready.

        Raises `RequestRefused` where the variables do not fit, or the caller may not ask this. Whatever goes wrong
        after that stands in the response, beside the data that it does not touch.
        """
        coerced = variables if isinstance(variables, Variables) else self.coerce(prepared, variables)
        compiled = self._authorized(prepared, coerced, caller)
        return await self._run(compiled, coerced, caller).answer(compiled.fetches)

    def begin(self, prepared: Prepared, variables: Variables, caller: Caller, answered: Answered) -> None:
        """Execute a query or mutation, and tell the response, which may be before this returns.

        Raises `RequestRefused` at once where the caller may not ask this.
        """
        compiled = self._authorized(prepared, variables, caller)
        self._run(compiled, variables, caller).start(compiled.fetches, answered)

    def subscribe(
        self, prepared: Prepared, variables: Mapping[str, Any] | Variables | None, caller: Caller
    ) -> AsyncGenerator[Response]:
        """Execute a subscription: a response for each event, until the subgraph ends it.

        Raises `RequestRefused` at once. An outage ends the stream, after a response that says so. Closing
        the generator ends the subscription at the subgraph.
        """
        coerced = variables if isinstance(variables, Variables) else self.coerce(prepared, variables)
        return self._responses(self._authorized(prepared, coerced, caller), coerced, caller)

    async def _responses(
        self, compiled: CompiledPlan, variables: Variables, caller: Caller
    ) -> AsyncGenerator[Response]:
        first = self._run(compiled, variables, caller)
        request = first.subscription()
        if request is None:
            yield first.response()
            return
        try:
            async with aclosing(self.upstream.subscribe(request)) as replies:
                async for reply in replies:
                    run = self._run(compiled, variables, caller)
                    run.event(reply)
                    yield await run.answer(compiled.after_event)
        except SubgraphError as error:
            yield Response(None, [self._errors.outage(error).at(None)])

    def _run(self, compiled: CompiledPlan, variables: Variables, caller: Caller) -> Run:
        return Run(
            compiled,
            variables,
            caller,
            self.upstream,
            self._errors,
            introspection=self._introspection,
            clock=self._clock,
        )

    def _authorized(self, prepared: Prepared, variables: Variables, caller: Caller) -> CompiledPlan:
        """Give the plan for this caller; raises `RequestRefused` where the options say so of what is withheld."""
        compiled = self._compiled(prepared, caller)
        if self._planned is not None:
            self._planned(compiled.plan)
        if self.options.refuse_unauthorized and prepared.normalized.operation.requirements:
            check_authorized(compiled.plan.shape, variables.values, self.options.max_request_errors)
        return compiled

    def _compiled(self, prepared: Prepared, caller: Caller) -> CompiledPlan:
        labels, down = self._labels.active(caller.labels), self._down()
        normalized = prepared.normalized
        rules = normalized.operation.requirements
        key = (_met(rules, caller.permissions) if rules else NOTHING, labels, down)
        compiled = normalized.plans.find(key)
        if compiled is not None:
            return compiled

        def compile_now() -> CompiledPlan:
            normalized.callers.get(key, lambda: Caller(caller.permissions, labels=caller.labels))
            made = self._plan(prepared, caller, labels, down, explain=False)
            return compile_plan(made, compile_after=self.options.compile_after)

        return normalized.plans.get(key, compile_now)

    def _plan(
        self,
        prepared: Prepared,
        caller: Caller,
        labels: frozenset[str],
        down: frozenset[str],
        *,
        explain: bool,
    ) -> QueryPlan:
        permissions = caller.permissions or NO_PERMISSIONS
        with planning_refusals():
            return plan(
                self.supergraph,
                prepared.operation,
                permissions,
                labels=labels,
                avoid=down,
                explain=explain,
            )


def _met(rules: Mapping[str, Authorization], permissions: Permissions | None) -> frozenset[str]:
    """Give those of an operation's rules that these permissions meet, by the coordinates where they stand."""
    held = permissions or NO_PERMISSIONS
    return frozenset(coordinate for coordinate, rule in rules.items() if held.meets(rule))
