"""Databases for tests: SQLite and PostgreSQL, empty, or filled once and as they were for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import MetaData, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate
from tests.conftest import postgresql_url

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
WHATEVER_THE_DATABASE = pytest.mark.parametrize("seeded", ["sqlite"], indirect=True)
"""For a claim about a rule in which the database has no part: the one at hand is enough."""
FILE = "test.sqlite"
TABLES = """SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
            FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'alembic_version'
              AND is_generated = 'NEVER'
            GROUP BY table_name"""
"""The tables and, of each, the columns that somebody has to write."""


@asynccontextmanager
async def empty_database(kind: str, folder: Path) -> AsyncIterator[str]:
    """The URL of a database of our own: a file in the folder, or one on the server, dropped at the end."""
    if kind == "sqlite":
        yield _file_url(folder)
        return
    name = f"test_{uuid4().hex[:12]}"
    async with _connection(postgresql_url()) as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
        # No test asks whether the server outlives a power cut, and all wait for its disk otherwise.
        await connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    try:
        yield make_url(postgresql_url()).set(database=name).render_as_string(hide_password=False)
    finally:
        async with _connection(postgresql_url()) as connection:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@dataclass
class Template:
    """A database that was filled once: tests look at it, or get their own to change.

    On SQLite their own is a copy of the file; on PostgreSQL it is the same database, put back as it was before
    the next test, which is much quicker than to make one.
    """

    url: str
    _tables: dict[str, str] = field(default_factory=dict, init=False)
    _changed: bool = field(default=False, init=False)

    async def to_look_at(self) -> str:
        """The URL for a test that changes nothing."""
        if self._changed:
            await self._put_back()
        return self.url

    async def to_change(self, folder: Path) -> str:
        """The URL for a test that may change what it likes."""
        if self.url.startswith("sqlite"):
            await asyncio.to_thread(shutil.copy, make_url(self.url).database or "", folder / FILE)
            return _file_url(folder)
        await self.to_look_at()
        self._changed = True
        return self.url

    async def keep(self) -> None:
        """Takes what is in the database now for what every test shall find."""
        async with _connection(self.url) as connection:
            if self.url.startswith("sqlite"):
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                return
            self._tables = {row[0]: row[1] for row in await connection.execute(text(TABLES))}
            await connection.execute(text("CREATE SCHEMA kept"))
            for table, columns in self._tables.items():
                kept = f"CREATE TABLE kept.{table} AS SELECT {columns} FROM public.{table}"  # noqa: S608
                await connection.execute(text(kept))

    async def _put_back(self) -> None:
        emptied = [f"DELETE FROM public.{table}" for table in self._tables]  # noqa: S608 - our own tables
        filled = [
            f"INSERT INTO public.{table} ({columns}) SELECT {columns} FROM kept.{table}"  # noqa: S608
            for table, columns in self._tables.items()
        ]
        async with _connection(self.url) as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            # A replica takes rows as they come: it runs no trigger and looks up no foreign key.
            await driver.execute("; ".join(["SET session_replication_role = replica", *emptied, *filled]))
        self._changed = False


@asynccontextmanager
async def template(
    kind: str, folder: Path, package: str, metadata: MetaData, fill: Callable[[Database], Awaitable[None]]
) -> AsyncIterator[Template]:
    """A database with the tables of `package`, filled once."""
    async with empty_database(kind, folder) as url:
        database = Database(url)
        await migrate(database, package, metadata)
        await fill(database)
        await database.close()
        filled = Template(url)
        await filled.keep()
        yield filled


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


def _file_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / FILE}"
