"""Watching over many times that pass, coarsely: a timer for each slot of time, not for each that waits."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

SLOTS_PER_S = 100
LONGEST_S = 1e6

Passed = Callable[[], object]
"""Is told that a time has passed."""


class Deadlines:
    """Tells whoever is watched that its time has passed: up to a hundredth of a second late, and never early.

    All whose time passes in the same slot share one timer of the event loop; most leave before it rings.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._slots: dict[int, set[Passed]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._slots.values()))

    def watch(self, passed: Passed, seconds: float) -> int:
        """Tell it in so many seconds; give what to `unwatch` with."""
        now = time.monotonic()
        slot = int((now + seconds) * SLOTS_PER_S) + 1 if seconds < LONGEST_S else 0
        watched = self._slots.get(slot)
        if watched is None:
            watched = self._slots[slot] = set()
            if slot:
                self.loop.call_later(slot / SLOTS_PER_S - now, self._pass, slot)
        watched.add(passed)
        return slot

    def unwatch(self, passed: Passed, slot: int) -> None:
        """Tell it nothing: it has ended."""
        watched = self._slots.get(slot)
        if watched is not None:
            watched.discard(passed)

    def _pass(self, slot: int) -> None:
        # A loop may reckon from the time at which it last woke up, which makes its timers ring early.
        early = slot / SLOTS_PER_S - time.monotonic()
        if early > 0:
            self.loop.call_later(early + 0.001, self._pass, slot)
            return
        watched = self._slots[slot]
        try:
            while watched:
                watched.pop()()
        finally:
            if watched:
                self.loop.call_soon(self._pass, slot)
            else:
                del self._slots[slot]


class _OfThread(threading.local):
    deadlines: Deadlines | None = None


_LATEST = _OfThread()


def running_deadlines() -> Deadlines:
    """Give those of the running event loop."""
    deadlines = _LATEST.deadlines
    # A thread runs one loop at a time. To ask for it is a system call in some releases of Python.
    if deadlines is None or not deadlines.loop.is_running():
        deadlines = _LATEST.deadlines = Deadlines(asyncio.get_running_loop())
    return deadlines
