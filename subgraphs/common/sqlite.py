"""What SQLite does not wait for, and what it does not stop, by itself; and how it is spoken to from an event loop."""

import math
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)

BUSY_SECONDS = 10
"""How long a statement waits for another connection's lock."""
STEPS_BETWEEN_LOOKS = 100_000
"""Instructions of SQLite's machine between two looks at the clock: a few milliseconds' worth."""
AT_ONCE_SECONDS = 0.002
"""How long an event loop may be kept by a statement: what is read for a request keeps it for longer anyway."""
SLOW_SECONDS = 30.0
"""How long a statement that took longer is left to the threads."""
STEPS_AT_ONCE = 5_000
STATEMENTS_KEPT = 512
"""Statements that a connection need not read again."""


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


class Outcome(NamedTuple):
    """All that came of a statement."""

    rows: Sequence[Any] = ()
    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None


class CursorInOneTrip(AsyncAdapt_aiosqlite_cursor):
    """Begins a statement, reads all of it and closes it in one trip to the connection's thread.

    A trip wakes two threads, and costs more than most statements; SQLAlchemy's own cursor makes four.
    """

    __slots__ = ("_outcome",)

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._outcome = Outcome()
        self._rows = deque()

    @property
    def description(self) -> Any:
        """The columns that were found."""
        return self._outcome.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._outcome.rowcount

    @property
    def lastrowid(self) -> Any:
        """The number of the row that was put in last."""
        return self._outcome.lastrowid

    def close(self) -> None:
        """Forgets what was found."""
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        pass  # it was closed in its thread

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._sent(_executed, operation, () if parameters is None else parameters)

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._sent(_executed_for_each, operation, seq_of_parameters)

    async def _sent(self, work: Callable[..., Outcome], operation: Any, parameters: Any) -> None:
        connection: Any = self._connection
        async with self._adapt_connection._execute_mutex:
            self._outcome = await connection._execute(work, connection._conn, operation, parameters)
        self._rows = deque(self._outcome.rows)


def _executed(connection: sqlite3.Connection, operation: str, parameters: Any) -> Outcome:
    cursor = connection.execute(operation, parameters)
    return _outcome(cursor, cursor.fetchall() if cursor.description else ())


def _executed_for_each(connection: sqlite3.Connection, operation: str, parameters: Any) -> Outcome:
    return _outcome(connection.executemany(operation, parameters), ())


def _outcome(cursor: sqlite3.Cursor, rows: Sequence[Any]) -> Outcome:
    outcome = Outcome(rows, cursor.description, cursor.rowcount, cursor.lastrowid)
    cursor.close()
    return outcome


class ConnectionInOneTrip(AsyncAdapt_aiosqlite_connection):
    """Makes no trip to end a transaction that never began."""

    __slots__ = ()
    _cursor_cls = CursorInOneTrip

    def rollback(self) -> None:
        """Takes a transaction back, where there is one."""
        if self._in_transaction():
            super().rollback()

    def commit(self) -> None:
        """Makes a transaction last, where there is one."""
        if self._in_transaction():
            super().commit()

    def _in_transaction(self) -> bool:
        connection: Any = self._connection
        return connection._connection is not None and connection.in_transaction


class DriverInOneTrip(AsyncAdapt_aiosqlite_dbapi):
    """SQLAlchemy's driver for SQLite with these connections."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> ConnectionInOneTrip:
        """Opens a file."""
        return ConnectionInOneTrip(self, super().connect(*arg, **kw)._connection)


class ReadsAtOnce:
    """Reads where it stands what takes less time than to wake a thread for it, as most statements do.

    It waits for nothing: not for a lock, and not for a statement that takes longer than `AT_ONCE_SECONDS`.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._end = math.inf
        self._slow: dict[str, float] = {}

    def fetch_at_once(self, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """What a statement finds; None where that is to be asked in a connection's thread."""
        if self._slow and self._slow.get(sql, 0) > time.monotonic():
            return None
        try:
            connection = self._connection or self._opened()
            self._end = time.thread_time() + AT_ONCE_SECONDS
            return connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:  # the thread's connection meets it again, and tells of it
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                self._slow[sql] = time.monotonic() + SLOW_SECONDS
            return None

    def close(self) -> None:
        """Closes the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        self._connection = sqlite3.connect(
            f"file:{quote(self._file)}?mode=rw",
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS_KEPT,
        )
        self._connection.execute("PRAGMA query_only = ON")
        self._connection.set_progress_handler(self._is_over, STEPS_AT_ONCE)
        return self._connection

    def _is_over(self) -> bool:
        # The thread's own time: while others have the processor nothing is kept from running.
        return time.thread_time() > self._end
