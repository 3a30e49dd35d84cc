"""What looking costs a database: a statement, and nothing around it."""

from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import text

from subgraphs.common import database as databases
from subgraphs.common.database import Database
from tests.conftest import postgresql_url
from tests.databases import KINDS, empty_database


@pytest.mark.parametrize("kind", KINDS)
async def test_a_read_sees_what_was_committed_since_the_one_before_it(kind: str, tmp_path: Path) -> None:
    count = text("SELECT count(*) FROM kept")
    async with empty_database(kind, tmp_path) as url:
        database = Database(url)
        async with database.transaction() as session:
            await session.execute(text("CREATE TABLE kept (n integer)"))
        async with database.read() as reading:
            assert await reading.scalar(count) == 0
            async with database.transaction() as session:
                await session.execute(text("INSERT INTO kept VALUES (1)"))
            assert await reading.scalar(count) == 1
        await database.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_snapshot_sees_nothing_that_is_committed_meanwhile(kind: str, tmp_path: Path) -> None:
    count = text("SELECT count(*) FROM kept")
    async with empty_database(kind, tmp_path) as url:
        database = Database(url)
        async with database.transaction() as session:
            await session.execute(text("CREATE TABLE kept (n integer)"))
        async with database.snapshot() as comparing:
            await comparing.scalar(count)
            async with database.transaction() as session:
                await session.execute(text("INSERT INTO kept VALUES (1)"))
            assert await comparing.scalar(count) == 0
        await database.close()


async def test_on_sqlite_a_read_is_one_trip_to_the_connections_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite'}")
    async with database.read() as session:
        await session.scalar(text("SELECT 1"))
    trips = 0
    ordinary = aiosqlite.Connection._execute

    async def counted(*given: object) -> object:
        nonlocal trips
        trips += 1
        return await ordinary(*given)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    async with database.read() as session:
        assert (await session.execute(text("SELECT 1 UNION SELECT 2"))).scalars().all() == [1, 2]
    assert trips == 1
    await database.close()


@pytest.mark.needs("postgresql")
async def test_a_connection_that_broke_while_it_rested_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "RESTED_SECONDS", 0)
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
