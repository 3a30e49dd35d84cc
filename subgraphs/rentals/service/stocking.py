"""New copies, and copies that leave the shelf with their film."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database
from subgraphs.common.errors import Refused, invalid_input, not_found
from subgraphs.common.ids import new_id
from subgraphs.rentals.domain import CopyCondition, Format, barcode
from subgraphs.rentals.events import tell_availability
from subgraphs.rentals.models import CopyRow, MovieRow, StoreRow
from subgraphs.rentals.service.keyed import keyed, once

MOST_COPIES = 100


async def add_copies(
    database: Database,
    *,
    clerk: str,
    movie_id: str,
    store_id: str,
    film_format: Format,
    count: int,
    key: str,
    now: datetime,
) -> Sequence[str]:
    """Puts new copies of a film on a store's shelf; gives their ids.

    Raises:
        Refused: with InvalidInput, NotFound or IdempotencyKeyReused.
    """

    async def add(session: AsyncSession) -> dict[str, list[str]]:
        if not 1 <= count <= MOST_COPIES:
            message = f"From 1 to {MOST_COPIES} copies can be added at once, not {count}."
            raise Refused(invalid_input(message, "count"))
        await _check_known(session, movie_id, store_id)
        copies = [_copy(movie_id, store_id, film_format) for _ in range(count)]
        session.add_all(copies)
        tell_availability(session, movie_id, now)
        return {"copies": [copy.id for copy in copies]}

    values = {"movieId": movie_id, "storeId": store_id, "format": film_format, "count": count}
    return (await once(database, keyed(clerk, "addCopies", key, **values), now, add))["copies"]


async def retire_copies(session: AsyncSession, movie_id: str, now: datetime) -> None:
    """Takes a film's copies out of service; those on loan leave it when they come back."""
    copies = update(CopyRow).where(CopyRow.movie_id == movie_id, CopyRow.retired_at.is_(None))
    await session.execute(
        copies.values(on_shelf=False, retired_at=now).execution_options(synchronize_session=False)
    )
    tell_availability(session, movie_id, now)


async def _check_known(session: AsyncSession, movie_id: str, store_id: str) -> None:
    """The film's row stays locked, so that it is not retired while its copies are added."""
    movie = select(MovieRow.id).where(MovieRow.id == movie_id, ~MovieRow.retired)
    if await session.scalar(movie.with_for_update(key_share=True)) is None:
        raise Refused(not_found("film in the catalogue", "movieId"))
    store = select(StoreRow.id).where(StoreRow.id == store_id)
    if await session.scalar(store) is None:
        raise Refused(not_found("store", "storeId"))


def _copy(movie_id: str, store_id: str, film_format: Format) -> CopyRow:
    return CopyRow(
        id=new_id("cpy"),
        barcode=barcode(secrets.randbelow(10**10)),
        movie_id=movie_id,
        store_id=store_id,
        format=film_format,
        condition=CopyCondition.NEW,
        on_shelf=True,
        retired_at=None,
    )
