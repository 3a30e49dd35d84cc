"""A bounded store of what was made before: the least recently used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Keeps at most `size` values by key; their `weight` together is no more than `capacity`.

    `made` counts the values that had to be made.
    """

    def __init__(self, size: int, capacity: float = float("inf")) -> None:
        self.weight = 0
        self.made = 0
        self._size = size
        self._capacity = capacity
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def lately(self) -> list[V]:
        """Give the values, those that were asked for most lately first."""
        return [value for value, _ in reversed(self._values.values())]

    def find(self, key: K) -> V | None:
        """Give the value of a key, or None where it is not kept."""
        entry = self._values.get(key)
        if entry is None:
            return None
        self._values.move_to_end(key)
        return entry[0]

    def get(self, key: K, make: Callable[[], V], *, weight: int = 1) -> V:
        """Give the value of a key, made now where it is not kept; what `make` raises is not kept."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key][0]
        value = make()
        self.made += 1
        self._values[key] = (value, weight)
        self.weight += weight
        while len(self._values) > self._size or self.weight > self._capacity:
            _, (_, lifted) = self._values.popitem(last=False)
            self.weight -= lifted
        return value
