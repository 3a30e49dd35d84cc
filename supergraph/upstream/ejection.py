"""Leaving an endpoint out for a while after it has failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EjectionRule:
    """After `failures` in a row an endpoint is left out for `pause` seconds.

    Each failure after its return doubles the pause, up to `longest_pause`; a success makes all good.
    """

    failures: int = 5
    pause: float = 10.0
    longest_pause: float = 300.0


class Ejection:
    """What is known of one endpoint's health from the requests that it was sent."""

    def __init__(self, rule: EjectionRule, clock: Callable[[], float]) -> None:
        self._rule = rule
        self._clock = clock
        self.failures = 0
        self.back_at = float("-inf")

    @property
    def ejected(self) -> bool:
        """Whether the endpoint is left out now."""
        return self._clock() < self.back_at

    @property
    def on_probation(self) -> bool:
        """Whether it was left out, is back, and has not succeeded yet."""
        return self.failures >= self._rule.failures and not self.ejected

    def end(self) -> None:
        """Take the endpoint back before its time, on probation."""
        self.back_at = float("-inf")

    def succeed(self) -> None:
        """Note a success."""
        self.failures = 0
        self.back_at = float("-inf")

    def fail(self, sent_at: float) -> None:
        """Note that a request failed which was sent at this time of the clock.

        One that was sent before the endpoint's return says nothing new: many may be in flight as it breaks.
        """
        if sent_at < self.back_at:
            return
        self.failures += 1
        again = self.failures - self._rule.failures
        if again >= 0:
            pause = min(self._rule.pause * 2.0 ** min(again, 60), self._rule.longest_pause)
            self.back_at = self._clock() + pause
