"""Ways: the alternative sets of calls by which something can be answered.

A call is one request to one subgraph at one step, and a bit of an integer; a way is the calls it takes, together
an integer. Whatever is asked of one subgraph in one step rides in one call, so ways are joined by union, and the
cheapest plan is the way with the fewest bits. Ways that take all of another's calls and more are dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

Ways = tuple[int, ...]

NO_WAY: Ways = ()
FREE: Ways = (0,)

MOST_WAYS = 24
"""More alternatives than this are not followed: the ones with the fewest calls are kept."""

MOST_SETTLED = 4
"""Of ways with equally few calls, so many are settled, to take the one that has more earlier."""


MOST_WEIGHED = 6_000
"""When so many ways were looked at in one planning, only the one with the fewest calls is followed from there on."""


def best(ways: Ways) -> list[int]:
    """The ways with the fewest calls, those that call earliest first; of many, only some."""
    fewest = min(way.bit_count() for way in ways)
    return sorted(way for way in ways if way.bit_count() == fewest)[:MOST_SETTLED]


class Weighing:
    """Joins the ways of one planning, and counts what it looks at: a great many are not all compared."""

    def __init__(self) -> None:
        self.weighed = 0
        self._compared: dict[frozenset[int], Ways] = {}

    def either(self, alternatives: Iterable[Ways]) -> Ways:
        """The ways of any of the alternatives."""
        found: set[int] = set()
        for ways in alternatives:
            if ways == FREE:
                return FREE
            found.update(ways)
        return self.least(found)

    def both(self, first: Ways, second: Ways) -> Ways:
        """The ways to have both."""
        if NO_WAY in (first, second):
            return NO_WAY
        if first == FREE:
            return second
        if second == FREE:
            return first
        if len(first) == 1 and len(second) == 1:
            return (first[0] | second[0],)
        return self.least({one | other for one in first for other in second})

    def all_of(self, demands: Iterable[Ways]) -> Ways:
        """The ways to have all that is demanded."""
        distinct: dict[Ways, None] = {}
        for ways in demands:
            if ways == NO_WAY:
                return NO_WAY
            if ways != FREE:
                distinct[ways] = None
        found = FREE
        for ways in distinct:
            found = self.both(found, ways)
        return found

    def least(self, ways: Collection[int]) -> Ways:
        """Of these ways, those that do not take all of another's calls and more."""
        if len(ways) < 2:
            return tuple(ways)
        self.weighed += len(ways)
        if self.weighed > MOST_WEIGHED:
            return (_cheapest_first(ways)[0],)
        memo = frozenset(ways)
        if memo not in self._compared:
            self._compared[memo] = _without_dearer(memo)
        return self._compared[memo]


def _without_dearer(ways: frozenset[int]) -> Ways:
    kept: list[int] = []
    for way in _cheapest_first(ways):
        for other in kept:
            if other & way == other:
                break
        else:
            kept.append(way)
            if len(kept) == MOST_WAYS:
                break
    return tuple(kept)


def _cheapest_first(ways: Iterable[int]) -> list[int]:
    """The fewest calls first; of equally many, those that call earliest."""
    return sorted(sorted(ways), key=int.bit_count)
