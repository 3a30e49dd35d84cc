"""A query plan as text, for whoever has to understand it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from textwrap import indent

from graphql import parse, print_ast

from supergraph.planning.printing_choices import reasons
from supergraph.planning.query_plan import (
    Fetch,
    QueryPlan,
    RepresentationField,
    Target,
)
from supergraph.planning.wording import condition, count


def print_plan(plan: QueryPlan) -> str:
    """The plan step by step: what is fetched from whom, for which objects, and, where the plan was made to
    be explained, why there.
    """
    return "\n".join([*_heading(plan), *_steps(plan), *reasons(plan)]) + "\n"


def _heading(plan: QueryPlan) -> Iterator[str]:
    yield f"{plan.kind.value}: {count(len(plan.fetches), 'fetch', 'es')} in {count(plan.steps, 'step')}"
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
    yield f"fetch {fetch.id} from {fetch.subgraph}{waits}{condition(fetch.guard)}"
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
        yield f"for {where} by {name} {_fields(representation.fields)}{condition(target.guard)}"
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
