"""Taking a film home."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.database import Database, Timestamp, put
from subgraphs.common.errors import Refused
from subgraphs.common.ids import new_id
from subgraphs.rentals.domain import LedgerKind, allowance, day_at, may_see, term
from subgraphs.rentals.events import RENTED, Balance, tell, tell_availability, tell_balance
from subgraphs.rentals.models import AccountRow, CopyRow, LedgerRow, RentalRow, StoreRow
from subgraphs.rentals.offers import OfferLapsed, OfferRefused, Seal, SealedOffer
from subgraphs.rentals.refusals import (
    age_restricted,
    credit_limit_reached,
    offer_expired,
    offer_invalid,
    out_of_stock,
    rental_limit_reached,
)
from subgraphs.rentals.service.accounts import entry_about, locked_account
from subgraphs.rentals.service.keyed import keyed, once


class Standing(NamedTuple):
    """What decides about another rental: where the store is, and what the member has, and owes, in how many entries."""

    time_zone: str
    in_use: int
    owed: int
    entries: int


_ACCOUNT = bindparam("account", type_=String)
_LEDGER = LedgerRow.account_id == _ACCOUNT
_STANDING = select(
    StoreRow.time_zone,
    select(func.count())
    .where(RentalRow.account_id == _ACCOUNT, RentalRow.where_in_use(bindparam("now", type_=Timestamp)))
    .scalar_subquery(),
    select(func.coalesce(func.sum(LedgerRow.amount), 0)).where(_LEDGER).scalar_subquery(),
    select(func.count()).select_from(LedgerRow).where(_LEDGER).scalar_subquery(),
).where(StoreRow.id == bindparam("store"))
_FREE = (
    select(CopyRow.id)
    .where(
        CopyRow.on_shelf,
        CopyRow.movie_id == bindparam("movie"),
        CopyRow.store_id == bindparam("of_store"),
        CopyRow.format == bindparam("of_format"),
    )
    .order_by(CopyRow.id)
    .limit(1)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_TAKE = (
    update(CopyRow)
    .where(CopyRow.id == _FREE, CopyRow.on_shelf)
    .values(on_shelf=False)
    .returning(CopyRow.id)
    .execution_options(synchronize_session=False)
)


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
        standing = await _standing(session, account, offer, now)
        if not may_see(offer.certification, renter.birth_date, day_at(now, standing.time_zone)):
            raise Refused(age_restricted(offer.certification))
        _check_allowance(standing, renter.tier or account.tier)
        copy_id = await _taken_copy(session, offer)
        if copy_id is None:
            raise Refused(out_of_stock(await _next_due_at(session, offer, now)))
        rental = _rental(account, copy_id, offer, standing.time_zone, now)
        await put(session, rental)
        memo = f"{offer.format} for {offer.terms.loan_days} days"
        await put(session, entry_about(rental, LedgerKind.RENTAL_CHARGE, rental.price, memo, now))
        tell_balance(session, account.id, Balance(standing.owed + rental.price, standing.entries + 1), now)
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


async def _standing(
    session: AsyncSession, account: AccountRow, offer: SealedOffer, now: datetime
) -> Standing:
    values = {"account": account.id, "store": offer.store_id, "now": now}
    found = (await session.execute(_STANDING, values)).one_or_none()
    if found is None:
        raise Refused(offer_invalid())
    return Standing(*found)


def _check_allowance(standing: Standing, tier: str) -> None:
    allowed = allowance(tier)
    if standing.in_use >= allowed.limit:
        raise Refused(rental_limit_reached(allowed.limit))
    if standing.owed > allowed.credit_limit:
        raise Refused(credit_limit_reached(standing.owed))


async def _taken_copy(session: AsyncSession, offer: SealedOffer) -> str | None:
    """Takes one copy off the shelf in one guarded statement; None where there is none.

    Copies that others are taking at this instant are skipped rather than waited for.
    """
    offered = {"movie": offer.movie_id, "of_store": offer.store_id, "of_format": offer.format}
    return await session.scalar(_TAKE, offered)


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
