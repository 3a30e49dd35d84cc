"""Booking what lateness costs, once the amount is final."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.rentals.domain import LateFee, LedgerKind
from subgraphs.rentals.models import LedgerRow, RentalRow, StoreRow
from subgraphs.rentals.service.accounts import book

FEES = (LedgerKind.LATE_FEE, LedgerKind.REPLACEMENT)


async def booked_fee(session: AsyncSession, rental: RentalRow) -> int | None:
    """What stands in the ledger for a rental's being late or lost, in cents; None where nothing does."""
    booked = select(func.sum(LedgerRow.amount)).where(
        LedgerRow.rental_id == rental.id, LedgerRow.kind.in_(FEES)
    )
    return await session.scalar(booked)


async def book_fee(session: AsyncSession, rental: RentalRow, now: datetime) -> None:
    """Books what the rental's lateness has come to, less what is booked already, unless it was waived.

    For when an amount is final: the box is sent back, taken in, or lost. What is lost on its way back costs the
    replacement fee, of which a late fee that was booked when it was sent is a part.
    """
    store = await session.get_one(StoreRow, rental.store_id)
    fee = rental.fee(now, store.time_zone)
    amount = fee.amount - (await booked_fee(session, rental) or 0)
    if amount > 0 and not rental.late_fee_waived:
        await book(session, rental, fee.kind, amount, _memo(rental, fee), now)


def _memo(rental: RentalRow, fee: LateFee) -> str:
    if fee.kind is LedgerKind.LATE_FEE:
        return f"{fee.days_late} days late"
    return "Not brought back" if rental.sent_back_at is None else "Lost on its way back"
