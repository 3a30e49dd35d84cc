"""Booking what lateness costs, once the amount is final."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.rentals.domain import LedgerKind
from subgraphs.rentals.models import LedgerRow, RentalRow, StoreRow
from subgraphs.rentals.service.accounts import book

FEES = (LedgerKind.LATE_FEE, LedgerKind.REPLACEMENT)


async def booked_fee(session: AsyncSession, rental: RentalRow) -> int | None:
    """The late fee or replacement fee that stands in the ledger for a rental, in cents; None where none does."""
    booked = select(LedgerRow.amount).where(LedgerRow.rental_id == rental.id, LedgerRow.kind.in_(FEES))
    return await session.scalar(booked)


async def book_fee(session: AsyncSession, rental: RentalRow, now: datetime) -> None:
    """Books what the rental's lateness has come to, unless a fee is booked or it is in time.

    For when late days stop: the box is sent back, taken in, or lost.
    """
    store = await session.get_one(StoreRow, rental.store_id)
    fee = rental.fee(now, store.time_zone)
    if not fee.days_late or await booked_fee(session, rental) is not None:
        return
    memo = "Not brought back" if fee.kind is LedgerKind.REPLACEMENT else f"{fee.days_late} days late"
    book(session, rental, fee.kind, fee.amount, memo, now)
