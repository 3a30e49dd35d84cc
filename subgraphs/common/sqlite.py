"""What SQLite does not wait for, and what it does not stop, by itself."""

import math
import sqlite3
import time
from collections.abc import Callable

BUSY_SECONDS = 10
"""How long a statement waits for another connection's lock."""
STEPS_BETWEEN_LOOKS = 100_000
"""Instructions of SQLite's machine between two looks at the clock: a few milliseconds' worth."""


class StatementClock:
    """How long the statement at hand of one connection may still run; SQLite asks, and breaks off what is over."""

    def __init__(self) -> None:
        self._end = math.inf

    def start(self, seconds: float) -> None:
        """Gives the next statement so long."""
        self._end = time.monotonic() + seconds

    def is_over(self) -> bool:
        """Whether the statement has had its time; asked in the connection's own thread."""
        return time.monotonic() > self._end


def until_unlocked(action: Callable[[], object]) -> None:
    """Does something that is told "locked" at once where connections meet at a new file, until it is not.

    Raises:
        sqlite3.OperationalError: it still fails after `BUSY_SECONDS`.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            action()
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
