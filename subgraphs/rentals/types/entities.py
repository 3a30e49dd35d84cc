"""Film, member, copy and rental as the counter knows them; they lead to each other, so they stand together."""

from datetime import date, datetime
from functools import partial
from typing import Any, Self

import strawberry
from strawberry import federation as fed

from subgraphs.common.connections import (
    CountedConnection,
    PageInfo,
    page_of,
    page_size,
)
from subgraphs.common.dataloader import loading
from subgraphs.common.directives import SIZED_BY_FIRST
from subgraphs.common.federation import bad_representation, key_of
from subgraphs.common.money import USD, CurrencyCode, Money, usd
from subgraphs.rentals.context import RentalsInfo
from subgraphs.rentals.domain import (
    Certification,
    CopyCondition,
    CopyStatus,
    Format,
    MembershipTier,
    RentalStatus,
    allowance,
    copy_status,
)
from subgraphs.rentals.loaders import RentalSlice
from subgraphs.rentals.models import CopyRow, RentalRow
from subgraphs.rentals.types.cursors import rental_cursor, rental_place
from subgraphs.rentals.types.directives import RENTALS_READ, STAFF
from subgraphs.rentals.types.ledger import LateFee, LedgerEntry
from subgraphs.rentals.types.offer import Availability, Facts, Offer, offers_of
from subgraphs.rentals.types.store import Store

for enumeration in (CopyCondition, CopyStatus, MembershipTier, RentalStatus):
    strawberry.enum(enumeration)


@strawberry.type
class Membership:
    """What the users subgraph says of a member."""

    tier: MembershipTier = fed.field(external=True)


@strawberry.type
class RentalAllowance:
    """What a member's tier allows, and how much of it is in use."""

    limit: int
    in_use: int
    discount_percent: int
    credit_limit: Money = strawberry.field(description="Above this balance no further film goes out.")


@fed.type(keys=["id"])
class Movie:
    """A film: its id and what other subgraphs say of it, with what the counter adds."""

    id: strawberry.ID
    release_date: date | None = fed.field(external=True, default=None)
    release_year: int = fed.field(external=True, default=0)
    certification: Certification = fed.field(external=True, default=Certification.UNRATED)
    wholesale_cost: Money | None = fed.field(external=True, default=None)

    @fed.field(external=True)
    @loading
    async def name(self, info: RentalsInfo) -> str:
        """The name that is printed on the box."""
        row = await info.context.loaders.movie.load(self.id)
        return row.name if row else ""

    @fed.field(
        description="What it costs the caller to take this film home tonight: an offer a format and store "
        "with a copy on the shelf; empty where it has no price.",
        requires=["releaseDate releaseYear certification wholesaleCost { amountMinor currency }"],
    )
    @loading
    async def offers(
        self, info: RentalsInfo, store_id: strawberry.ID | None = None, format: Format | None = None
    ) -> list[Offer] | None:
        """Priced from the representation's facts alone, with the caller's tier."""
        facts = self._facts()
        if facts is None:
            return []
        shelves = [
            shelf
            for shelf in await info.context.loaders.shelves.load(self.id)
            if store_id in (None, shelf.store_id) and format in (None, shelf.format)
        ]
        return offers_of(facts, shelves, info.context)

    @strawberry.field
    @loading
    async def availability(self, info: RentalsInfo) -> Availability | None:
        """In all stores together."""
        return Availability.of(await info.context.loaders.stock.load(self.id))

    @strawberry.field(description="The viewer's open rental of it.")
    @loading
    async def viewer_rental(self, info: RentalsInfo) -> "Rental | None":
        """The newest, where there are several; null when signed out."""
        if info.context.caller.subject is None:
            return None
        rows = await info.context.loaders.viewer_rental.load(self.id)
        return Rental.of(rows[0], info.context.now) if rows else None

    def _facts(self) -> Facts | None:
        """What a price is made from; None where the film has no cost in the shop's currency."""
        cost = self.wholesale_cost
        if cost is None or cost.currency != USD:
            return None
        return Facts(self.id, self.release_date, self.release_year, self.certification, cost.amount_minor)

    @classmethod
    def resolve_reference(cls, representation: dict[str, Any], info: RentalsInfo) -> Self:
        """A film as its representation describes it: nothing is looked up."""
        del info
        movie = cls(id=strawberry.ID(key_of(representation, "id")[1]))
        try:
            movie._take(representation)
        except (KeyError, TypeError, ValueError) as error:
            raise bad_representation("The representation of a Movie does not fit its fields.") from error
        return movie

    def _take(self, facts: dict[str, Any]) -> None:
        if released := facts.get("releaseDate"):
            self.release_date = date.fromisoformat(released)
        if year := facts.get("releaseYear"):
            self.release_year = int(year)
        if certification := facts.get("certification"):
            self.certification = Certification(certification)
        if cost := facts.get("wholesaleCost"):
            self.wholesale_cost = Money(
                amount_minor=int(cost["amountMinor"]), currency=CurrencyCode(cost["currency"])
            )


@fed.type(keys=["id"])
class User:
    """A member: the id and the tier that the users subgraph gives, with what the counter adds."""

    id: strawberry.ID
    membership: Membership = fed.field(
        external=True, default_factory=lambda: Membership(tier=MembershipTier.STANDARD)
    )

    @fed.field(
        description="One's own, or any for staff who may read rentals; null otherwise.",
        authenticated=True,
        directives=[SIZED_BY_FIRST],
    )
    @loading
    async def rentals(
        self,
        info: RentalsInfo,
        status: RentalStatus | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> "CountedConnection[Rental] | None":
        """Newest first."""
        size, before = page_size(first), rental_place(after)
        if not self._is_open_to(info):
            return None
        loaders = info.context.loaders
        rows = await loaders.rentals.load(RentalSlice(self.id, status, before, size + 1))
        page = page_of(rows, size, rental_cursor, after=after)
        count = partial(loaders.rental_count.load, RentalSlice(self.id, status))
        return page.counted(partial(Rental.of, now=info.context.now), count)

    @fed.field(
        description="What is owed (positive) by the account's ledger; visible as `rentals` is.",
        authenticated=True,
    )
    @loading
    async def balance(self, info: RentalsInfo) -> Money | None:
        """The sum of the ledger."""
        if not self._is_open_to(info):
            return None
        return usd(await info.context.loaders.balance.load(self.id))

    @fed.field(authenticated=True, requires=["membership { tier }"])
    @loading
    async def rental_allowance(self, info: RentalsInfo) -> RentalAllowance | None:
        """By the tier in the representation; visible as `rentals` is."""
        if not self._is_open_to(info):
            return None
        allowed = allowance(self.membership.tier)
        return RentalAllowance(
            limit=allowed.limit,
            in_use=await info.context.loaders.in_use.load(self.id),
            discount_percent=allowed.discount_percent,
            credit_limit=usd(allowed.credit_limit),
        )

    def _is_open_to(self, info: RentalsInfo) -> bool:
        return info.context.caller.is_or_may(self.id, RENTALS_READ)

    @classmethod
    def resolve_reference(cls, representation: dict[str, Any], info: RentalsInfo) -> Self:
        """A member as the representation describes them: nothing is looked up."""
        del info
        user = cls(id=strawberry.ID(key_of(representation, "id")[1]))
        try:
            if membership := representation.get("membership"):
                user.membership = Membership(tier=MembershipTier(membership["tier"]))
        except (KeyError, TypeError, ValueError) as error:
            raise bad_representation("The representation of a User does not fit its fields.") from error
        return user


@fed.type(keys=["id", "barcode"])
class Copy:
    """One box."""

    row: strawberry.Private[CopyRow]
    id: strawberry.ID
    barcode: str
    format: Format
    condition: CopyCondition = fed.field(tags=STAFF)

    @fed.field(
        description="The box carries its title, so the counter needs no hop to the catalogue.",
        provides=["name"],
    )
    def movie(self) -> Movie | None:
        """The film in the box."""
        return Movie(id=strawberry.ID(self.row.movie_id))

    @strawberry.field
    @loading
    async def store(self, info: RentalsInfo) -> Store:
        """The store it belongs to."""
        row = await info.context.loaders.store.load(self.row.store_id)
        if row is None:
            raise LookupError("a copy without its store")
        return Store.of(row)

    @strawberry.field
    @loading
    async def status(self, info: RentalsInfo) -> CopyStatus:
        """By its open rental."""
        rental = await info.context.loaders.open_rental.load(self.id)
        return copy_status(
            rental and rental.status(info.context.now), retired=self.row.retired_at is not None
        )

    @fed.field(requires_scopes=[[RENTALS_READ]], tags=STAFF)
    @loading
    async def current_rental(self, info: RentalsInfo) -> "Rental | None":
        """Under which it is out; null for whoever may not read rentals."""
        if not info.context.caller.may(RENTALS_READ):
            return None
        row = await info.context.loaders.open_rental.load(self.id)
        return row and Rental.of(row, info.context.now)

    @classmethod
    def of(cls, row: CopyRow) -> Self:
        """The copy of a row."""
        return cls(
            row=row,
            id=strawberry.ID(row.id),
            barcode=row.barcode,
            format=Format(row.format),
            condition=CopyCondition(row.condition),
        )

    @classmethod
    async def resolve_reference(cls, representation: dict[str, Any], info: RentalsInfo) -> Self | None:
        """A copy by its id or its barcode."""
        name, value = key_of(representation, "id", "barcode")
        loaders = info.context.loaders
        row = await (loaders.copy if name == "id" else loaders.copy_by_barcode).load(value)
        return row and cls.of(row)


@fed.type(keys=["id"])
class Rental:
    """One loan of one copy."""

    row: strawberry.Private[RentalRow]
    id: strawberry.ID
    renter: User | None
    movie: Movie | None
    status: RentalStatus
    rented_at: datetime
    due_at: datetime
    sent_back_at: datetime | None = strawberry.field(
        description="When the renter sent it back, where they did so before the counter had it."
    )
    returned_at: datetime | None
    price: Money
    extensions_used: int
    version: int

    @strawberry.field
    @loading
    async def copy(self, info: RentalsInfo) -> Copy:
        """The box."""
        row = await info.context.loaders.copy.load(self.row.copy_id)
        if row is None:
            raise LookupError("a rental without its copy")
        return Copy.of(row)

    @strawberry.field
    @loading
    async def late_fee(self, info: RentalsInfo) -> LateFee | None:
        """Null where it is, or came back, in time."""
        store = await info.context.loaders.store.load(self.row.store_id)
        if store is None:
            raise LookupError("a rental without its store")
        fee = self.row.fee(info.context.now, store.time_zone)
        return LateFee.of(fee, self.row) if fee.amount else None

    @strawberry.field
    @loading
    async def ledger(self, info: RentalsInfo) -> list[LedgerEntry]:
        """Oldest first."""
        return [LedgerEntry.of(row) for row in await info.context.loaders.ledger.load(self.id)]

    @classmethod
    def of(cls, row: RentalRow, now: datetime) -> Self:
        """The rental of a row, as it stands at this moment."""
        return cls(
            row=row,
            id=strawberry.ID(row.id),
            renter=User(id=strawberry.ID(row.account_id)),
            movie=Movie(id=strawberry.ID(row.movie_id)),
            status=row.status(now),
            rented_at=row.rented_at,
            due_at=row.due_at,
            sent_back_at=row.sent_back_at,
            returned_at=row.returned_at,
            price=usd(row.price),
            extensions_used=row.extensions_used,
            version=row.version,
        )

    @classmethod
    async def resolve_reference(cls, representation: dict[str, Any], info: RentalsInfo) -> Self | None:
        """A rental by its id, for its renter and for staff who may read rentals."""
        row = await info.context.loaders.rental.load(key_of(representation, "id")[1])
        if row is None or not info.context.caller.is_or_may(row.account_id, RENTALS_READ):
            return None
        return cls.of(row, info.context.now)


@strawberry.type
class StockEdge:
    """A film that is in stock, and its place."""

    cursor: str
    node: Movie


@strawberry.type
class StockConnection:
    """One page of films that are in stock."""

    edges: list[StockEdge]
    page_info: PageInfo
