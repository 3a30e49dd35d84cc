"""What is changed about a rental while it runs or after: more time for the member, a fee let go by the manager."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database
from subgraphs.common.errors import Refused, invalid_input
from subgraphs.rentals.domain import LedgerKind, extended, extension_refusal
from subgraphs.rentals.events import EXTENDED, FEE_WAIVED, tell, tell_availability
from subgraphs.rentals.models import RentalRow, StoreRow
from subgraphs.rentals.refusals import extension_refused
from subgraphs.rentals.service.accounts import book
from subgraphs.rentals.service.fees import booked_fee
from subgraphs.rentals.service.keyed import keyed, once
from subgraphs.rentals.service.rentals import any_rental, check_version, own_rental

LONGEST_REASON = 400


async def extend_rental(
    database: Database, *, who: str, rental_id: str, expected_version: int, key: str, now: datetime
) -> str:
    """Moves the due date of a member's rental; gives the rental's id.

    Raises:
        Refused: with NotFound, VersionConflict, ExtensionRefused or IdempotencyKeyReused.
    """

    async def extend(session: AsyncSession) -> dict[str, str]:
        rental = await own_rental(session, who, rental_id)
        check_version(rental, expected_version)
        if reason := extension_refusal(rental.status(now), rental.extensions_used):
            raise Refused(extension_refused(reason))
        store = await session.get_one(StoreRow, rental.store_id)
        due = extended(rental.term, rental.loan_days, store.time_zone)
        rental.due_at, rental.lost_at = due.due_at, due.lost_at
        rental.extensions_used += 1
        rental.version += 1
        tell(session, EXTENDED, rental, now)
        tell_availability(session, rental.movie_id, now)
        return {"rental": rental.id}

    request = keyed(who, "extendRental", key, rentalId=rental_id, expectedVersion=expected_version)
    return (await once(database, request, now, extend))["rental"]


async def waive_late_fee(
    database: Database,
    *,
    manager: str,
    rental_id: str,
    expected_version: int,
    reason: str,
    key: str,
    now: datetime,
) -> str:
    """Lets go of the fee that was booked for a late or lost box; gives the rental's id.

    Raises:
        Refused: with NotFound, VersionConflict, InvalidInput or IdempotencyKeyReused.
    """

    async def waive(session: AsyncSession) -> dict[str, str]:
        rental = await any_rental(session, rental_id)
        check_version(rental, expected_version)
        amount = await _waivable(session, rental, reason)
        await book(session, rental, LedgerKind.WAIVER, -amount, reason.strip(), now)
        rental.late_fee_waived = True
        rental.version += 1
        tell(session, FEE_WAIVED, rental, now)
        return {"rental": rental.id}

    values = {"rentalId": rental_id, "expectedVersion": expected_version, "reason": reason}
    return (await once(database, keyed(manager, "waiveLateFee", key, **values), now, waive))["rental"]


async def _waivable(session: AsyncSession, rental: RentalRow, reason: str) -> int:
    if not 1 <= len(reason.strip()) <= LONGEST_REASON or not reason.strip().isprintable():
        message = f"A waiver needs a reason of 1 to {LONGEST_REASON} printable characters."
        raise Refused(invalid_input(message, "reason"))
    if rental.late_fee_waived:
        raise Refused(invalid_input("The fee of this rental has been waived already.", "rentalId"))
    amount = await booked_fee(session, rental)
    if amount is None:
        message = (
            "No fee is booked for this rental: it is in time, or its fee still grows until the box is back."
        )
        raise Refused(invalid_input(message, "rentalId"))
    return amount
