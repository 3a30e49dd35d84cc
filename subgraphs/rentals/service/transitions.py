"""What time does to a rental by itself: overdue, then lost. Told once each, however many workers look."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database
from subgraphs.rentals.events import LOST, OVERDUE, tell, tell_availability
from subgraphs.rentals.models import NOT_BACK, OUT, RentalRow
from subgraphs.rentals.service.accounts import locked_account
from subgraphs.rentals.service.fees import book_fee

BATCH = 200


async def tell_transitions(database: Database, now: datetime) -> int:
    """Tells of a batch of rentals that have become overdue or lost, books the lost ones' replacement fee, and
    gives how many there were."""
    found = await _untold(database, now)
    for account_id, rental_id in found:
        async with database.transaction() as session:
            await locked_account(session, account_id)
            await _tell_one(session, rental_id, now)
    return len(found)


async def _untold(database: Database, now: datetime) -> Sequence[tuple[str, str]]:
    columns = (RentalRow.account_id, RentalRow.id)
    overdue = select(*columns).where(text(OUT), RentalRow.overdue_told_at.is_(None), RentalRow.due_at < now)
    lost = select(*columns).where(text(NOT_BACK), RentalRow.lost_told_at.is_(None), RentalRow.lost_at < now)
    async with database.read() as session:
        rows = await session.execute(overdue.union(lost).limit(BATCH))
        return [(account_id, rental_id) for account_id, rental_id in rows]


async def _tell_one(session: AsyncSession, rental_id: str, now: datetime) -> None:
    """Looks again under the lock of the renter's account: the box may be back, or another worker was quicker."""
    rental = await session.get_one(RentalRow, rental_id)
    if rental.returned_at is not None:
        return
    if rental.sent_back_at is None and rental.overdue_told_at is None and now > rental.due_at:
        rental.overdue_told_at = now
        rental.version += 1
        tell(session, OVERDUE, rental, now)
    if rental.lost_told_at is None and now > rental.lost_at:
        rental.lost_told_at = now
        rental.version += 1
        await book_fee(session, rental, now)
        tell(session, LOST, rental, now)
        tell_availability(session, rental.movie_id, now)
