"""What it costs to take a film home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

import strawberry

from subgraphs.common.money import Money, usd
from subgraphs.rentals.context import Context, RentalsInfo
from subgraphs.rentals.domain import Certification, Format, allowance, day_at, release_day, terms
from subgraphs.rentals.loaders import Shelf, Stock
from subgraphs.rentals.offers import SealedOffer, expiry, offer_id
from subgraphs.rentals.types.store import Store

strawberry.enum(Format)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a price is made from: release day (or year), certification, and wholesale cost in US cents."""

    movie_id: str
    release_date: date | None
    release_year: int
    certification: Certification
    wholesale_cost: int


@strawberry.type
class Availability:
    """A film's copies in all stores."""

    in_stock: bool
    copies_available: int
    copies_total: int
    next_due_at: datetime | None

    @classmethod
    def of(cls, stock: Stock) -> Self:
        """The availability of a film with this stock."""
        return cls(
            in_stock=stock.available > 0,
            copies_available=stock.available,
            copies_total=stock.total,
            next_due_at=stock.next_due_at,
        )


@strawberry.type
class Offer:
    """A film in one format from one store, and its terms tonight."""

    sealed: strawberry.Private[SealedOffer]
    id: strawberry.ID = strawberry.field(description="Stable for the same film, store and format.")
    format: Format
    store: Store
    price: Money
    loan_days: int
    late_fee_per_day: Money
    replacement_fee: Money
    copies_available: int
    expires_at: datetime

    @strawberry.field(
        description="What `rentMovie` opens: sealed, for the caller alone where a discount is in it, "
        "good until `expiresAt`."
    )
    def token(self, info: RentalsInfo) -> str:
        """Sealed only where it is asked for."""
        return info.context.counter.seal.close(self.sealed)

    @classmethod
    def of(cls, shelf: Shelf, sealed: SealedOffer) -> Self:
        """The offer of a copy on this shelf."""
        return cls(
            sealed=sealed,
            id=strawberry.ID(offer_id(sealed.movie_id, sealed.store_id, sealed.format)),
            format=sealed.format,
            store=Store(id=strawberry.ID(shelf.store_id), name=shelf.store_name, time_zone=shelf.time_zone),
            price=usd(sealed.terms.price),
            loan_days=sealed.terms.loan_days,
            late_fee_per_day=usd(sealed.terms.late_fee_per_day),
            replacement_fee=usd(sealed.terms.replacement_fee),
            copies_available=shelf.copies,
            expires_at=sealed.expires_at,
        )


def offers_of(facts: Facts, shelves: Sequence[Shelf], context: Context) -> list[Offer]:
    """The offers of a film on these shelves, for the caller."""
    caller = context.caller
    discount = allowance(caller.tier).discount_percent if caller.subject else 0
    released = release_day(facts.release_date, facts.release_year)
    expires_at = expiry(context.now)
    return [
        Offer.of(
            shelf,
            SealedOffer(
                movie_id=facts.movie_id,
                store_id=shelf.store_id,
                format=shelf.format,
                certification=facts.certification,
                terms=terms(
                    facts.wholesale_cost,
                    shelf.format,
                    released,
                    day_at(context.now, shelf.time_zone),
                    discount,
                ),
                expires_at=expires_at,
                renter=caller.subject if discount else None,
            ),
        )
        for shelf in shelves
    ]
