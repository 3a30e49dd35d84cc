"""The check of contextual arguments: each is filled from the nearest object above that sets its context."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from supergraph.planning.query_plan import ContextVariable, Fetch, Target
from tests.planning.subgraph_sdl import ContextValue

if TYPE_CHECKING:
    from tests.planning.plan_checker import Checker


def context_problems(checker: Checker, fetch: Fetch, target: Target) -> Iterator[str]:
    """Everything that is wrong with the contextual arguments of what a target asks for."""
    subgraph = checker.subgraphs[fetch.subgraph]
    for concrete in checker.types(target.position):
        share = checker.shares(target.position, concrete).get(target.part)
        for selected in checker.selected(share, concrete).values() if share else ():
            for value in subgraph.context_values((share.standing, concrete) if share else (), selected.name):
                given = [
                    each
                    for each in target.contexts
                    if f"{value.argument}: ${each.name}" in selected.arguments
                ]
                if not given:
                    yield f"fetch {fetch.id} gives {concrete}.{selected.name} nothing for {value.argument}"
                for each in given:
                    yield from _filled(checker, fetch, target, each, value)


def _filled(
    checker: Checker, fetch: Fetch, target: Target, variable: ContextVariable, value: ContextValue
) -> Iterator[str]:
    nearest = _nearest(checker, fetch, target, value.context)
    if nearest is None or nearest[0] != variable.position:
        yield f"${variable.name} of fetch {fetch.id} is not from the nearest object that sets it"
        return
    position, setters, between = nearest
    for concrete in setters:
        for field in variable.fields:
            yield from checker.sourced(fetch, checker.closure(fetch), position, concrete, field)
        for missing in checker.missing(value.selection, variable.fields, (position, concrete), concrete):
            yield f"${variable.name} of fetch {fetch.id} lacks {missing}"
    for other in (each for some in checker.plan.fetches for each in some.targets):
        if other.position in between and not other.separate:
            yield f"objects at position {other.position} are shared above ${variable.name} of fetch {fetch.id}"


def _nearest(
    checker: Checker, fetch: Fetch, target: Target, context: str
) -> tuple[int, list[str], list[int]] | None:
    """The position whose objects set a context, of which types they are, and all positions from there down."""
    setting = checker.subgraphs[fetch.subgraph].setters(context, checker.schema)
    here = checker.plan.positions[target.position]
    between = [here.id]
    while here.parent is not None:
        leading = [
            name
            for name in checker.types(here.parent)
            if any(
                here.key in checker.selected(each, name)
                for each in checker.shares(here.parent, name).values()
            )
        ]
        between.append(here.parent)
        if setting & set(leading):
            return here.parent, sorted(leading), between
        here = checker.plan.positions[here.parent]
    return None
