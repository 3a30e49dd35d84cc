"""Taking a film home."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.database import Database
from subgraphs.common.errors import Refused
from subgraphs.common.ids import new_id
from subgraphs.rentals.domain import LedgerKind, allowance, day_at, may_see, term
from subgraphs.rentals.events import RENTED, tell, tell_availability
from subgraphs.rentals.models import AccountRow, CopyRow, RentalRow, StoreRow
from subgraphs.rentals.offers import OfferLapsed, OfferRefused, Seal, SealedOffer
from subgraphs.rentals.refusals import (
    age_restricted,
    credit_limit_reached,
    offer_expired,
    offer_invalid,
    out_of_stock,
    rental_limit_reached,
)
from subgraphs.rentals.service.accounts import balance, book, locked_account
from subgraphs.rentals.service.keyed import keyed, once


async def rent_movie(
    database: Database, seal: Seal, renter: Caller, *, token: str, key: str, now: datetime
) -> str:
    """Takes a copy of the offered film for the renter, at the offer's price; gives the rental's id.

    Raises:
        Refused: with OfferInvalid, OfferExpired, AgeRestricted, RentalLimitReached, CreditLimitReached,
            OutOfStock or IdempotencyKeyReused.
    """
    who = renter.subject or ""

    async def rent(session: AsyncSession) -> dict[str, str]:
        account = await locked_account(session, who)
        offer = _opened(seal, token, account, now)
        store = (await session.scalars(select(StoreRow).where(StoreRow.id == offer.store_id))).one_or_none()
        if store is None:
            raise Refused(offer_invalid())
        if not may_see(offer.certification, renter.birth_date, day_at(now, store.time_zone)):
            raise Refused(age_restricted(offer.certification))
        await _check_allowance(session, account, renter.tier, now)
        copy_id = await _taken_copy(session, offer)
        if copy_id is None:
            raise Refused(out_of_stock(await _next_due_at(session, offer, now)))
        rental = _rental(account, copy_id, offer, store.time_zone, now)
        session.add(rental)
        await session.flush()
        memo = f"{offer.format} for {offer.terms.loan_days} days"
        await book(session, rental, LedgerKind.RENTAL_CHARGE, rental.price, memo, now)
        tell(session, RENTED, rental, now)
        tell_availability(session, rental.movie_id, now)
        return {"rental": rental.id}

    result = await once(database, keyed(who, "rentMovie", key, offerToken=token), now, rent)
    return result["rental"]


def _opened(seal: Seal, token: str, account: AccountRow, now: datetime) -> SealedOffer:
    if account.closed_at is not None:
        raise Refused(offer_invalid())
    try:
        return seal.open(token, account.id, now)
    except OfferRefused as error:
        raise Refused(offer_invalid()) from error
    except OfferLapsed as error:
        raise Refused(offer_expired()) from error


async def _check_allowance(
    session: AsyncSession, account: AccountRow, tier: str | None, now: datetime
) -> None:
    allowed = allowance(tier or account.tier)
    in_use = select(func.count()).where(RentalRow.account_id == account.id, RentalRow.where_in_use(now))
    if (await session.scalar(in_use) or 0) >= allowed.limit:
        raise Refused(rental_limit_reached(allowed.limit))
    owed = await balance(session, account.id)
    if owed > allowed.credit_limit:
        raise Refused(credit_limit_reached(owed))


async def _taken_copy(session: AsyncSession, offer: SealedOffer) -> str | None:
    """Takes one copy off the shelf in one guarded statement; None where there is none.

    Copies that others are taking at this instant are skipped rather than waited for.
    """
    free = (
        select(CopyRow.id)
        .where(CopyRow.on_shelf, *_offered(offer))
        .order_by(CopyRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    take = update(CopyRow).where(CopyRow.id == free, CopyRow.on_shelf).values(on_shelf=False)
    return await session.scalar(take.returning(CopyRow.id).execution_options(synchronize_session=False))


async def _next_due_at(session: AsyncSession, offer: SealedOffer, now: datetime) -> datetime | None:
    """When the first of the copies that are out is due back."""
    due = (
        select(func.min(RentalRow.due_at))
        .join(CopyRow, CopyRow.id == RentalRow.copy_id)
        .where(*_offered(offer), CopyRow.retired_at.is_(None))
        .where(RentalRow.returned_at.is_(None), RentalRow.sent_back_at.is_(None), RentalRow.due_at >= now)
    )
    return await session.scalar(due)


def _offered(offer: SealedOffer) -> tuple:
    return (
        CopyRow.movie_id == offer.movie_id,
        CopyRow.store_id == offer.store_id,
        CopyRow.format == offer.format,
    )


def _rental(
    account: AccountRow, copy_id: str, offer: SealedOffer, time_zone: str, now: datetime
) -> RentalRow:
    due = term(now, offer.terms.loan_days, time_zone)
    return RentalRow(
        id=new_id("ren"),
        account_id=account.id,
        copy_id=copy_id,
        movie_id=offer.movie_id,
        store_id=offer.store_id,
        rented_at=now,
        due_at=due.due_at,
        lost_at=due.lost_at,
        price=offer.terms.price,
        loan_days=offer.terms.loan_days,
        late_fee_per_day=offer.terms.late_fee_per_day,
        replacement_fee=offer.terms.replacement_fee,
        extensions_used=0,
        late_fee_waived=False,
        version=1,
    )
