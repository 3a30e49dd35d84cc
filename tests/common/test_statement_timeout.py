"""No statement runs for ever, on either database; migrations take the time that they take."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from subgraphs.common.database import Database
from tests.conftest import postgresql_url
from tests.databases import KINDS

ENDLESS = text(
    """WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT (n + 1) % 1000 FROM numbers)
       SELECT count(*) FROM numbers"""
)
LONG = text(
    """WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
       SELECT count(*) FROM numbers"""
)
AT_ONCE = timedelta(microseconds=1)


@asynccontextmanager
async def database(kind: str, folder: Path, statement_timeout: timedelta) -> AsyncIterator[Database]:
    """A database whose statements may take so long: an empty file, or the server's own, which nobody here changes."""
    url = f"sqlite+aiosqlite:///{folder / 'test.sqlite'}" if kind == "sqlite" else postgresql_url()
    opened = Database(url, statement_timeout)
    yield opened
    await opened.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_query_that_never_ends_is_broken_off(kind: str, tmp_path: Path) -> None:
    async with database(kind, tmp_path, timedelta(milliseconds=250)) as opened, opened.read() as session:
        with pytest.raises(DBAPIError, match=r"interrupted|statement timeout"):
            await session.execute(ENDLESS)


async def test_on_sqlite_a_connection_answers_again_after_a_query_was_broken_off(tmp_path: Path) -> None:
    async with database("sqlite", tmp_path, AT_ONCE) as opened, opened.read() as session:
        with pytest.raises(DBAPIError, match="interrupted"):
            await session.execute(ENDLESS)
        await session.rollback()
        assert await session.scalar(text("SELECT 1")) == 1


async def test_on_sqlite_a_change_that_is_broken_off_changes_nothing(tmp_path: Path) -> None:
    async with database("sqlite", tmp_path, AT_ONCE) as opened:
        async with opened.transaction() as session:
            await session.execute(text("CREATE TABLE kept (n integer)"))
        with pytest.raises(DBAPIError, match="interrupted"):
            async with opened.transaction() as session:
                await session.execute(text("INSERT INTO kept VALUES (1)"))
                await session.execute(text(f"INSERT INTO kept {LONG}"))
        async with opened.read() as session:
            assert await session.scalar(text("SELECT count(*) FROM kept")) == 0


async def test_on_sqlite_what_is_unhurried_as_migrations_are_is_not_broken_off(tmp_path: Path) -> None:
    async with database("sqlite", tmp_path, AT_ONCE) as opened:
        async with opened.engine.connect() as connection:
            with pytest.raises(DBAPIError, match="interrupted"):
                await connection.execute(LONG)
        async with opened.engine.execution_options(unhurried=True).connect() as connection:
            assert await connection.scalar(LONG) == 100_000


@pytest.mark.needs("postgresql")
@pytest.mark.parametrize(
    ("given", "kept"), [({}, "5s"), ({"statement_timeout": timedelta(minutes=2)}, "2min")]
)
async def test_on_postgresql_the_server_keeps_the_time(given: dict[str, timedelta], kept: str) -> None:
    opened = Database(postgresql_url(), **given)
    async with opened.read() as session:
        assert await session.scalar(text("SHOW statement_timeout")) == kept
    await opened.close()
