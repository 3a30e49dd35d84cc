"""Whether a member may leave: the counter's word, given under the lock of their account."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.rentals.domain import MembershipTier
from subgraphs.rentals.events import tell_closing_confirmed, tell_closing_refused
from subgraphs.rentals.models import AccountRow, Idempotency, RentalRow
from subgraphs.rentals.service.accounts import balance, locked_account


async def answer_closing(session: AsyncSession, account_id: str, closing_id: str, now: datetime) -> None:
    """Closes an account with nothing out and nothing owed, and says so; else says what keeps it open.

    Renting takes the same lock: what is rented before is seen here, and after it nothing goes out any more.
    """
    account = await locked_account(session, account_id)
    out, owed = await _out(session, account_id), await balance(session, account_id)
    if account.closed_at is None and (out or owed > 0):
        tell_closing_refused(session, account_id, closing_id, open_rentals=out, owed=owed, now=now)
        return
    await close(session, account, now)
    tell_closing_confirmed(session, account_id, closing_id, now)


async def close(session: AsyncSession, account: AccountRow, now: datetime) -> None:
    """Ends an account, and takes from it what tells of its owner; ledger and rentals stay under a nameless id."""
    account.tier = MembershipTier.STANDARD
    account.closed_at = account.closed_at or now
    await session.execute(delete(Idempotency).where(Idempotency.who == account.id))


async def _out(session: AsyncSession, account_id: str) -> int:
    """How many boxes the counter waits for. A lost one is paid for instead, from when that is booked."""
    waited_for = (RentalRow.returned_at.is_(None), RentalRow.lost_told_at.is_(None))
    return (
        await session.scalar(select(func.count()).where(RentalRow.account_id == account_id, *waited_for)) or 0
    )
