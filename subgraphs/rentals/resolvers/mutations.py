"""What can be done at the counter."""

from collections.abc import Awaitable
from typing import TypeVar

import strawberry
from strawberry import federation as fed

from subgraphs.common.errors import Refused
from subgraphs.rentals.context import Context, RentalsInfo
from subgraphs.rentals.resolvers.access import member, staff
from subgraphs.rentals.service.changing import extend_rental, waive_late_fee
from subgraphs.rentals.service.paying import Payer, pay_balance
from subgraphs.rentals.service.renting import rent_movie
from subgraphs.rentals.service.returning import return_copy, return_rental
from subgraphs.rentals.service.stocking import add_copies
from subgraphs.rentals.types.directives import INVENTORY_WRITE, RENTALS_MANAGE, RENTALS_WRITE, STAFF
from subgraphs.rentals.types.entities import Copy, Rental, User
from subgraphs.rentals.types.inputs import (
    AddCopiesInput,
    ExtendRentalInput,
    PayBalanceInput,
    RentMovieInput,
    ReturnCopyInput,
    ReturnRentalInput,
    WaiveLateFeeInput,
)
from subgraphs.rentals.types.payloads import (
    AddCopiesPayload,
    ExtendRentalPayload,
    PayBalancePayload,
    RentMoviePayload,
    ReturnCopyPayload,
    ReturnRentalPayload,
    WaiveLateFeePayload,
)

P = TypeVar(
    "P",
    RentMoviePayload,
    ExtendRentalPayload,
    ReturnRentalPayload,
    ReturnCopyPayload,
    WaiveLateFeePayload,
)


@strawberry.type
class Mutation:
    """What can be done at the counter."""

    @fed.field(
        description="Opens an offer: the price that was shown is the price charged to the member's account.",
        authenticated=True,
    )
    async def rent_movie(self, info: RentalsInfo, input: RentMovieInput) -> RentMoviePayload | None:
        """For the caller."""
        member(info)
        counter = info.context.counter
        change = rent_movie(
            counter.database,
            counter.seal,
            info.context.caller,
            token=input.offer_token,
            key=input.idempotency_key,
            now=info.context.now,
        )
        return await _rental(info.context, RentMoviePayload, change)

    @fed.field(authenticated=True)
    async def extend_rental(self, info: RentalsInfo, input: ExtendRentalInput) -> ExtendRentalPayload | None:
        """One's own."""
        change = extend_rental(
            info.context.counter.database,
            who=member(info),
            rental_id=input.rental_id,
            expected_version=input.expected_version,
            key=input.idempotency_key,
            now=info.context.now,
        )
        return await _rental(info.context, ExtendRentalPayload, change)

    @fed.field(
        description="The renter sends the box back: late days stop counting; the counter completes it.",
        authenticated=True,
    )
    async def return_rental(self, info: RentalsInfo, input: ReturnRentalInput) -> ReturnRentalPayload | None:
        """One's own."""
        change = return_rental(
            info.context.counter.database,
            who=member(info),
            rental_id=input.rental_id,
            key=input.idempotency_key,
            now=info.context.now,
        )
        return await _rental(info.context, ReturnRentalPayload, change)

    @fed.field(description="The counter takes a box in.", requires_scopes=[[RENTALS_WRITE]], tags=STAFF)
    async def return_copy(self, info: RentalsInfo, input: ReturnCopyInput) -> ReturnCopyPayload | None:
        """Whoever had it."""
        change = return_copy(
            info.context.counter.database,
            clerk=staff(info, RENTALS_WRITE),
            barcode=input.barcode,
            condition=input.condition,
            key=input.idempotency_key,
            now=info.context.now,
        )
        return await _rental(info.context, ReturnCopyPayload, change)

    @fed.field(authenticated=True)
    async def pay_balance(self, info: RentalsInfo, input: PayBalanceInput) -> PayBalancePayload | None:
        """The caller's own."""
        who = member(info)
        counter = info.context.counter
        try:
            await pay_balance(
                Payer(counter.database, counter.provider, info.context.now),
                who=who,
                amount=input.amount.amount_minor,
                currency=input.amount.currency,
                token=input.payment_token,
                key=input.idempotency_key,
            )
        except Refused as refusal:
            return PayBalancePayload(user=None, errors=refusal.errors)
        info.context.renew()
        return PayBalancePayload(user=User(id=strawberry.ID(who)), errors=[])

    @fed.field(requires_scopes=[[RENTALS_MANAGE]], tags=STAFF)
    async def waive_late_fee(self, info: RentalsInfo, input: WaiveLateFeeInput) -> WaiveLateFeePayload | None:
        """Anybody's, once it is booked."""
        change = waive_late_fee(
            info.context.counter.database,
            manager=staff(info, RENTALS_MANAGE),
            rental_id=input.rental_id,
            expected_version=input.expected_version,
            reason=input.reason,
            key=input.idempotency_key,
            now=info.context.now,
        )
        return await _rental(info.context, WaiveLateFeePayload, change)

    @fed.field(requires_scopes=[[INVENTORY_WRITE]], tags=STAFF)
    async def add_copies(self, info: RentalsInfo, input: AddCopiesInput) -> AddCopiesPayload | None:
        """Onto the shelf at once."""
        change = add_copies(
            info.context.counter.database,
            clerk=staff(info, INVENTORY_WRITE),
            movie_id=input.movie_id,
            store_id=input.store_id,
            film_format=input.format,
            count=input.count,
            key=input.idempotency_key,
            now=info.context.now,
        )
        try:
            copy_ids = await change
        except Refused as refusal:
            return AddCopiesPayload(copies=[], errors=refusal.errors)
        info.context.renew()
        rows = await info.context.loaders.copy.load_many(copy_ids)
        return AddCopiesPayload(copies=[Copy.of(row) for row in rows if row is not None], errors=[])


async def _rental(context: Context, payload: type[P], change: Awaitable[str]) -> P:
    """What a change to a rental answers: the rental as it now stands, or the refusals."""
    try:
        rental_id = await change
    except Refused as refusal:
        return payload(rental=None, errors=refusal.errors)
    context.renew()
    row = await context.loaders.rental.load(rental_id)
    return payload(rental=row and Rental.of(row, context.now), errors=[])
