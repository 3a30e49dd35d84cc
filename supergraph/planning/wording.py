"""Words that plans and their explanations have in common."""

from __future__ import annotations

from supergraph.planning.query_plan import ALWAYS, Guard


def count(number: int, noun: str, plural: str = "s") -> str:
    """A number of things."""
    return f"{number} {noun}{'' if number == 1 else plural}"


def condition(guard: Guard) -> str:
    """Under which conditions something is fetched, after a comma; empty where it always is."""
    if guard == ALWAYS:
        return ""
    alternatives = (
        " and ".join(f"{'' if each.value else 'not '}${each.variable}" for each in sorted(conditions))
        for conditions in sorted(guard, key=sorted)
    )
    return f", if {' or '.join(alternatives)}"
