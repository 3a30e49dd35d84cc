"""What is kept, and what goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supergraph.execution.cache import Cache


def made(cache: Cache[str, str], key: str, weight: int = 1) -> bool:
    """Whether the value had to be made."""
    makings: list[str] = []

    def make() -> str:
        makings.append(key)
        return key

    cache.get(key, make, weight=weight)
    return bool(makings)


def test_a_value_is_made_once() -> None:
    cache: Cache[str, str] = Cache(2)
    assert [made(cache, "a"), made(cache, "a")] == [True, False]


def test_the_least_recently_used_goes_first() -> None:
    cache: Cache[str, str] = Cache(2)
    for key in ("a", "b", "a", "c"):
        made(cache, key)
    assert [made(cache, "a"), made(cache, "b")] == [False, True]


def test_what_fails_is_not_kept() -> None:
    cache: Cache[str, str] = Cache(2)

    def fail() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cache.get("a", fail)
    assert len(cache) == 0


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 12))))
def test_the_bounds_hold_whatever_is_asked_for(asked: list[tuple[str, int]]) -> None:
    cache: Cache[str, int] = Cache(3, 10)
    for key, weight in asked:
        cache.get(key, lambda: 0, weight=weight)
        assert len(cache) <= 3
        assert cache.weight <= 10
