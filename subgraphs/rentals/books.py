"""What others keep of rentals and money, and what is kept here of films and members, to be compared."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.clock import utc_now
from subgraphs.common.reconciling import Books, Fact
from subgraphs.rentals.domain import LedgerKind
from subgraphs.rentals.models import (
    AccountRow,
    CopyRow,
    LedgerRow,
    MovieRow,
    PaymentRow,
    PaymentStatus,
    RentalRow,
)


async def _own(session: AsyncSession) -> list[Fact]:
    closed = set(await session.scalars(select(AccountRow.id).where(AccountRow.closed_at.is_not(None))))
    rentals = await session.scalars(select(RentalRow))
    owed = select(LedgerRow.account_id, func.sum(LedgerRow.amount), func.count())
    balances = await session.execute(owed.group_by(LedgerRow.account_id))
    now = utc_now()
    return [
        *(_rental(rental, now) for rental in rentals if rental.account_id not in closed),
        *(
            Fact("balance", account, {"amount": int(amount), "entries": entries}, needed=amount > 0)
            for account, amount, entries in balances
            if account not in closed
        ),
    ]


def _rental(rental: RentalRow, now: datetime) -> Fact:
    is_open = rental.is_in_use(now)
    return Fact("rental", rental.id, {"renter": rental.account_id, "open": is_open}, needed=is_open)


async def _kept(session: AsyncSession) -> list[Fact]:
    films = await session.scalars(select(MovieRow))
    accounts = await session.scalars(select(AccountRow))
    return [
        *(
            Fact(
                "movie",
                film.id,
                {"name": film.name, "certification": film.certification, "retired": film.retired},
            )
            for film in films
        ),
        *(Fact("account", account.id, _account(account)) for account in accounts),
    ]


def _account(account: AccountRow) -> dict[str, object]:
    if account.closed_at is not None:
        return {"closed": True}
    return {"closed": False, "tier": account.tier}


async def _faults(session: AsyncSession) -> list[str]:
    """Copies that are not where their rentals put them, money that is not in the ledger, and who left with either."""
    return [
        *await _misplaced(session),
        *await _uncharged(session),
        *await _unbooked(session),
        *await _left_owing(session),
    ]


async def _misplaced(session: AsyncSession) -> list[str]:
    out = select(RentalRow.copy_id).where(RentalRow.returned_at.is_(None))
    wrong = or_(
        and_(CopyRow.on_shelf, CopyRow.id.in_(out)),
        and_(~CopyRow.on_shelf, CopyRow.retired_at.is_(None), CopyRow.id.not_in(out)),
    )
    copies = await session.execute(select(CopyRow.id, CopyRow.on_shelf).where(wrong).order_by(CopyRow.id))
    return [
        f"copy {copy}: on the shelf, and out on a rental"
        if on_shelf
        else f"copy {copy}: neither on the shelf nor out on a rental"
        for copy, on_shelf in copies
    ]


async def _uncharged(session: AsyncSession) -> list[str]:
    charged = and_(LedgerRow.rental_id == RentalRow.id, LedgerRow.kind == LedgerKind.RENTAL_CHARGE)
    wrong = or_(LedgerRow.id.is_(None), LedgerRow.amount != RentalRow.price)
    found = select(RentalRow.id).outerjoin(LedgerRow, charged).where(wrong).order_by(RentalRow.id)
    return [f"rental {rental}: its price is not what was charged" for rental in await session.scalars(found)]


async def _unbooked(session: AsyncSession) -> list[str]:
    paid = PaymentRow.status == PaymentStatus.PAID
    wrong = or_(LedgerRow.id.is_(None), LedgerRow.amount != -PaymentRow.amount)
    booked = select(PaymentRow.id).outerjoin(LedgerRow, LedgerRow.payment_id == PaymentRow.id)
    found = booked.where(paid, wrong).order_by(PaymentRow.id)
    return [f"payment {payment}: it is not what was booked" for payment in await session.scalars(found)]


async def _left_owing(session: AsyncSession) -> list[str]:
    """No account is closed before the counter agrees, so who is found here left by some other way."""
    closed = select(AccountRow.id).where(AccountRow.closed_at.is_not(None))
    out = select(RentalRow.account_id, func.count()).where(
        RentalRow.returned_at.is_(None), RentalRow.lost_told_at.is_(None)
    )
    owed = select(LedgerRow.account_id, func.sum(LedgerRow.amount)).having(func.sum(LedgerRow.amount) > 0)
    films = out.where(RentalRow.account_id.in_(closed)).group_by(RentalRow.account_id)
    debts = owed.where(LedgerRow.account_id.in_(closed)).group_by(LedgerRow.account_id)
    return [
        *(f"account {who}: closed, with {count} films out" for who, count in await session.execute(films)),
        *(f"account {who}: closed, and owes {cents} cents" for who, cents in await session.execute(debts)),
    ]


BOOKS = Books(own=_own, kept=_kept, kinds=frozenset({"movie", "account"}), faults=_faults)
