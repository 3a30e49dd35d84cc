"""Where a rental or a film stands in the counter's lists."""

from datetime import datetime

from subgraphs.common.connections import decode_cursor, encode_cursor
from subgraphs.common.errors import BadUserInput
from subgraphs.rentals.models import MovieRow, RentalRow


def rental_cursor(row: RentalRow) -> str:
    """The cursor of a rental in its renter's list."""
    return encode_cursor(row.rented_at.isoformat(), row.id)


def due_cursor(row: RentalRow) -> str:
    """The cursor of a rental in the list of overdue ones."""
    return encode_cursor(row.due_at.isoformat(), row.id)


def rental_place(cursor: str | None) -> tuple[datetime, str] | None:
    """The moment and the id that such a cursor holds; None for the beginning.

    Raises:
        BadUserInput: no cursor of these lists.
    """
    if cursor is None:
        return None
    moment, rental_id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(str(moment)), str(rental_id)
    except ValueError as error:
        raise BadUserInput(
            "`after` is no cursor of this connection; pass an `endCursor` that it gave."
        ) from error


def name_cursor(row: MovieRow) -> str:
    """The cursor of a film in a list by name."""
    return encode_cursor(row.name, row.id)


def name_place(cursor: str | None) -> tuple[str, str] | None:
    """The name and the id that such a cursor holds; None for the beginning.

    Raises:
        BadUserInput: no cursor of this list.
    """
    if cursor is None:
        return None
    name, movie_id = decode_cursor(cursor, 2)
    return str(name), str(movie_id)
