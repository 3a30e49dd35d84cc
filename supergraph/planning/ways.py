"""Ways: the alternative sets of calls by which something can be answered.

A call is one request to one subgraph at one step, and a bit of an integer; a way is the calls it takes, together
an integer. Whatever is asked of one subgraph in one step rides in one call, so ways are joined by union, and the
cheapest plan is the way with the fewest bits. Ways that take all of another's calls and more are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable

Ways = tuple[int, ...]

NO_WAY: Ways = ()
FREE: Ways = (0,)

MOST_WAYS = 24
"""More alternatives than this are not followed: the ones with the fewest calls are kept."""

MOST_SETTLED = 4
"""Of ways with equally few calls, so many are settled, to take the one that has more earlier."""


def either(alternatives: Iterable[Ways]) -> Ways:
    """The ways of any of the alternatives."""
    found = {way for ways in alternatives for way in ways}
    if len(found) < 2:
        return tuple(found)
    return _fewest(found)


def both(first: Ways, second: Ways) -> Ways:
    """The ways to have both."""
    if first == FREE:
        return second
    if second == FREE:
        return first
    if len(first) == 1 and len(second) == 1:
        return (first[0] | second[0],)
    return _fewest({one | other for one in first for other in second})


def within(ways: Ways, calls: int) -> bool:
    """Whether one of the ways takes none but these calls."""
    return any(way & ~calls == 0 for way in ways)


def best(ways: Ways) -> list[int]:
    """The ways with the fewest calls, those that call earliest first; of many, only some."""
    fewest = min(way.bit_count() for way in ways)
    return sorted(way for way in ways if way.bit_count() == fewest)[:MOST_SETTLED]


def _fewest(ways: set[int]) -> Ways:
    kept: list[int] = []
    for way in sorted(ways, key=lambda way: (way.bit_count(), way)):
        if not any(other & way == other for other in kept):
            kept.append(way)
            if len(kept) == MOST_WAYS:
                break
    return tuple(kept)
