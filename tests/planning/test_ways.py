"""Ways are combined as sets of calls: nothing cheaper is lost, nothing dearer is kept."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from supergraph.planning.ways import FREE, MOST_WEIGHED, NO_WAY, Ways, Weighing, best

calls = st.integers(0, 31)
alternatives = st.lists(calls, max_size=4).map(lambda found: either([tuple(found)]))


def either(ways: Iterable[Ways]) -> Ways:
    return Weighing().either(ways)


def both(first: Ways, second: Ways) -> Ways:
    return Weighing().both(first, second)


def minimal(ways: set[int]) -> set[int]:
    return {way for way in ways if not any(other != way and other & way == other for other in ways)}


@given(alternatives, alternatives)
def test_either_keeps_the_least_of_all_alternatives(first: Ways, second: Ways) -> None:
    assert set(either([first, second])) == minimal({*first, *second})


@given(alternatives, alternatives)
def test_both_take_the_calls_of_each_together(first: Ways, second: Ways) -> None:
    assert set(both(first, second)) == minimal({one | other for one in first for other in second})


@given(alternatives)
def test_what_is_free_adds_nothing_and_what_is_impossible_stays_so(ways: Ways) -> None:
    assert both(ways, FREE) == ways
    assert both(ways, NO_WAY) == NO_WAY


def test_ways_with_equally_few_calls_are_best_the_earlier_first() -> None:
    assert best((0b1100, 0b0110, 0b0011, 0b1111)) == [0b0011, 0b0110, 0b1100]


def test_after_a_great_many_ways_only_the_cheapest_is_followed() -> None:
    weighing = Weighing()
    weighing.weighed = MOST_WEIGHED
    assert weighing.both((0b01, 0b10), (0b0100, 0b1000)) == (0b0101,)


def test_what_is_impossible_stays_so_however_much_was_weighed() -> None:
    weighing = Weighing()
    weighing.weighed = MOST_WEIGHED + 1
    assert weighing.both((1, 2), NO_WAY) == NO_WAY
