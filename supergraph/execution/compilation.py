"""A query plan made ready to run: what is the same for each request is done once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from supergraph.execution.compiled import Programs
from supergraph.execution.guards import Decisions
from supergraph.execution.schedule import Schedule, fetch_steps, schedule
from supergraph.execution.shape_steps import ObjectStep, object_step
from supergraph.planning.query_plan import QueryPlan


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """A plan, its fetches and its shape made ready, the subgraph of each part, and what is compiled of it.

    `after_event` are the fetches that follow an event of a subscription. `decisions` hold for all variables, where
    nothing in the plan depends on them.
    """

    plan: QueryPlan
    fetches: Schedule
    after_event: Schedule
    shape: ObjectStep
    services: Mapping[int, str]
    programs: Programs
    decisions: Decisions | None


def compile_plan(plan: QueryPlan, *, compile_after: int | None = None) -> CompiledPlan:
    """Make a plan ready, whose programs are compiled once it was run so many times (None: never)."""
    services: dict[int, str] = {}
    for fetch in plan.fetches:
        if fetch.part is not None:
            services[fetch.part] = fetch.subgraph
        services.update((target.part, fetch.subgraph) for target in fetch.targets)
    shape = object_step(plan.shape, plan.positions)
    steps = fetch_steps(plan.fetches)
    programs = Programs(plan, shape, compile_after)
    decisions = None if programs.conditional else Decisions({})
    return CompiledPlan(plan, schedule(steps), schedule(steps[1:]), shape, services, programs, decisions)
