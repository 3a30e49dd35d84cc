"""Turns: no more than so many requests at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

Go = Callable[[], None]
"""Is told that it has its turn."""


class Turns:
    """Lets so many requests go at a time, and has further ones wait for their turn, the first of them first.

    One for each subgraph: whoever keeps all its requests waiting takes no connection from the others. Streams do
    not count, since they last for hours.
    """

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: OrderedDict[Go, None] = OrderedDict()

    def take(self, go: Go) -> bool:
        """Take a turn, if there is one; else `go` is told when there is."""
        if self._free:
            self._free -= 1
            return True
        self._waiting[go] = None
        return False

    def give(self) -> None:
        """Give the turn to the next."""
        if self._waiting:
            go, _ = self._waiting.popitem(last=False)
            go()
        else:
            self._free += 1

    def leave(self, go: Go) -> None:
        """Wait for no turn any more."""
        del self._waiting[go]
