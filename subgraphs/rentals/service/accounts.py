"""A member's account: its lock, and what it owes."""

from datetime import datetime

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import insert_into, put
from subgraphs.common.ids import new_id
from subgraphs.rentals.domain import LedgerKind, MembershipTier
from subgraphs.rentals.events import Balance, tell_balance
from subgraphs.rentals.models import AccountRow, LedgerRow, RentalRow

_LOCKED = select(AccountRow).where(AccountRow.id == bindparam("account")).with_for_update()
_OWED = select(LedgerRow.account_id, func.sum(LedgerRow.amount), func.count()).group_by(LedgerRow.account_id)


async def locked_account(session: AsyncSession, account_id: str) -> AccountRow:
    """The member's account, locked until the transaction ends.

    Whatever changes what a member has or owes takes this lock first, so that limits and balances that it reads
    still hold when it writes. (On SQLite the whole transaction holds the write lock already.) A member
    whose opening was not heard of yet gets an account here.
    """
    this = {"account": account_id}
    if (account := await session.scalar(_LOCKED, this)) is not None:
        return account
    row = {"id": account_id, "tier": MembershipTier.STANDARD, "version": 0}
    await session.execute(insert_into(session, AccountRow).values(row).on_conflict_do_nothing())
    return (await session.scalars(_LOCKED, this)).one()


async def balance(session: AsyncSession, account_id: str) -> int:
    """What the account owes, in cents."""
    owed = select(func.sum(LedgerRow.amount)).where(LedgerRow.account_id == account_id)
    return int(await session.scalar(owed) or 0)


async def book(
    session: AsyncSession,
    rental: RentalRow,
    kind: LedgerKind,
    amount: int,
    memo: str | None,
    now: datetime,
) -> None:
    """Adds an entry about a rental to its renter's ledger, and tells what they owe by now."""
    await enter(session, entry_about(rental, kind, amount, memo, now), now)


def entry_about(
    rental: RentalRow, kind: LedgerKind, amount: int, memo: str | None, now: datetime
) -> LedgerRow:
    """An entry about a rental for its renter's ledger."""
    return LedgerRow(
        id=new_id("led"),
        account_id=rental.account_id,
        rental_id=rental.id,
        payment_id=None,
        kind=kind,
        amount=amount,
        created_at=now,
        memo=memo,
    )


async def enter(session: AsyncSession, entry: LedgerRow, now: datetime) -> None:
    """Adds an entry to the ledger, and tells what its account owes by now. Call it under the account's lock."""
    await put(session, entry)
    await tell_owed(session, entry.account_id, now)


async def tell_owed(session: AsyncSession, account_id: str, now: datetime) -> None:
    """Tells what an account owes."""
    await _tell_owed(session, _OWED.where(LedgerRow.account_id == account_id), now)


async def tell_what_all_owe(session: AsyncSession, now: datetime) -> None:
    """Tells what each account owes, for whoever has heard of none yet."""
    await _tell_owed(session, _OWED.order_by(LedgerRow.account_id), now)


async def _tell_owed(session: AsyncSession, owed: Select[str, int, int], now: datetime) -> None:
    for account_id, amount, entries in await session.execute(owed):
        tell_balance(session, account_id, Balance(int(amount), entries), now)
