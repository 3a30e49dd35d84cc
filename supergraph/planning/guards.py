"""Guards: when a selection counts, as any of several conjunctions of conditions on Boolean variables."""

from __future__ import annotations

from collections.abc import Iterable

from supergraph.planning.errors import OperationTooComplexError
from supergraph.planning.query_plan import ALWAYS, Condition, Guard

NEVER: Guard = frozenset()

Conjunction = frozenset[Condition]

_MOST_CONJUNCTIONS = 16
"""A combined guard with more alternatives than this is taken for `ALWAYS`: a little too much may be fetched."""


def any_of(conjunctions: Iterable[Conjunction]) -> Guard:
    """The guard that holds where one of the conjunctions does, without those that another one covers."""
    guard = frozenset(conjunctions)
    return _simplified(guard) if len(guard) > 1 else guard


def either(first: Guard, second: Guard) -> Guard:
    """The guard that holds where one of both does; one with very many alternatives becomes `ALWAYS`."""
    if second in (first, NEVER):
        return first
    if first == NEVER:
        return second
    if ALWAYS in (first, second):
        return ALWAYS
    return _bounded(first | second)


def both(first: Guard, second: Guard) -> Guard:
    """The guard that holds where both do; one with very many alternatives becomes `ALWAYS`."""
    if second in (first, ALWAYS):
        return first
    if first == ALWAYS:
        return second
    together = frozenset(one | other for one in first for other in second if is_possible(one | other))
    return _bounded(together)


def without(guard: Guard, other: Guard) -> Guard:
    """The guard that holds where `guard` does and `other` does not, to the letter.

    Raises `OperationTooComplexError` where that takes too many alternatives to be written.
    """
    for conjunction in other:
        opposites = [Condition(each.variable, not each.value) for each in conjunction]
        together = (one | {opposite} for one in guard for opposite in opposites)
        guard = any_of(each for each in together if is_possible(each))
        if len(guard) > _MOST_CONJUNCTIONS:
            raise OperationTooComplexError("different conditions on one field", _MOST_CONJUNCTIONS)
    return guard


def common(guard: Guard) -> Guard:
    """The conditions that all alternatives share, as one conjunction: it holds wherever the guard does."""
    return frozenset({frozenset.intersection(*guard)}) if guard else guard


def variables_of(guard: Guard) -> frozenset[str]:
    """The Boolean variables that a guard looks at."""
    return frozenset(condition.variable for conjunction in guard for condition in conjunction)


def _bounded(guard: Guard) -> Guard:
    return _simplified(guard) if len(guard) <= _MOST_CONJUNCTIONS else ALWAYS


def is_possible(conjunction: Conjunction) -> bool:
    """Whether no variable must have both values."""
    return len({condition.variable for condition in conjunction}) == len(conjunction)


def _simplified(guard: Guard) -> Guard:
    reduced = set(_without_covered(guard))
    for conjunction in sorted(reduced, key=len, reverse=True):
        for condition in conjunction:
            opposite = (conjunction - {condition}) | {Condition(condition.variable, not condition.value)}
            if opposite in reduced:
                return _simplified(frozenset(reduced | {conjunction - {condition}}))
    return frozenset(reduced)


def _without_covered(guard: Guard) -> Guard:
    return frozenset(one for one in guard if not any(other < one for other in guard))
