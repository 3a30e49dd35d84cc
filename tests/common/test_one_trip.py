"""SQLite by the driver that makes one trip a statement does what it does by SQLAlchemy's own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from subgraphs.common.database import Database

PUT = text("INSERT INTO kept VALUES (:n)")
NUMBERS = text("SELECT n FROM kept ORDER BY n")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "test.sqlite"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    """A database with an empty table."""
    opened = Database(f"sqlite+aiosqlite:///{file}")
    async with opened.transaction() as session:
        await session.execute(text("CREATE TABLE kept (n integer PRIMARY KEY)"))
    yield opened
    await opened.close()


async def numbers(database: Database) -> list[int]:
    """What the table holds."""
    async with database.read() as session:
        return [*(await session.scalars(NUMBERS))]


async def test_rows_come_in_order_and_by_name(database: Database) -> None:
    async with database.read() as session:
        rows = (
            await session.execute(text("SELECT 1 AS n, 'a' AS word UNION SELECT 2, 'b' ORDER BY n"))
        ).all()
    assert [(row.n, row.word) for row in rows] == [(1, "a"), (2, "b")]


async def test_many_rows_are_put_at_once(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(PUT, [{"n": number} for number in range(3)])
    assert await numbers(database) == [0, 1, 2]


async def test_a_change_tells_how_many_rows_it_changed(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(PUT, [{"n": number} for number in range(3)])
        changed = await session.execute(text("DELETE FROM kept WHERE n > 0"))
    assert changed.rowcount == 2  # pyright: ignore[reportAttributeAccessIssue]


async def test_a_change_returns_rows(database: Database) -> None:
    async with database.transaction() as session:
        put = await session.scalars(text("INSERT INTO kept VALUES (7) RETURNING n"))
        assert put.all() == [7]


async def test_a_broken_constraint_is_an_integrity_error(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await session.execute(PUT, [{"n": 1}, {"n": 1}])


async def test_a_transaction_that_raises_changes_nothing(database: Database) -> None:
    with pytest.raises(OperationalError):
        async with database.transaction() as session:
            await session.execute(PUT, {"n": 1})
            await session.execute(text("SELECT nothing"))
    assert await numbers(database) == []


async def test_whoever_stops_waiting_for_the_write_lock_does_not_keep_it(
    database: Database, file: Path
) -> None:
    await numbers(database)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(_put(database))
        await asyncio.sleep(0.1)
        writing.cancel()
        other.execute("COMMIT")
        with pytest.raises(asyncio.CancelledError):
            await writing
        other.execute("INSERT INTO kept VALUES (2)")
    assert await numbers(database) == [2]


async def test_a_transaction_that_is_given_up_between_statements_keeps_no_lock(
    database: Database, file: Path
) -> None:
    begun = asyncio.Event()

    async def write() -> None:
        async with database.transaction() as session:
            await session.execute(PUT, {"n": 1})
            begun.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write())
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    with closing(sqlite3.connect(file, isolation_level=None, timeout=1)) as other:
        other.execute("INSERT INTO kept VALUES (2)")
    assert await numbers(database) == [2]


async def test_a_read_between_changes_leaves_nothing_locked(database: Database, file: Path) -> None:
    async with database.read() as session:
        await session.scalars(NUMBERS)
        with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as other:
            other.execute("INSERT INTO kept VALUES (1)")
            checkpoint = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert checkpoint[0] == 0


async def _put(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(PUT, {"n": 1})
