"""The broker that needs no server: a log of messages in an SQLite file, read by every process that shares it."""

import asyncio
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import aiosqlite

from subgraphs.common.clock import utc_now
from subgraphs.common.delivering import deliver
from subgraphs.common.messages import DeadLetter, Handler, Message
from subgraphs.common.pausing import happens_within
from subgraphs.common.retention import KEPT
from subgraphs.common.sqlite import BUSY_SECONDS, ReadsAtOnce, until_unlocked

SCHEMA = """
CREATE TABLE IF NOT EXISTS log (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    message BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS progress (queue TEXT PRIMARY KEY, sequence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS dead_letters (
    queue TEXT NOT NULL, sequence INTEGER NOT NULL, message BLOB NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (queue, sequence)
);
CREATE TABLE IF NOT EXISTS replays (
    queue TEXT NOT NULL, sequence INTEGER NOT NULL, message BLOB NOT NULL, PRIMARY KEY (queue, sequence)
);
"""
POLL_SECONDS = 0.1
FIRST_PAUSE_S = 0.2


class EmbeddedBroker:
    """A `Broker` over one file: a log of a month or more, and for each queue how far it has read.

    One consumer a queue may run at a time.
    """

    def __init__(
        self, file: Path, *, poll_seconds: float = POLL_SECONDS, first_pause_s: float = FIRST_PAUSE_S
    ) -> None:
        self._file = file
        self._first_pause_s = first_pause_s
        self._poll_seconds = poll_seconds
        self._connection: aiosqlite.Connection | None = None
        self._looks = ReadsAtOnce(str(file))
        self._opening = asyncio.Lock()
        self._published = asyncio.Event()
        self._pruned_on: date | None = None

    async def publish(self, messages: Sequence[Message]) -> None:
        """Appends the messages that are not in the log yet."""
        connection = await self._open()
        rows = [(message.id, message.kind, message.encode()) for message in messages]
        await connection.executemany("INSERT OR IGNORE INTO log (id, kind, message) VALUES (?, ?, ?)", rows)
        await connection.commit()
        self._published.set()
        await self._prune_daily()

    async def consume(self, queue: str, kinds: Sequence[str], handler: Handler) -> None:
        """Reads the log from where the queue stands, one message after the other."""
        connection = await self._open()
        seen: object = None
        while True:
            self._published.clear()
            # Asked before the log is read, so that what is committed meanwhile is read the next time.
            version = self._version()
            if version is None or version != seen:
                await self._read_on(connection, queue, kinds, handler)
                seen = version
            # Publishers in this process wake us; those in others are found by looking again.
            await happens_within(self._published, self._poll_seconds)

    async def _read_on(
        self, connection: aiosqlite.Connection, queue: str, kinds: Sequence[str], handler: Handler
    ) -> None:
        for sequence, data in await self._replayed(connection, queue):
            await self._deliver(queue, sequence, data, handler)
            await connection.execute(
                "DELETE FROM replays WHERE queue = ? AND sequence = ?", (queue, sequence)
            )
            await connection.commit()
        for sequence, data in await self._unread(connection, queue, kinds):
            await self._deliver(queue, sequence, data, handler)
            await connection.execute(
                "INSERT INTO progress VALUES (?, ?) ON CONFLICT (queue) DO UPDATE SET sequence = excluded.sequence",
                (queue, sequence),
            )
            await connection.commit()

    def _version(self) -> object:
        """What is another value once anything has been committed to the file; None where it cannot be told."""
        return self._looks.fetch_at_once("PRAGMA data_version", ())

    async def prune(self, now: datetime) -> None:
        """Deletes what every queue has read and what is older than a month; dead letters stay."""
        connection = await self._open()
        await connection.execute(
            "DELETE FROM log WHERE sequence <= (SELECT min(sequence) FROM progress) "
            "AND sequence NOT IN (SELECT sequence FROM dead_letters UNION SELECT sequence FROM replays) "
            "AND json_extract(CAST(message AS TEXT), '$.occurred_at') < ?",
            ((now - KEPT).astimezone(UTC).isoformat(),),
        )
        await connection.commit()

    async def dead_letters(self, queue: str) -> list[DeadLetter]:
        """What the queue gave up, the oldest first."""
        await self._open()
        # Over a connection of its own: the consumer's shows what is not committed yet, and may never be.
        rows = await asyncio.to_thread(_read_dead_letters, self._file, queue)
        return [DeadLetter(row[0], queue, row[1], bytes(row[2])) for row in rows]

    async def replay(self, queue: str, ids: Collection[str]) -> int:
        """Moves these dead letters to where the queue looks before it reads on."""
        connection = await self._open()
        moved = 0
        for message_id in ids:
            rows = await connection.execute_fetchall(
                "DELETE FROM dead_letters WHERE queue = ? AND sequence = (SELECT sequence FROM log WHERE id = ?) "
                "RETURNING queue, sequence, message",
                (queue, message_id),
            )
            await connection.executemany("INSERT OR REPLACE INTO replays VALUES (?, ?, ?)", list(rows))
            moved += len(list(rows))
        await connection.commit()
        return moved

    async def close(self) -> None:
        """Closes the file."""
        self._looks.close()
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _open(self) -> aiosqlite.Connection:
        async with self._opening:
            if self._connection is None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                await asyncio.to_thread(until_unlocked, partial(_make_tables, self._file))
                self._connection = await aiosqlite.connect(self._file, timeout=BUSY_SECONDS)
            return self._connection

    async def _prune_daily(self) -> None:
        now = utc_now()
        if self._pruned_on != now.date():
            self._pruned_on = now.date()
            await self.prune(now)

    @staticmethod
    async def _unread(
        connection: aiosqlite.Connection, queue: str, kinds: Sequence[str]
    ) -> list[tuple[int, bytes]]:
        marks = ", ".join("?" * len(kinds))
        rows = await connection.execute_fetchall(
            f"SELECT sequence, message FROM log WHERE kind IN ({marks}) AND sequence > "  # noqa: S608 - only marks
            "coalesce((SELECT sequence FROM progress WHERE queue = ?), 0) ORDER BY sequence LIMIT 100",
            (*kinds, queue),
        )
        return [(int(row[0]), bytes(row[1])) for row in rows]

    @staticmethod
    async def _replayed(connection: aiosqlite.Connection, queue: str) -> list[tuple[int, bytes]]:
        rows = await connection.execute_fetchall(
            "SELECT sequence, message FROM replays WHERE queue = ? ORDER BY sequence", (queue,)
        )
        return [(int(row[0]), bytes(row[1])) for row in rows]

    async def _deliver(self, queue: str, sequence: int, data: bytes, handler: Handler) -> None:
        reason = await deliver(data, queue, handler, self._first_pause_s)
        if reason is not None:
            await self._bury(queue, sequence, data, reason)

    async def _bury(self, queue: str, sequence: int, data: bytes, reason: str) -> None:
        connection = await self._open()
        await connection.execute(
            "INSERT OR REPLACE INTO dead_letters VALUES (?, ?, ?, ?)", (queue, sequence, data, reason)
        )


def _make_tables(file: Path) -> None:
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.executescript(SCHEMA)


def _read_dead_letters(file: Path, queue: str) -> list[tuple[str, str, bytes]]:
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
        return connection.execute(
            "SELECT log.id, dead_letters.reason, dead_letters.message FROM dead_letters "
            "JOIN log USING (sequence) WHERE queue = ? ORDER BY sequence",
            (queue,),
        ).fetchall()
