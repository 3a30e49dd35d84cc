"""Many times that pass share few timers, and nobody is told too early."""

from __future__ import annotations

import asyncio
import time
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from supergraph.upstream import Deadlines


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts the timers that are set."""

    def __init__(self) -> None:
        super().__init__()
        self.timers = 0

    def call_at(self, *args: object, **kwargs: object) -> asyncio.TimerHandle:  # pyright: ignore[reportIncompatibleMethodOverride] - passed on as it is
        self.timers += 1
        return super().call_at(*args, **kwargs)  # pyright: ignore[reportArgumentType, reportCallIssue]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.floats(0.001, 0.06), st.booleans()), min_size=1, max_size=30))
def test_whoever_stays_is_told_once_and_never_early_and_whoever_left_is_not(
    waits: list[tuple[float, bool]],
) -> None:
    told = asyncio.run(_told(waits))

    assert sorted(told) == [number for number, (_, stays) in enumerate(waits) if stays]
    assert all(late >= 0 for late in told.values())


async def _told(waits: list[tuple[float, bool]]) -> dict[int, float]:
    """Which were told, and how long after their time."""
    deadlines, told = Deadlines(asyncio.get_running_loop()), dict[int, float]()

    def wait(number: int, seconds: float, *, stays: bool) -> None:
        until = time.monotonic() + seconds

        def passed() -> None:
            assert number not in told
            told[number] = time.monotonic() - until

        slot = deadlines.watch(passed, seconds)
        if not stays:
            deadlines.unwatch(passed, slot)

    for number, (seconds, stays) in enumerate(waits):
        wait(number, seconds, stays=stays)
    async with asyncio.timeout(10):
        while len(deadlines):  # noqa: ASYNC110 - there is nothing else that would tell
            await asyncio.sleep(0.005)
    return told


def test_all_whose_time_passes_in_the_same_slot_share_one_timer() -> None:
    loop = CountingLoop()
    deadlines = Deadlines(loop)
    slots = {deadlines.watch(partial(int, number), 30 + number * 1e-6) for number in range(1_000)}
    loop.close()

    assert loop.timers == len(slots) < 100
    assert len(deadlines) == 1_000


def test_one_that_raises_keeps_nobody_else_from_being_told() -> None:
    told: list[int] = []

    async def wait() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, _context: None)
        deadlines = Deadlines(loop)
        slots = set[int]()
        for number in range(20):

            def passed(number: int = number) -> None:
                told.append(number)
                if number % 2:
                    raise ValueError("on purpose")

            slots.add(deadlines.watch(passed, 0.02))
        async with asyncio.timeout(10):
            while len(deadlines):  # noqa: ASYNC110 - there is nothing else that would tell
                await asyncio.sleep(0.005)

    asyncio.run(wait())
    assert sorted(told) == list(range(20))


async def test_a_time_without_end_never_passes() -> None:
    deadlines = Deadlines(asyncio.get_running_loop())
    deadlines.watch(lambda: None, float("inf"))

    assert len(deadlines) == 1


async def test_a_loop_whose_timers_ring_early_tells_nobody_early() -> None:
    loop = asyncio.get_running_loop()
    early: list[float] = []

    class Hasty:
        """Rings at once, whatever the time."""

        def call_later(self, delay: float, callback: object, *args: object) -> None:
            early.append(delay)
            loop.call_soon(callback, *args)  # pyright: ignore[reportArgumentType]

    deadlines = Deadlines(Hasty())  # pyright: ignore[reportArgumentType] - the part of a loop that is used
    told = loop.create_future()
    until = time.monotonic() + 0.02
    deadlines.watch(lambda: told.set_result(time.monotonic()), 0.02)

    assert await told >= until
    assert len(early) > 1
