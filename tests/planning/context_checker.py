"""The check of contextual arguments: each is filled from the nearest object above that sets its context."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from supergraph.planning.query_plan import ContextVariable, Fetch, Target
from tests.planning.subgraph_sdl import ContextValue

if TYPE_CHECKING:
    from tests.planning.plan_checker import Checker, Share


def context_problems(checker: Checker, fetch: Fetch, target: Target) -> Iterator[str]:
    """Everything that is wrong with the contextual arguments of what a target asks for."""
    for position in range(len(checker.plan.positions)):
        for concrete in checker.types(position):
            share = checker.shares(position, concrete).get(target.part)
            if share:
                yield from _of_share(checker, fetch, target, share, (position, concrete))


def _of_share(
    checker: Checker, fetch: Fetch, target: Target, share: Share, where: tuple[int, str]
) -> Iterator[str]:
    position, concrete = where
    subgraph = checker.subgraphs[fetch.subgraph]
    for selected in checker.selected(share, concrete).values():
        for value in subgraph.context_values((share.standing, concrete), selected.name):
            given = [
                each for each in target.contexts if f"{value.argument}: ${each.name}" in selected.arguments
            ]
            if not given:
                yield f"fetch {fetch.id} gives {concrete}.{selected.name} nothing for {value.argument}"
            for each in given:
                yield from _filled(checker, fetch, position, each, value)
                yield from _kept_apart(checker, fetch, target, each)


def _filled(
    checker: Checker, fetch: Fetch, reading: int, variable: ContextVariable, value: ContextValue
) -> Iterator[str]:
    nearest = _nearest(checker, fetch, reading, value.context)
    if nearest is None or nearest[0] != variable.position:
        yield f"${variable.name} of fetch {fetch.id} is not from the nearest object that sets it"
        return
    position, setters = nearest
    for concrete in setters:
        for field in variable.fields:
            yield from checker.sourced(fetch, checker.closure(fetch), position, concrete, field)
        for missing in checker.missing(value.selection, variable.fields, (position, concrete), concrete):
            yield f"${variable.name} of fetch {fetch.id} lacks {missing}"


def _kept_apart(checker: Checker, fetch: Fetch, target: Target, variable: ContextVariable) -> Iterator[str]:
    between = [target.position]
    while (
        between[-1] != variable.position and (above := checker.plan.positions[between[-1]].parent) is not None
    ):
        between.append(above)
    for other in (each for some in checker.plan.fetches for each in some.targets):
        if other.position in between and not other.separate:
            yield f"objects at position {other.position} are shared above ${variable.name} of fetch {fetch.id}"


def _nearest(checker: Checker, fetch: Fetch, reading: int, context: str) -> tuple[int, list[str]] | None:
    """The position whose objects set a context, and of which types they are."""
    setting = checker.subgraphs[fetch.subgraph].setters(context, checker.schema)
    here = checker.plan.positions[reading]
    while here.parent is not None:
        leading = [
            name
            for name in checker.types(here.parent)
            if any(
                here.key in checker.selected(each, name)
                for each in checker.shares(here.parent, name).values()
            )
        ]
        if setting & set(leading):
            return here.parent, sorted(leading)
        here = checker.plan.positions[here.parent]
    return None
