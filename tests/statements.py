"""The SQL statements that are sent to databases, by whichever way."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from sqlalchemy import Engine, event

from subgraphs.common.database import Database
from subgraphs.common.prepared import Asked

MARKS = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


class Sent(NamedTuple):
    """A statement, its values, and the name of the database that it went to."""

    database: str
    sql: str
    values: Any


@contextmanager
def noted(of: Database | None = None) -> Iterator[list[Sent]]:
    """What is sent to a database, or to all, meanwhile; marks of transactions left out."""
    sent: list[Sent] = []
    ordinary = Database._found

    def note(engine: Engine, sql: str, values: Any) -> None:
        url = engine.url
        if not sql.startswith(MARKS) and (of is None or of.engine.url == url):
            sent.append(Sent(Path(url.database or "").stem, sql, values))

    def executed(connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        note(connection.engine, sql, values)

    async def found(database: Database, asked: Asked) -> Sequence[Any] | None:
        rows = await ordinary(database, asked)
        if rows is not None:
            note(database.engine.sync_engine, asked.sql, tuple(asked.values))
        return rows

    event.listen(Engine, "before_cursor_execute", executed)
    try:
        with patch.object(Database, "_found", found):
            yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
