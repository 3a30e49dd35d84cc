"""One subgraph's database: reads, transactions, and how SQLite and PostgreSQL are made to agree."""

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    DateTime,
    Dialect,
    FromClause,
    Insert,
    MetaData,
    Row,
    Select,
    Table,
    TypeDecorator,
    event,
    insert,
    inspect,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util.concurrency import greenlet_spawn

from subgraphs.common.postgresql import fetch_rows, postgresql_engine
from subgraphs.common.prepared import NOTHING, Asked, Prepared, Record, Values
from subgraphs.common.sqlite import (
    BUSY_SECONDS,
    STEPS_BETWEEN_LOOKS,
    DriverInOneTrip,
    ReadsAtOnce,
    StatementClock,
    until_unlocked,
)
from subgraphs.common.tracing import is_traced

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
STATEMENT_TIMEOUT = timedelta(seconds=5)
_CLOCK = "statement_clock"


def metadata() -> MetaData:
    """Fresh metadata whose constraints are named by rule, so that migrations can speak of them."""
    return MetaData(naming_convention=NAMING)


class Timestamp(TypeDecorator[datetime]):
    """A moment in UTC, aware on both databases (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive moment and turns every other into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone is not a moment; pass an aware datetime.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives the moment back as an aware one."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """The database behind one subgraph.

    `read()` opens a session for looking, in which each statement sees what is committed by then; `snapshot()` one in
    which all of them see what was committed at the first; `transaction()` one for changing, committed at its end and
    rolled back by an exception. On SQLite a transaction takes the write lock at once (BEGIN IMMEDIATE), so that
    what it read cannot be overtaken before it writes.

    A statement that runs for longer than `statement_timeout` is broken off: `DBAPIError`. Only what a lock is waited
    for on SQLite does not count.
    """

    def __init__(self, url: str, statement_timeout: timedelta = STATEMENT_TIMEOUT) -> None:
        make = _sqlite_engine if url.startswith("sqlite") else postgresql_engine
        self.engine = make(url, statement_timeout)
        writes = self.engine.execution_options(writes=True)
        # A statement that stands alone needs no BEGIN before it and no ROLLBACK after it, which cost as much as it.
        alone = {"alone": True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        together = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._alone = self.engine.execution_options(**alone)
        self._reading = async_sessionmaker(self._alone, expire_on_commit=False)
        self._comparing = async_sessionmaker(
            self.engine.execution_options(**together), expire_on_commit=False
        )
        self._writing = async_sessionmaker(writes, expire_on_commit=False)
        self._prepared: WeakKeyDictionary[Select[*tuple[Any, ...]], Prepared] = WeakKeyDictionary()
        self._at_once = ReadsAtOnce(self.engine.url.database or "") if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading, and for nothing else: no transaction keeps its statements together."""
        async with self._reading() as session:
            yield session

    async def rows(
        self, statement: Select[*tuple[Any, ...]], values: Values = NOTHING
    ) -> Sequence[Row[*tuple[Any, ...]] | Record]:
        """What one statement finds, as in a session of `read()`, for a fraction of what such a one costs.

        Statements are to be made once, and asked with other values: what is made ready of one is kept with it.
        """
        if not is_traced():  # what goes through SQLAlchemy is told of
            prepared = self._prepared.get(statement)
            if prepared is None:
                prepared = self._prepared[statement] = Prepared(statement, self.engine.dialect)
            found = await self._found(prepared.asked(values))
            if found is not None:
                return prepared.rows(found)
        return await greenlet_spawn(self._rows_by_session, statement, values)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """A session for reading what must agree: nothing that is committed meanwhile is seen."""
        async with self._comparing() as session:
            yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session for one transaction: committed when the block ends, rolled back when it raises."""
        async with self._writing() as session, session.begin():
            yield session

    async def _found(self, asked: Asked) -> Sequence[Any] | None:
        """What the driver itself finds; None where a session is to be asked."""
        if self._at_once is not None:
            return self._at_once.fetch_at_once(*asked)
        return await greenlet_spawn(fetch_rows, self._alone.sync_engine, *asked)

    def _rows_by_session(
        self, statement: Select[*tuple[Any, ...]], values: Values
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        with Session(self._alone.sync_engine, expire_on_commit=False) as session:
            return session.execute(statement, values).all()

    async def take_statistics(self) -> None:
        """Looks at how much the tables hold, for statements are planned by it: to be done after a load."""
        engine = self.engine.execution_options(writes=True, unhurried=True)
        async with engine.begin() as connection:
            if not self.is_sqlite:
                await connection.execute(text("SET LOCAL statement_timeout = 0"))
            await connection.execute(text("ANALYZE"))

    async def close(self) -> None:
        """Closes every connection."""
        if self._at_once is not None:
            self._at_once.close()
        await self.engine.dispose()


async def put(session: AsyncSession, row: DeclarativeBase) -> None:
    """Puts a new row into its table at once, as it is: the session keeps no account of it."""
    mapper = inspect(type(row))
    values = {attribute.key: getattr(row, attribute.key) for attribute in mapper.column_attrs}
    await session.execute(_insert(mapper.local_table), values)


@cache
def _insert(table: FromClause) -> Insert:
    return insert(cast("Table", table))


def insert_into(session: AsyncSession, table: type[Any]) -> postgresql.Insert:
    """An INSERT that may go on with ON CONFLICT, in the words that both databases share."""
    return insert_for(table, is_sqlite=is_on_sqlite(session))


def is_on_sqlite(session: AsyncSession) -> bool:
    """Whether a session is one of the embedded database."""
    return session.get_bind().dialect.name == "sqlite"


def insert_for(table: Any, *, is_sqlite: bool) -> postgresql.Insert:
    """An INSERT for one of the databases that may go on with ON CONFLICT."""
    dialect = sqlite if is_sqlite else postgresql
    return cast("postgresql.Insert", dialect.insert(table))


def _sqlite_engine(url: str, statement_timeout: timedelta) -> AsyncEngine:
    engine = create_async_engine(url, module=DriverInOneTrip())
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(
        engine.sync_engine, "before_cursor_execute", partial(_start_clock, statement_timeout.total_seconds())
    )
    return engine


def _prepare_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` does, with the lock that fits.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    until_unlocked(lambda: cursor.execute("PRAGMA journal_mode = WAL"))
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
    clock = record.info[_CLOCK] = StatementClock()
    connection.run_async(lambda driver: driver.set_progress_handler(clock.is_over, STEPS_BETWEEN_LOOKS))


def _start_clock(seconds: float, connection: Connection, *_: Any) -> None:
    unhurried = connection.get_execution_options().get("unhurried", False)
    connection.info[_CLOCK].start(math.inf if unhurried else seconds)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("alone", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")
