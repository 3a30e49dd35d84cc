"""The arithmetic of rates, and a store that is bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supergraph.server.limiting.counters import MemoryCounters
from supergraph.server.limiting.rates import Charge, Quota

TEN = Quota("ten", 10, 60)
THREE = Quota("three", 3, 60)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def passes(counters: MemoryCounters, *charges: Charge) -> bool:
    return all(standing.retry == 0 for standing in await counters.charge(charges))


async def test_a_quota_can_be_taken_at_once_and_comes_back_unit_by_unit(clock: Clock) -> None:
    counters = MemoryCounters(100, clock)
    one = Charge(TEN, "a")

    assert [await passes(counters, one) for _ in range(11)] == [True] * 10 + [False]
    clock.now += 5.9
    assert not await passes(counters, one)
    clock.now += 0.2
    assert await passes(counters, one)
    assert not await passes(counters, one)


async def test_a_client_is_told_what_is_left_and_when_it_may_again(clock: Clock) -> None:
    counters = MemoryCounters(100, clock)
    (after_four,) = await counters.charge([Charge(TEN, "a", 4)])
    (refused,) = await counters.charge([Charge(TEN, "a", 7)])

    assert (after_four.left, after_four.whole, after_four.retry) == (6, 24, 0)
    assert (refused.left, refused.retry) == (6, 6)


async def test_what_is_refused_takes_nothing_of_any_quota(clock: Clock) -> None:
    counters = MemoryCounters(100, clock)
    await counters.charge([Charge(THREE, "a", 3)])

    assert not await passes(counters, Charge(TEN, "a"), Charge(THREE, "a"))
    assert (await counters.charge([Charge(TEN, "a")]))[0].left == 9


async def test_more_than_a_quota_has_takes_all_of_it(clock: Clock) -> None:
    counters = MemoryCounters(100, clock)

    assert await passes(counters, Charge(TEN, "a", 1_000))
    assert not await passes(counters, Charge(TEN, "a"))


async def test_clients_and_quotas_do_not_share(clock: Clock) -> None:
    counters = MemoryCounters(100, clock)
    await counters.charge([Charge(THREE, "a", 3)])

    assert await passes(counters, Charge(THREE, "b"))
    assert await passes(counters, Charge(TEN, "a"))


async def test_no_more_clients_are_remembered_than_there_is_room_for(clock: Clock) -> None:
    counters = MemoryCounters(50, clock)
    for number in range(1_000):
        await counters.charge([Charge(TEN, str(number))])

    assert len(counters) == 50


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(1, 5)), max_size=60))
async def test_in_no_stretch_of_time_does_a_client_get_more_than_the_quota_and_what_came_back(
    asked: list[tuple[float, int]],
) -> None:
    clock = Clock()
    counters = MemoryCounters(100, clock)
    passed: list[tuple[float, int]] = []
    for pause, weight in asked:
        clock.now += pause
        if await passes(counters, Charge(TEN, "a", weight)):
            passed.append((clock.now, weight))

    for start, _ in passed:
        taken = 0
        for at, weight in passed:
            if at >= start:
                taken += weight
                assert taken <= TEN.units + (at - start) * TEN.units / TEN.seconds + 1e-6
