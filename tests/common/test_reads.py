"""What looking costs a database: a statement, and nothing around it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import aiosqlite
import pytest
from sqlalchemy import QueuePool, bindparam, func, literal, literal_column, select, table, text
from sqlalchemy.exc import DBAPIError

from subgraphs.common import postgresql
from subgraphs.common.database import Database
from subgraphs.common.outages import is_outage
from subgraphs.common.sqlite import ReadsAtOnce
from tests.conftest import postgresql_url
from tests.databases import FILE, KINDS, empty_database

ENDLESS = """(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT (n + 1) % 1000 FROM numbers)
               SELECT count(*) FROM numbers)"""
LONG = """(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000000)
            SELECT count(*) FROM numbers)"""
COUNT = text("SELECT count(*) FROM kept")


@asynccontextmanager
async def kept(kind: str, folder: Path) -> AsyncIterator[Database]:
    """A database with a table that is empty."""
    async with empty_database(kind, folder) as url:
        database = Database(url)
        async with database.transaction() as session:
            await session.execute(text("CREATE TABLE kept (n integer)"))
        yield database
        await database.close()


def noting_trips(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What SQLite's connections are asked from now on, each in a trip to its thread."""
    trips: list[object] = []
    ordinary = aiosqlite.Connection._execute

    async def noted(connection: aiosqlite.Connection, *asked: Any) -> object:
        trips.append(asked)
        return await ordinary(connection, *asked)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", noted)
    return trips


@pytest.mark.parametrize("kind", KINDS)
async def test_a_read_sees_what_was_committed_since_the_one_before_it(kind: str, tmp_path: Path) -> None:
    async with kept(kind, tmp_path) as database, database.read() as reading:
        assert await reading.scalar(COUNT) == 0
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO kept VALUES (1)"))
        assert await reading.scalar(COUNT) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_snapshot_sees_nothing_that_is_committed_meanwhile(kind: str, tmp_path: Path) -> None:
    async with kept(kind, tmp_path) as database, database.snapshot() as comparing:
        await comparing.scalar(COUNT)
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO kept VALUES (1)"))
        assert await comparing.scalar(COUNT) == 0


async def test_on_sqlite_a_read_is_one_trip_to_the_connections_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite'}")
    async with database.read() as session:
        await session.scalar(text("SELECT 1"))
    trips = noting_trips(monkeypatch)
    async with database.read() as session:
        assert (await session.execute(text("SELECT 1 UNION SELECT 2"))).scalars().all() == [1, 2]
    assert len(trips) == 1
    await database.close()


async def test_on_sqlite_rows_that_are_found_at_once_need_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with kept("sqlite", tmp_path) as database:
        trips = noting_trips(monkeypatch)
        assert await database.rows(select(bindparam("n")), {"n": 2}) == [(2,)]
        assert len(trips) == 0


async def test_on_sqlite_rows_that_are_long_in_coming_are_waited_for_in_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = select(literal_column(LONG))
    async with kept("sqlite", tmp_path) as database:
        assert await database.rows(statement) == [(1_000_000,)]
        trips = noting_trips(monkeypatch)
        turns = [asyncio.create_task(database.rows(statement)), asyncio.create_task(asyncio.sleep(0, "turn"))]
        done, _ = await asyncio.wait(turns, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == ["turn"]
        assert await turns[0] == [(1_000_000,)]
        assert len(trips) == 1


async def test_on_sqlite_rows_are_found_while_another_connection_writes(tmp_path: Path) -> None:
    async with kept("sqlite", tmp_path) as database, database.transaction() as session:
        await session.execute(text("INSERT INTO kept VALUES (1)"))
        assert await database.rows(select(func.count()).select_from(table("kept"))) == [(0,)]


async def test_on_sqlite_rows_cannot_be_written_by_what_reads_them(tmp_path: Path) -> None:
    async with kept("sqlite", tmp_path):
        reads = ReadsAtOnce(str(tmp_path / FILE))
        assert reads.fetch_at_once("INSERT INTO kept VALUES (1) RETURNING n", ()) is None
        assert reads.fetch_at_once("SELECT count(*) FROM kept", ()) == [(0,)]
        reads.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_rows_that_cannot_be_found_are_a_database_error(kind: str, tmp_path: Path) -> None:
    async with kept(kind, tmp_path) as database:
        with pytest.raises(DBAPIError):
            await database.rows(select(literal_column("n")).select_from(table("nowhere")))


@pytest.mark.parametrize("kind", KINDS)
async def test_rows_that_take_too_long_are_a_database_error(kind: str, tmp_path: Path) -> None:
    async with empty_database(kind, tmp_path) as url:
        database = Database(url, timedelta(seconds=0.2))
        with pytest.raises(DBAPIError) as error:
            await database.rows(select(literal_column(ENDLESS)))
        assert not is_outage(error.value)
        await database.close()


@pytest.mark.needs("postgresql")
async def test_rows_of_a_connection_that_is_cut_are_an_outage_and_the_next_ones_come() -> None:
    database = Database(postgresql_url())
    with pytest.raises(DBAPIError) as cut:
        await database.rows(select(func.pg_terminate_backend(func.pg_backend_pid())))
    assert is_outage(cut.value)
    assert await database.rows(select(literal(1))) == [(1,)]
    await database.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_rows_that_nobody_waits_for_any_more_hold_no_connection(kind: str, tmp_path: Path) -> None:
    async with empty_database(kind, tmp_path) as url:
        database = Database(url, timedelta(seconds=1))
        reading = asyncio.create_task(database.rows(select(literal_column(ENDLESS)), {}))
        await asyncio.sleep(0.1)
        reading.cancel()
        await asyncio.wait({reading})
        assert await database.rows(select(literal(1)), {}) == [(1,)]
        assert cast("QueuePool", database.engine.pool).checkedout() == 0
        await database.close()


@pytest.mark.needs("postgresql")
async def test_a_connection_that_broke_while_it_rested_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "RESTED_SECONDS", 0)
    database, other = Database(postgresql_url()), Database(postgresql_url())
    async with database.read() as session:
        rested = await session.scalar(text("SELECT pg_backend_pid()"))
    async with other.read() as session:
        await session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": rested})
    async with database.read() as session:
        assert await session.scalar(text("SELECT pg_backend_pid()")) != rested
    await database.close()
    await other.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_connection_that_was_just_used_is_not_asked_whether_it_holds(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with empty_database(kind, tmp_path) as url:
        database = Database(url)
        asked: list[object] = []

        async with database.read() as session:
            await session.scalar(text("SELECT 1"))
        monkeypatch.setattr(database.engine.sync_engine.dialect, "do_ping", asked.append)
        async with database.read() as session:
            await session.scalar(text("SELECT 1"))
        await database.close()
        assert asked == []
