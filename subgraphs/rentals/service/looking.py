"""The lists behind the root queries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.rentals.domain import Format, RentalStatus
from subgraphs.rentals.models import CopyRow, MovieRow, RentalRow, StoreRow


async def list_stores(session: AsyncSession) -> Sequence[StoreRow]:
    """All stores, by name."""
    return (await session.scalars(select(StoreRow).order_by(StoreRow.name))).all()


async def list_overdue(
    session: AsyncSession,
    store_id: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
    now: datetime,
) -> Sequence[RentalRow]:
    """The overdue rentals (of one store), the longest overdue first."""
    wanted = _overdue(store_id, now)
    if after is not None:
        moment, rental_id = after
        same = and_(RentalRow.due_at == moment, RentalRow.id > rental_id)
        wanted.append(or_(RentalRow.due_at > moment, same))
    ordered = select(RentalRow).where(*wanted).order_by(RentalRow.due_at, RentalRow.id)
    return (await session.scalars(ordered.limit(limit))).all()


async def count_overdue(session: AsyncSession, store_id: str | None, now: datetime) -> int:
    """How many rentals (of one store) are overdue."""
    return await session.scalar(select(func.count()).where(*_overdue(store_id, now))) or 0


async def list_in_stock(
    session: AsyncSession,
    store_id: str | None,
    film_format: Format | None,
    after: tuple[str, str] | None,
    limit: int,
) -> Sequence[MovieRow]:
    """The films with a copy on the shelf (of one store, in one format), by name."""
    on_shelf = [CopyRow.movie_id == MovieRow.id, CopyRow.on_shelf]
    if store_id is not None:
        on_shelf.append(CopyRow.store_id == store_id)
    if film_format is not None:
        on_shelf.append(CopyRow.format == film_format)
    statement = select(MovieRow).where(exists().where(*on_shelf))
    if after is not None:
        name, movie_id = after
        same = and_(MovieRow.name == name, MovieRow.id > movie_id)
        statement = statement.where(or_(MovieRow.name > name, same))
    return (await session.scalars(statement.order_by(MovieRow.name, MovieRow.id).limit(limit))).all()


def _overdue(store_id: str | None, now: datetime) -> list[ColumnElement[bool]]:
    wanted = [RentalRow.where_status(RentalStatus.OVERDUE, now)]
    if store_id is not None:
        wanted.append(RentalRow.store_id == store_id)
    return wanted
