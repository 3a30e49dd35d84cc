"""Guards mean what Boolean algebra says, whatever is simplified."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from supergraph.planning.guards import NEVER, any_of, both, common, either, without
from supergraph.planning.query_plan import ALWAYS, Condition, Guard

VARIABLES: tuple[str, ...] = ("a", "b", "c")
conditions = st.builds(Condition, st.sampled_from(VARIABLES), st.booleans())
conjunctions = st.dictionaries(st.sampled_from(VARIABLES), st.booleans()).map(
    lambda values: frozenset(Condition(name, value) for name, value in values.items())
)
guards = st.frozensets(conjunctions, max_size=4)


def table(guard: Guard) -> tuple[bool, ...]:
    """Whether a guard holds, for all values of the variables."""
    return tuple(
        any(all(values[one.variable] is one.value for one in conjunction) for conjunction in guard)
        for chosen in product((True, False), repeat=len(VARIABLES))
        if (values := dict(zip(VARIABLES, chosen, strict=True)))
    )


@given(guards, guards)
def test_either_holds_where_one_does(first: Guard, second: Guard) -> None:
    expected = tuple(one or other for one, other in zip(table(first), table(second), strict=True))
    assert table(either(first, second)) == expected


@given(guards, guards)
def test_both_hold_where_each_does(first: Guard, second: Guard) -> None:
    expected = tuple(one and other for one, other in zip(table(first), table(second), strict=True))
    assert table(both(first, second)) == expected


@given(guards, guards)
@settings(deadline=None)
def test_one_without_another_holds_where_the_other_does_not(guard: Guard, other: Guard) -> None:
    expected = tuple(held and not out for held, out in zip(table(guard), table(other), strict=True))
    assert table(without(guard, other)) == expected


@given(guards)
def test_what_alternatives_share_holds_wherever_one_does(guard: Guard) -> None:
    assert all(shared or not held for shared, held in zip(table(common(guard)), table(guard), strict=True))


@given(guards)
def test_no_alternative_covers_another(guard: Guard) -> None:
    simplified = any_of(guard)
    assert table(simplified) == table(guard)
    assert not any(one < other for one in simplified for other in simplified)


def test_a_condition_and_its_opposite_are_always() -> None:
    yes, no = (frozenset({Condition("a", value)}) for value in (True, False))
    assert any_of([yes, no]) == ALWAYS


def test_very_many_alternatives_count_as_always() -> None:
    guard = NEVER
    for number in range(40):
        guard = either(guard, frozenset({frozenset({Condition(f"v{number}", value=True)})}))
    assert guard == ALWAYS
