"""Cursors of lists that run from the newest to the oldest: a moment, and an id where two share it."""

from datetime import datetime

from sqlalchemy import ColumnElement, literal

from subgraphs.common.connections import decode_cursor, encode_cursor
from subgraphs.common.database import Timestamp
from subgraphs.common.errors import BadUserInput


def moment_cursor(moment: datetime, row_id: str) -> str:
    """The cursor of a row."""
    return encode_cursor(moment.isoformat(), row_id)


def moment_key(cursor: str) -> tuple[ColumnElement[datetime], ColumnElement[str]]:
    """The moment and the id that a cursor holds, to compare with columns.

    Raises:
        BadUserInput: no cursor of such a list.
    """
    moment, row_id = moment_place(cursor)
    return literal(moment, Timestamp), literal(row_id)


def moment_place(cursor: str) -> tuple[datetime, str]:
    """The moment and the id that a cursor holds.

    Raises:
        BadUserInput: no cursor of such a list.
    """
    moment, row_id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(str(moment)), str(row_id)
    except ValueError as error:
        raise BadUserInput(
            "`after` is no cursor of this connection; pass an `endCursor` that it gave."
        ) from error
