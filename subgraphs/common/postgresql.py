"""What is asked of a PostgreSQL server beside statements: how long one may run, and whether a connection holds."""

import math
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import Dialect, event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.util import await_only

RESTED_SECONDS = 1.0
"""A connection to a server that nobody used for so long is asked whether it still holds, before it is used again."""
FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
_USED = "last_used"


def postgresql_engine(url: str, statement_timeout: timedelta) -> AsyncEngine:
    """Connections to a server, which breaks off statements that take longer."""
    milliseconds = math.ceil(statement_timeout / timedelta(milliseconds=1))
    engine = create_async_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_recycle=1800,
        connect_args={"server_settings": {"statement_timeout": str(milliseconds)}},
    )
    event.listen(engine.sync_engine, "checkin", _note_use)
    event.listen(engine.sync_engine, "checkout", partial(_ask_if_rested, engine.dialect))
    return engine


def fetch_rows(engine: Engine, sql: str, values: Sequence[Any]) -> Sequence[Any]:
    """What the driver itself finds over one of the engine's connections; to be called where SQLAlchemy waits.

    Raises:
        DBAPIError: the statement failed, or ran for too long.
    """
    connection: Any = engine.raw_connection()
    try:
        return await_only(connection.driver_connection.fetch(sql, *values))
    except FAILURES as error:
        if is_broken := connection.driver_connection.is_closed():
            connection.invalidate()
        raise DBAPIError(sql, None, error, connection_invalidated=is_broken) from error
    except BaseException:  # what becomes of a statement that nobody waits for is not known
        connection.invalidate()
        raise
    finally:
        connection.close()


def _note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[_USED] = time.monotonic()


def _ask_if_rested(
    dialect: Dialect, connection: DBAPIConnection, record: ConnectionPoolEntry, _: PoolProxiedConnection
) -> None:
    """Has a connection replaced that broke while it rested."""
    if time.monotonic() - record.info.get(_USED, math.inf) < RESTED_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        if dialect.is_disconnect(error, connection, None):
            raise DisconnectionError from error
        raise
