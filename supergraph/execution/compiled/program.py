"""A plan as a program: its functions, made for one outcome of its conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from supergraph.execution.compiled.collecting import Collecting
from supergraph.execution.compiled.keys import Keys
from supergraph.execution.compiled.positions import Plan
from supergraph.execution.compiled.shaping import add_shaping
from supergraph.execution.compiled.source import Source
from supergraph.execution.replies import Entities, Parts
from supergraph.execution.shape_steps import ObjectStep
from supergraph.planning.query_plan import Guard, QueryPlan

Asked = dict[int, list[dict[str, Any]]]
"""By part, the representations that were collected for it."""

At = dict[int, list[dict[str, Any]]]
"""By position, the objects that were found there."""

Collect = Callable[
    [Parts, Mapping[int, Entities], bool, At, Asked], tuple[list[dict[str, Any]], dict[int, int]]
]
Shape = Callable[[Parts, Mapping[int, Entities], Mapping[str, Any], Asked], dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The functions of a plan: `shape` for its response, and for targets, by their parts, what `collect`s for them.

    They raise one of `UNUSUAL` where the interpreter is to look at it. `text` is their source.
    """

    text: str
    shape: Shape
    collecting: Mapping[int, Collect]


def compile_program(plan: QueryPlan, shape: ObjectStep, decisions: Mapping[Guard, bool]) -> Program:
    """Compile a plan for variables under which its guards come out like this."""
    source = Source()
    all_targets = [target for fetch in plan.fetches for target in fetch.targets]
    targets = [target for target in all_targets if decisions[target.guard]]
    known = Plan(plan.positions, frozenset(target.part for target in all_targets))
    keys = Keys(known, decisions)
    collecting = Collecting(source, known, keys, targets, decisions)
    names = {target.part: name for target in targets if (name := collecting.add(target))}
    add_shaping(source, known, keys, shape, decisions)
    functions = source.run()
    return Program(source.text, functions["shape"], {part: functions[name] for part, name in names.items()})


def guards_of(plan: QueryPlan, shape: ObjectStep) -> Sequence[Guard]:
    """Give the guards on which a plan's program depends, each once."""
    return tuple(dict.fromkeys(_guards(plan, shape)))


def _guards(plan: QueryPlan, shape: ObjectStep) -> Iterator[Guard]:
    for fetch in plan.fetches:
        yield fetch.guard
        for target in fetch.targets:
            yield target.guard
            for each in target.representations:
                yield from (field.guard for field in each.fields)
    yield from _guards_below(shape, set())


def _guards_below(step: ObjectStep, seen: set[int]) -> Iterator[Guard]:
    if id(step) in seen:
        return
    seen.add(id(step))
    for fields in step.fields.values():
        for field in fields:
            yield field.guard
            if (below := field.type.innermost.object) is not None:
                yield from _guards_below(below, seen)
