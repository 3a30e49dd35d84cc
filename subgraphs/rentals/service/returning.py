"""Bringing a film back: sent by its renter, taken in at the counter."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database
from subgraphs.common.errors import Refused, not_found
from subgraphs.rentals.domain import CopyCondition, sent_back
from subgraphs.rentals.events import RETURNED, SENT_BACK, tell, tell_availability
from subgraphs.rentals.models import CopyRow, RentalRow, StoreRow
from subgraphs.rentals.refusals import already_returned
from subgraphs.rentals.service.accounts import locked_account
from subgraphs.rentals.service.fees import book_fee
from subgraphs.rentals.service.keyed import keyed, once
from subgraphs.rentals.service.rentals import own_rental


async def return_rental(database: Database, *, who: str, rental_id: str, key: str, now: datetime) -> str:
    """Notes that the renter has sent the box back, which ends its late days; gives the rental's id.

    A box that does not arrive is lost after twice the loan time.

    Raises:
        Refused: with NotFound, AlreadyReturned or IdempotencyKeyReused.
    """

    async def send_back(session: AsyncSession) -> dict[str, str]:
        rental = await own_rental(session, who, rental_id)
        if rental.sent_back_at is not None or rental.returned_at is not None:
            raise Refused(already_returned(rental.returned_at, "rentalId"))
        store = await session.get_one(StoreRow, rental.store_id)
        rental.sent_back_at = now
        rental.lost_at = sent_back(rental.term, now, rental.loan_days, store.time_zone).lost_at
        rental.version += 1
        await book_fee(session, rental, now)
        tell(session, SENT_BACK, rental, now)
        tell_availability(session, rental.movie_id, now)
        return {"rental": rental.id}

    result = await once(database, keyed(who, "returnRental", key, rentalId=rental_id), now, send_back)
    return result["rental"]


async def return_copy(
    database: Database,
    *,
    clerk: str,
    barcode: str,
    condition: CopyCondition | None,
    key: str,
    now: datetime,
) -> str:
    """Takes a box in and puts it back on the shelf, where it may stand there; gives its rental's id.

    `condition` is how it came back (None: as it went out).

    Raises:
        Refused: with NotFound, AlreadyReturned or IdempotencyKeyReused.
    """

    async def take_in(session: AsyncSession) -> dict[str, str]:
        rental = await _open_rental(session, barcode)
        await locked_account(session, rental.account_id)
        await session.refresh(rental)
        if rental.returned_at is not None:
            raise Refused(already_returned(rental.returned_at, "barcode"))
        rental.returned_at = now
        rental.version += 1
        await book_fee(session, rental, now)
        await _shelve(session, rental.copy_id, condition, now)
        tell(session, RETURNED, rental, now)
        tell_availability(session, rental.movie_id, now)
        return {"rental": rental.id}

    request = keyed(clerk, "returnCopy", key, barcode=barcode, condition=condition)
    return (await once(database, request, now, take_in))["rental"]


async def _open_rental(session: AsyncSession, barcode: str) -> RentalRow:
    copy_id = await session.scalar(select(CopyRow.id).where(CopyRow.barcode == barcode))
    if copy_id is None:
        raise Refused(not_found("copy", "barcode"))
    newest = select(RentalRow).where(RentalRow.copy_id == copy_id).order_by(RentalRow.rented_at.desc())
    rental = (await session.scalars(newest.limit(1))).one_or_none()
    if rental is None or rental.returned_at is not None:
        raise Refused(already_returned(rental and rental.returned_at, "barcode"))
    return rental


async def _shelve(
    session: AsyncSession, copy_id: str, condition: CopyCondition | None, now: datetime
) -> None:
    copy = (await session.scalars(select(CopyRow).where(CopyRow.id == copy_id).with_for_update())).one()
    copy.condition = condition or copy.condition
    if copy.condition == CopyCondition.DAMAGED and copy.retired_at is None:
        copy.retired_at = now
    copy.on_shelf = copy.retired_at is None
