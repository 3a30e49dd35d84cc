"""Values by key, of which those that are asked for at the same time are read in one batch.

Strawberry's loader needs a future, a look at its cache and a look at its batch for each key, and whoever waits for it a
task. Here coroutines that wait for loaders and for nothing else are run without tasks, as many as there are.
"""

from __future__ import annotations

import asyncio
from asyncio import CancelledError, Future, Task
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable, Mapping, Sequence
from types import coroutine
from typing import Any, Generic, TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
C = TypeVar("C", bound=Callable[..., Any])

LARGEST_BATCH = 500
"""Keys that are read at once; SQLite takes 32,766 variables in a statement at most."""
_LOADING = "__loading__"


class DataLoader(Generic[K, V]):
    """The values of keys, each read once: made for one request, so that nobody sees what another was told.

    `read` gives the values of some keys, in their order; what it raises is raised for each of them.
    """

    def __init__(self, read: Callable[[list[K]], Awaitable[Sequence[V]]]) -> None:
        self._read = read
        self._found: dict[K, V] = {}
        self._failed: dict[K, Exception] = {}
        self._batches: dict[K, Batch[K]] = {}
        self._next: Batch[K] | None = None

    async def load(self, key: K) -> V:
        """The value of a key."""
        while key not in self._found:
            if key in self._failed:
                raise self._failed[key]
            await (self._batches.get(key) or self._batch_with(key)).ended()
        return self._found[key]

    async def load_many(self, keys: Iterable[K]) -> list[V]:
        """The values of keys, in their order."""
        return await all_loaded([self.load(key) for key in keys])

    def prime_many(self, values: Mapping[K, V]) -> None:
        """Takes the values of keys that were read elsewhere."""
        self._found |= values

    def _batch_with(self, key: K) -> Batch[K]:
        if self._next is None or len(self._next.keys) >= LARGEST_BATCH:
            self._next = Batch()
            # Whoever runs in this turn of the event loop, or is about to, adds keys before they are read.
            asyncio.get_running_loop().call_soon(self._begin, self._next)
        self._next.keys.append(key)
        self._batches[key] = self._next
        return self._next

    def _begin(self, batch: Batch[K]) -> None:
        if self._next is batch:
            self._next = None
        batch.task = asyncio.create_task(self._read_all(batch))

    async def _read_all(self, batch: Batch[K]) -> None:
        try:
            if batch.waiting:
                self._found |= zip(batch.keys, await self._read(batch.keys), strict=True)
        except Exception as error:  # noqa: BLE001 - it is raised for whoever asks for one of these keys
            self._failed |= dict.fromkeys(batch.keys, error)
        finally:
            for key in batch.keys:
                del self._batches[key]
            batch.end()


class Batch(Generic[K]):
    """Keys that are read together, and who waits for that; if nobody does any more, it is given up."""

    def __init__(self) -> None:
        self.keys: list[K] = []
        self.waiting = 0
        self.task: Task[None] | None = None
        self._waiters: list[Future[None]] = []

    async def ended(self) -> None:
        """Waits until the keys are read."""
        waiter: Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self.waiting += 1
        try:
            await waiter
        except (CancelledError, GeneratorExit):
            self._forsake()
            raise

    def end(self) -> None:
        """Lets go on whoever waits."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _forsake(self) -> None:
        self.waiting -= 1
        if not self.waiting and self.task is not None:
            self.task.cancel()


def loading(resolver: C) -> C:
    """Says of a resolver that it waits for loaders and for nothing else, so that it needs no task of its own."""
    setattr(resolver, _LOADING, True)
    return resolver


def is_loading(resolver: Callable[..., Any]) -> bool:
    """Whether a resolver was said to wait for loaders alone."""
    return getattr(resolver, _LOADING, False)


async def all_loaded(coroutines: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """What coroutines give that wait for loaders and for nothing else, run by turns in the task at hand.

    Raises:
        Exception: the first that one raised; the others are given up.
        TypeError: one waits for something that is no future.
    """
    return await _by_turns(coroutines)


@coroutine
def _by_turns(coroutines: Sequence[Coroutine[Any, Any, T]]) -> Generator[Future[Any], None, list[T]]:
    values: dict[int, T] = {}
    waiters: dict[int, Future[Any]] = {}
    due: Iterable[int] = range(len(coroutines))
    try:
        while len(values) < len(coroutines):
            for place in due:
                try:
                    waiters[place] = _future(coroutines[place].send(None))
                except StopIteration as end:
                    waiters.pop(place, None)
                    values[place] = end.value
            due = [place for place, waiter in waiters.items() if waiter.done()]
            if not due and waiters:
                yield next(iter(waiters.values()))
                due = [place for place, waiter in waiters.items() if waiter.done()]
    finally:
        for each in coroutines:
            each.close()
    return [values[place] for place in range(len(values))]


def _future(waited: Any) -> Future[Any]:
    if not isinstance(waited, Future):
        raise TypeError(f"A coroutine that should wait for loaders alone waits for {waited!r}.")
    return cast("Future[Any]", waited)
