"""Amounts that depend on variables, or do not: what is known before is reckoned once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from supergraph.planning.query_plan import ALWAYS, Guard

Values = Mapping[str, Any]
"""Coerced variables, by name."""

Amount = int | Callable[[Values], int]
"""A number, or what makes one of the variables."""

LARGEST = 2**53 - 1
"""No amount is told as more than this: the largest number that all JSON readers keep whole."""


def evaluated(amount: Amount, values: Values) -> int:
    """The amount with these variables, at most `LARGEST`."""
    return min(LARGEST, amount if isinstance(amount, int) else amount(values))


def total(amounts: Iterable[Amount]) -> Amount:
    """The sum."""
    fixed, varying = _parted(amounts)
    known = sum(fixed)
    if not varying:
        return known
    if len(varying) == 1 and known == 0:
        return varying[0]
    return lambda values: known + sum([each(values) for each in varying])


def largest(amounts: Iterable[Amount]) -> Amount:
    """The largest, 0 where there is none."""
    fixed, varying = _parted(amounts)
    if not varying:
        return max(fixed, default=0)
    if len(varying) == 1 and not fixed:
        return varying[0]
    return lambda values: max([*fixed, *[each(values) for each in varying]])


def times(count: Amount, each: Amount) -> Amount:
    """The product."""
    if isinstance(count, int) and isinstance(each, int):
        return count * each
    if isinstance(count, int):
        return each if count == 1 else lambda values: count * evaluated(each, values)
    return lambda values: count(values) * evaluated(each, values)


def not_negative(amount: Amount) -> Amount:
    """The amount, or 0 where it is less."""
    if isinstance(amount, int):
        return max(0, amount)
    return lambda values: max(0, amount(values))


def where(guard: Guard, amount: Amount) -> Amount:
    """The amount where the guard holds, else 0."""
    if guard == ALWAYS or amount == 0:
        return amount
    return lambda values: evaluated(amount, values) if holds(guard, values) else 0


def holds(guard: Guard, values: Values) -> bool:
    """Whether any of the guard's conjunctions holds."""
    return any(all(values[term.variable] is term.value for term in terms) for terms in guard)


def _parted(amounts: Iterable[Amount]) -> tuple[list[int], list[Callable[[Values], int]]]:
    fixed: list[int] = []
    varying: list[Callable[[Values], int]] = []
    for amount in amounts:
        if isinstance(amount, int):
            fixed.append(amount)
        else:
            varying.append(amount)
    return fixed, varying
