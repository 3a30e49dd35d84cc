"""One statement a batch: what fields of many films, members, copies and rentals need, fetched together."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property

from sqlalchemy import ColumnElement, Integer, String, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from subgraphs.common.database import Database, Timestamp
from subgraphs.common.dataloader import DataLoader
from subgraphs.common.loading import KEYS, BatchLoaders, Rows, Slice, Statement, found_by
from subgraphs.common.prepared import Values
from subgraphs.rentals.domain import Format, RentalStatus
from subgraphs.rentals.models import (
    AccountRow,
    CopyRow,
    LedgerRow,
    MovieRow,
    RentalRow,
    StoreRow,
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """How many copies of a film stand in a store in one format, ready to be taken home."""

    movie_id: str
    store_id: str
    store_name: str
    time_zone: str
    format: Format
    copies: int


@dataclass(frozen=True, slots=True)
class Stock:
    """A film's copies in all stores: on the shelf, in circulation, and when the next is due back."""

    available: int = 0
    total: int = 0
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RentalSlice(Slice):
    """Which rentals of an account: in a status (None: any), before a (rented at, id), so many; newest first."""

    status: RentalStatus | None
    before: tuple[datetime, str] | None = None
    limit: int = 0

    def values(self) -> Values:
        """Where it begins, and how many there may be."""
        rented_at, rental_id = self.before or (None, None)
        return {"rented_at": rented_at, "rental_id": rental_id, "limit": self.limit}


NOW = bindparam("now", type_=Timestamp)

STORE = found_by(StoreRow.id, StoreRow)
MOVIE = found_by(MovieRow.id, MovieRow)
ACCOUNT = found_by(AccountRow.id, AccountRow)
COPY = found_by(CopyRow.id, CopyRow)
COPY_BY_BARCODE = found_by(CopyRow.barcode, CopyRow)
RENTAL = found_by(RentalRow.id, RentalRow)
OPEN_RENTAL = found_by(RentalRow.copy_id, RentalRow, RentalRow.returned_at.is_(None))
LEDGER = found_by(LedgerRow.rental_id, LedgerRow).order_by(LedgerRow.created_at, LedgerRow.id)
VIEWER_RENTAL = found_by(
    RentalRow.movie_id,
    RentalRow,
    RentalRow.account_id == bindparam("viewer"),
    RentalRow.returned_at.is_(None),
).order_by(RentalRow.rented_at.desc(), RentalRow.id.desc())
BALANCE = (
    select(LedgerRow.account_id, func.sum(LedgerRow.amount))
    .where(LedgerRow.account_id.in_(KEYS))
    .group_by(LedgerRow.account_id)
)
_PLACE = (CopyRow.movie_id, StoreRow.id, StoreRow.name, StoreRow.time_zone, CopyRow.format)
SHELVES = (
    select(*_PLACE, func.count())
    .join(StoreRow, StoreRow.id == CopyRow.store_id)
    .where(CopyRow.movie_id.in_(KEYS), CopyRow.on_shelf)
    .group_by(*_PLACE)
    .order_by(StoreRow.name, CopyRow.format)
)
IN_USE = (
    select(RentalRow.account_id, func.count())
    .where(RentalRow.account_id.in_(KEYS), RentalRow.where_in_use(NOW))
    .group_by(RentalRow.account_id)
)
STOCK = (
    select(
        CopyRow.movie_id,
        func.count().filter(CopyRow.on_shelf),
        func.count().filter(or_(RentalRow.id.is_(None), ~RentalRow.where_status(RentalStatus.LOST, NOW))),
        func.min(RentalRow.due_at).filter(RentalRow.sent_back_at.is_(None), RentalRow.due_at >= NOW),
    )
    .outerjoin(RentalRow, and_(RentalRow.copy_id == CopyRow.id, RentalRow.returned_at.is_(None)))
    .where(CopyRow.movie_id.in_(KEYS), CopyRow.retired_at.is_(None))
    .group_by(CopyRow.movie_id)
)


class Loaders(BatchLoaders):
    """The loaders of one request; `now` is its moment and `viewer` the caller's id, if any."""

    def __init__(self, database: Database, now: datetime, viewer: str | None) -> None:
        super().__init__(database)
        self._now = now
        self._viewer = viewer

    @cached_property
    def store(self) -> DataLoader[str, StoreRow | None]:
        """A store by id."""
        return self._row(STORE)

    @cached_property
    def movie(self) -> DataLoader[str, MovieRow | None]:
        """What the counter knows of a film, by id."""
        return self._row(MOVIE)

    @cached_property
    def account(self) -> DataLoader[str, AccountRow | None]:
        """A member's account, by the user's id."""
        return self._row(ACCOUNT)

    @cached_property
    def copy(self) -> DataLoader[str, CopyRow | None]:
        """A copy by id."""
        return self._row(COPY)

    @cached_property
    def copy_by_barcode(self) -> DataLoader[str, CopyRow | None]:
        """A copy by its barcode."""
        return self._row(COPY_BY_BARCODE)

    @cached_property
    def rental(self) -> DataLoader[str, RentalRow | None]:
        """A rental by id, whosever it is."""
        return self._row(RENTAL)

    @cached_property
    def open_rental(self) -> DataLoader[str, RentalRow | None]:
        """The rental under which a copy is out, by the copy's id."""
        return self._row(OPEN_RENTAL)

    @cached_property
    def ledger(self) -> DataLoader[str, list[LedgerRow]]:
        """The ledger entries of a rental, oldest first."""
        return self._rows(LEDGER)

    @cached_property
    def viewer_rental(self) -> DataLoader[str, list[RentalRow]]:
        """The viewer's open rentals of a film, newest first."""
        return self._rows(VIEWER_RENTAL, viewer=self._viewer)

    @cached_property
    def balance(self) -> DataLoader[str, int]:
        """What an account owes, in cents."""
        return self._number(BALANCE)

    @cached_property
    def in_use(self) -> DataLoader[str, int]:
        """How many films count against an account's allowance."""
        return self._number(IN_USE, now=self._now)

    @cached_property
    def shelves(self) -> DataLoader[str, list[Shelf]]:
        """Where a film can be had at once: one entry a store and format, by store and format."""

        def answer(rows: Rows) -> list[Shelf]:
            return [
                Shelf(movie_id, store_id, name, time_zone, Format(film_format), copies)
                for movie_id, store_id, name, time_zone, film_format, copies in rows
            ]

        return self._each(SHELVES, answer)

    @cached_property
    def stock(self) -> DataLoader[str, Stock]:
        """A film's copies in all stores."""

        def answer(rows: Rows) -> Stock:
            return Stock(*rows[0][1:]) if rows else Stock()

        return self._each(STOCK, answer, now=self._now)

    @cached_property
    def rentals(self) -> DataLoader[RentalSlice, list[RentalRow]]:
        """A slice of an account's rentals; one statement for all slices of the same shape."""
        return self._slices(_rentals, now=self._now)

    @cached_property
    def rental_count(self) -> DataLoader[RentalSlice, int]:
        """How many rentals of a status an account has."""
        return self._slice_number(_rental_count, now=self._now)


def _rentals(shape: RentalSlice) -> Statement:
    return _newest(shape.status, is_later=shape.before is not None)


@cache
def _newest(status: RentalStatus | None, *, is_later: bool) -> Statement:
    newest = (RentalRow.rented_at.desc(), RentalRow.id.desc())
    place = func.row_number().over(partition_by=RentalRow.account_id, order_by=newest)
    wanted = _wanted(status)
    if is_later:
        moment, rental_id = bindparam("rented_at", type_=Timestamp), bindparam("rental_id", type_=String)
        earlier = and_(RentalRow.rented_at == moment, RentalRow.id < rental_id)
        wanted.append(or_(RentalRow.rented_at < moment, earlier))
    ranked = select(RentalRow, place.label("place")).where(*wanted).subquery()
    row = aliased(RentalRow, ranked)
    return (
        select(ranked.c.account_id, row)
        .where(ranked.c.place <= bindparam("limit", type_=Integer))
        .order_by(ranked.c.account_id, ranked.c.place)
    )


def _rental_count(shape: RentalSlice) -> Statement:
    return _counted(shape.status)


@cache
def _counted(status: RentalStatus | None) -> Statement:
    counted = select(RentalRow.account_id, func.count()).where(*_wanted(status))
    return counted.group_by(RentalRow.account_id)


def _wanted(status: RentalStatus | None) -> list[ColumnElement[bool]]:
    of_account = RentalRow.account_id.in_(KEYS)
    return [of_account] if status is None else [of_account, RentalRow.where_status(status, NOW)]
