"""A query plan as text, for whoever has to understand it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from textwrap import indent

from graphql import parse, print_ast

from supergraph.planning.query_plan import (
    ALWAYS,
    Choice,
    Fetch,
    Guard,
    QueryPlan,
    RepresentationField,
    Target,
)


def print_plan(plan: QueryPlan) -> str:
    """The plan step by step: what is fetched from whom, for which objects, and, where the plan was made to
    be explained, why there.
    """
    return "\n".join([*_heading(plan), *_steps(plan), *_reasons(plan.choices)]) + "\n"


def _heading(plan: QueryPlan) -> Iterator[str]:
    yield f"{plan.kind.value}: {_count(len(plan.fetches), 'fetch', 'es')} in {_count(plan.steps, 'step')}"
    if plan.introspection:
        yield "the router itself answers what is asked of the schema"


def _steps(plan: QueryPlan) -> Iterator[str]:
    together: dict[int, list[Fetch]] = defaultdict(list)
    for fetch, depth in zip(plan.fetches, plan.depths, strict=True):
        together[depth].append(fetch)
    for number, fetches in sorted(together.items()):
        yield f"\nstep {number}{', at once' if len(fetches) > 1 else ''}"
        for fetch in fetches:
            yield indent("\n".join(_fetch(plan, fetch)), "  ")


def _fetch(plan: QueryPlan, fetch: Fetch) -> Iterator[str]:
    waits = f", after {', '.join(map(str, sorted(fetch.after)))}" if fetch.after else ""
    yield f"fetch {fetch.id} from {fetch.subgraph}{waits}{_condition(fetch.guard)}"
    for target in fetch.targets:
        yield indent("\n".join(_target(plan, target)), "  ")
    yield indent(print_ast(parse(fetch.document)), "  | ")


def _target(plan: QueryPlan, target: Target) -> Iterator[str]:
    where = _path(plan, target.position)
    for representation in target.representations:
        types = (
            sorted(representation.types) if representation.types else [plan.positions[target.position].type]
        )
        name = representation.typename or " | ".join(types)
        yield f"for {where} by {name} {_fields(representation.fields)}{_condition(target.guard)}"
    for context in target.contexts:
        yield f"  ${context.name} from {_path(plan, context.position)} {_fields(context.fields)}"


def _path(plan: QueryPlan, position: int) -> str:
    keys: list[str] = []
    place = plan.positions[position]
    while place.parent is not None:
        keys.append(place.key)
        place = plan.positions[place.parent]
    return ".".join(reversed(keys)) or "the root"


def _fields(fields: Iterable[RepresentationField]) -> str:
    return f"{{ {' '.join(_field(field) for field in fields)} }}"


def _field(field: RepresentationField) -> str:
    types = f" on {' | '.join(sorted(field.types))}" if field.types else ""
    return f"{field.name}{types} {_fields(field.fields)}" if field.fields else f"{field.name}{types}"


def _condition(guard: Guard) -> str:
    if guard == ALWAYS:
        return ""
    alternatives = (
        " and ".join(
            f"{'' if condition.value else 'not '}${condition.variable}" for condition in sorted(conditions)
        )
        for conditions in sorted(guard, key=sorted)
    )
    return f", if {' or '.join(alternatives)}"


def _reasons(choices: Iterable[Choice]) -> Iterator[str]:
    for number, choice in enumerate(choices):
        if number == 0:
            yield "\nwhy there"
        if choice.unaware:
            yield from _disputed(choice)
            continue
        by = f", by {choice.key}" if choice.key else ""
        yield f"  {'.'.join(choice.path)} ({choice.coordinate}): {choice.subgraph}{by}"
        for other in choice.candidates:
            cost = f"{_count(other.fetches, 'fetch', 'es')}, {_count(other.steps, 'step')}"
            yield f"    or {other.subgraph}: {other.reason or cost}"


def _disputed(choice: Choice) -> Iterator[str]:
    type_, _, _ = choice.coordinate.partition(".")
    above = ".".join(choice.path[:-1])
    yield f"  {'.'.join(choice.path)} ({choice.coordinate}): nobody, it is null with an error"
    yield f"    as {above} can be had of {' and '.join(choice.unaware)} too, where it is never a {type_};"
    yield f"    all who share a field must answer the same: declare {type_} there, or do not share the field"


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else plural}"
