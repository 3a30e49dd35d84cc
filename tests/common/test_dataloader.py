"""Keys that are asked for at the same time are read at once, and whoever waits for them is told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.common.dataloader import LARGEST_BATCH, DataLoader, all_loaded


class Shelf:
    """Reads the double of each key, a turn of the event loop later, and notes each batch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.given_up = 0
        self.opened = asyncio.Event()
        self.opened.set()
        self.asked = asyncio.Event()

    async def read(self, keys: list[int]) -> Sequence[int]:
        """The doubles."""
        self.batches.append(keys)
        self.asked.set()
        try:
            await self.opened.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if any(key < 0 for key in keys):
            raise LookupError(f"no such key among {keys}")
        return [2 * key for key in keys]


@pytest.fixture
async def shelf() -> Shelf:
    return Shelf()


async def test_keys_that_tasks_ask_for_at_the_same_time_are_read_at_once(shelf: Shelf) -> None:
    loader = DataLoader(shelf.read)
    assert await asyncio.gather(*(loader.load(key) for key in (3, 1, 3, 2))) == [6, 2, 6, 4]
    assert shelf.batches == [[3, 1, 2]]


async def test_a_key_is_read_once(shelf: Shelf) -> None:
    loader = DataLoader(shelf.read)
    await loader.load(1)
    assert await loader.load_many([1, 2, 1]) == [2, 4, 2]
    assert shelf.batches == [[1], [2]]


async def test_a_key_that_is_being_read_is_waited_for(shelf: Shelf) -> None:
    shelf.opened.clear()
    loader = DataLoader(shelf.read)
    first = asyncio.create_task(loader.load(1))
    await shelf.asked.wait()
    second = asyncio.create_task(loader.load(1))
    await asyncio.sleep(0)
    shelf.opened.set()
    assert await asyncio.gather(first, second) == [2, 2]
    assert shelf.batches == [[1]]


async def test_no_batch_is_larger_than_a_statement_takes(shelf: Shelf) -> None:
    keys = list(range(2 * LARGEST_BATCH + 1))
    assert await DataLoader(shelf.read).load_many(keys) == [2 * key for key in keys]
    assert [len(batch) for batch in shelf.batches] == [LARGEST_BATCH, LARGEST_BATCH, 1]


async def test_what_is_primed_is_not_read(shelf: Shelf) -> None:
    loader = DataLoader(shelf.read)
    loader.prime_many({1: 100})
    assert await loader.load_many([1, 2]) == [100, 4]
    assert shelf.batches == [[2]]


async def test_each_key_of_a_batch_that_fails_raises_what_it_raised(shelf: Shelf) -> None:
    loader = DataLoader(shelf.read)
    outcomes = await asyncio.gather(loader.load(1), loader.load(-1), return_exceptions=True)
    assert [str(each) for each in outcomes] == ["no such key among [1, -1]"] * 2
    with pytest.raises(LookupError):
        await loader.load(1)
    assert len(shelf.batches) == 1


async def test_a_batch_that_gives_too_few_values_fails() -> None:
    async def read(keys: list[int]) -> Sequence[int]:
        return keys[1:]

    with pytest.raises(ValueError, match="shorter"):
        await DataLoader(read).load(1)


async def test_one_who_gives_up_takes_nothing_from_the_others(shelf: Shelf) -> None:
    shelf.opened.clear()
    loader = DataLoader(shelf.read)
    first, second = (asyncio.create_task(loader.load(1)) for _ in range(2))
    await shelf.asked.wait()
    first.cancel()
    await asyncio.sleep(0)
    shelf.opened.set()
    assert await second == 2
    assert shelf.given_up == 0


async def test_what_nobody_waits_for_any_more_is_given_up_and_read_anew_for_the_next(shelf: Shelf) -> None:
    shelf.opened.clear()
    loader = DataLoader(shelf.read)
    only = asyncio.create_task(loader.load(1))
    await shelf.asked.wait()
    only.cancel()
    with pytest.raises(asyncio.CancelledError):
        await only
    again = asyncio.create_task(loader.load(1))
    await asyncio.sleep(0)
    shelf.opened.set()
    assert await again == 2
    assert shelf.given_up == 1
    assert shelf.batches == [[1], [1]]


async def test_what_is_given_up_before_it_was_read_is_never_read(shelf: Shelf) -> None:
    loader = DataLoader(shelf.read)
    only = asyncio.create_task(loader.load(1))
    await asyncio.sleep(0)
    only.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert shelf.batches == []


async def chained(loader: DataLoader[int, int], key: int, times: int) -> int:
    """Loads a key, then what it gives, and so on."""
    for _ in range(times):
        key = await loader.load(key)
    return key


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=12))
async def test_coroutines_that_are_run_by_turns_give_what_tasks_give(wanted: list[tuple[int, int]]) -> None:
    by_turns, by_tasks = Shelf(), Shelf()
    loader, other = DataLoader(by_turns.read), DataLoader(by_tasks.read)
    values = await all_loaded([chained(loader, key, times) for key, times in wanted])
    assert values == await asyncio.gather(*(chained(other, key, times) for key, times in wanted))
    assert by_turns.batches == by_tasks.batches


async def test_coroutines_that_are_run_by_turns_need_no_task(shelf: Shelf) -> None:
    loader = DataLoader(shelf.read)
    tasks: set[Any] = set()

    async def noting(key: int) -> int:
        value = await loader.load(key)
        tasks.add(asyncio.current_task())
        return value

    assert await all_loaded([noting(key) for key in range(5)]) == [0, 2, 4, 6, 8]
    assert tasks == {asyncio.current_task()}


async def test_the_first_error_of_one_gives_up_the_others(shelf: Shelf) -> None:
    shelf.opened.clear()
    loader = DataLoader(shelf.read)

    async def failing() -> int:
        raise LookupError("it failed")

    with pytest.raises(LookupError, match="it failed"):
        await all_loaded([loader.load(1), failing(), loader.load(2)])


async def test_who_gives_up_gives_up_all_that_are_run_by_turns(shelf: Shelf) -> None:
    shelf.opened.clear()
    loader = DataLoader(shelf.read)
    waiting = asyncio.create_task(all_loaded([loader.load(1), loader.load(2)]))
    await shelf.asked.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert shelf.given_up == 1


async def test_one_that_waits_for_no_future_is_told_so() -> None:
    with pytest.raises(TypeError, match="loaders alone"):
        await all_loaded([asyncio.sleep(0)])
