"""Whether something failed because what it needed is away, rather than by its own fault."""

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime

SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
    }
)
"""The file is locked for longer than anybody waits, or it, or its disk, is not to be had."""
POSTGRESQL_AWAY = ("08", "53", "57P")
"""How SQLSTATEs begin of connections that break, resources that are used up, and a server that starts or stops."""
PRIMARY_CODE = 0xFF


def is_outage(error: BaseException | None) -> bool:
    """Whether a store or a network is away: a connection that breaks, or cannot be had."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or is_outage(error.orig)
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE in SQLITE_AWAY
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(POSTGRESQL_AWAY)
    return isinstance(error, OSError | NoConnectionInTime)
