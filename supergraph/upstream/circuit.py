"""When an endpoint that fails is no longer asked."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class CircuitRule:
    """It opens where, of `requests` or more that ended within `window` seconds, the share `failures` failed.

    It stays open for `pause` seconds. Then one request at a time is let through to try, until `trials` in a
    row succeeded or one failed.
    """

    requests: int = 20
    failures: float = 0.5
    window: float = 30.0
    pause: float = 10.0
    trials: int = 3


SLOTS = 64
"""The window is reckoned in so many slots of time: what ended in the same one is forgotten with the first of it.

So what is kept does not grow with the requests, of which there may be tens of thousands in a window.
"""


class CircuitState(Enum):
    """Closed lets requests through, open lets none, half-open one at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(slots=True)
class _Slot:
    """How many requests ended from a time on, and how many of them failed."""

    since: float
    ended: int = 0
    failed: int = 0


class Circuit:
    """The state of one circuit. `clock` is in seconds."""

    def __init__(self, rule: CircuitRule, clock: Callable[[], float] = time.monotonic) -> None:
        self._rule = rule
        self._clock = clock
        self._slots = deque([_Slot(float("-inf"))])
        self._slot_s = rule.window / SLOTS
        self._ended = self._failed = 0
        self._open_until: float | None = None
        self._trying = False
        self._succeeded = 0
        self._generation = 0

    @property
    def state(self) -> CircuitState:
        """What it does with a request now."""
        if self._open_until is None:
            return CircuitState.CLOSED
        return CircuitState.OPEN if self._clock() < self._open_until else CircuitState.HALF_OPEN

    @property
    def admits(self) -> bool:
        """Whether a request would be let through."""
        state = self.state
        return state is CircuitState.CLOSED or (state is CircuitState.HALF_OPEN and not self._trying)

    def enter(self) -> int | None:
        """Let a request through, and give what to `leave` with; None rejects it."""
        if self._open_until is not None:
            if not self.admits:
                return None
            self._trying = True
        return self._generation

    def leave(self, entered: int, *, failed: bool | None) -> None:
        """Note how a request ended; None where that says nothing.

        One that was let through before the circuit last opened or closed says nothing either.
        """
        if entered != self._generation:
            return
        if self._open_until is not None:
            self._trying = False
            self._try(failed=failed)
        elif failed is not None:
            self._count(failed=failed)

    def _try(self, *, failed: bool | None) -> None:
        if failed:
            self._open()
        elif failed is not None:
            self._succeeded += 1
            if self._succeeded >= self._rule.trials:
                self._renew(None)

    def _count(self, *, failed: bool) -> None:
        now, slot = self._clock(), self._slots[-1]
        if now - slot.since >= self._slot_s:
            slot = self._next_slot(now)
        slot.ended += 1
        self._ended += 1
        if failed:
            slot.failed += 1
            self._failed += 1
        if self._failed >= self._rule.failures * self._ended and self._ended >= self._rule.requests:
            self._open()

    def _next_slot(self, now: float) -> _Slot:
        """Begin a slot of time, and forget those that are not in the window any more."""
        slots = self._slots
        slots.append(_Slot(now))
        while slots[0].since <= now - self._rule.window:
            past = slots.popleft()
            self._ended -= past.ended
            self._failed -= past.failed
        return slots[-1]

    def _open(self) -> None:
        self._renew(self._clock() + self._rule.pause)

    def _renew(self, open_until: float | None) -> None:
        self._open_until = open_until
        self._generation += 1
        self._trying = False
        self._succeeded = self._ended = self._failed = 0
        self._slots = deque([_Slot(float("-inf"))])
