"""What SQLite does not wait for by itself."""

import sqlite3
import time
from collections.abc import Callable

BUSY_SECONDS = 10
"""How long a statement waits for another connection's lock."""


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
