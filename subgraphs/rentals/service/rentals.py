"""Finding a rental in order to change it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.errors import Refused, not_found, version_conflict
from subgraphs.rentals.models import RentalRow
from subgraphs.rentals.service.accounts import locked_account


async def own_rental(session: AsyncSession, who: str, rental_id: str) -> RentalRow:
    """A rental of the member's own, under the lock of their account.

    Raises:
        Refused: with NotFound; another's rental is not there either.
    """
    await locked_account(session, who)
    own = select(RentalRow).where(RentalRow.id == rental_id, RentalRow.account_id == who)
    if (rental := await session.scalar(own)) is None:
        raise Refused(not_found("rental", "rentalId"))
    return rental


async def any_rental(session: AsyncSession, rental_id: str) -> RentalRow:
    """Anybody's rental, under the lock of the renter's account.

    Raises:
        Refused: with NotFound.
    """
    renter = await session.scalar(select(RentalRow.account_id).where(RentalRow.id == rental_id))
    if renter is None:
        raise Refused(not_found("rental", "rentalId"))
    return await own_rental(session, renter, rental_id)


def check_version(rental: RentalRow, expected: int) -> None:
    """Sees to it that a rental is still as the caller saw it; its account's lock keeps it so.

    Raises:
        Refused: with VersionConflict.
    """
    if rental.version != expected:
        raise Refused(version_conflict(rental.version))
