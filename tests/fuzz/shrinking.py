"""Making an operation as small as it gets while something stays true of it: by taking parts away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy

from tests.fuzz.operation import Operation, Selection

Holds = Callable[[Operation], Awaitable[bool]]


async def shrink(operation: Operation, holds: Holds) -> Operation:
    """Give the smallest operation that is found of which `holds` is still true."""
    while True:
        for smaller in _smaller(operation):
            if await holds(smaller):
                operation = smaller
                break
        else:
            return operation


def _smaller(operation: Operation) -> Iterator[Operation]:
    """Operations with one part less, each a copy of its own."""
    for number, selections in enumerate(operation.lists):
        for index, each in enumerate(selections):
            for changed in _instead(operation, each, alone=len(selections) == 1):
                copy = deepcopy(operation)
                for position, copied in enumerate(copy.lists):
                    if position == number:
                        copied[index : index + 1] = changed
                        break
                yield copy
    for name in operation.values:
        copy = deepcopy(operation)
        del copy.values[name]
        yield copy


def _instead(operation: Operation, one: Selection, *, alone: bool) -> Iterator[list[Selection]]:
    """What may stand in place of a selection."""
    if not alone:
        yield []
    if one.spread:
        fragment = operation.fragments[one.spread]
        yield [Selection(on=fragment.on, conditions=one.conditions, selections=deepcopy(fragment.selections))]
    elif not one.name:
        yield deepcopy(one.selections)
    elif one.selections and [each.name for each in one.selections] != ["__typename"]:
        yield [_with(one, selections=[Selection("__typename")])]
    if one.alias and one.alias != one.name:
        yield [_with(one, alias="")]
    if one.arguments:
        yield [_with(one, arguments="")]
    for index in range(len(one.conditions)):
        yield [_with(one, conditions=[each for at, each in enumerate(one.conditions) if at != index])]


def _with(one: Selection, **changes: object) -> Selection:
    copy = deepcopy(one)
    for name, changed in changes.items():
        setattr(copy, name, changed)
    return copy
