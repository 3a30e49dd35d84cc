"""One statement a batch: what fields of many films, members, copies and rentals need, fetched together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased
from strawberry.dataloader import DataLoader

from subgraphs.common.database import Database
from subgraphs.common.loading import BatchLoaders, Rows, Slice
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


class Loaders(BatchLoaders):
    """The loaders of one request; `now` is its moment and `viewer` the caller's id, if any."""

    def __init__(self, database: Database, now: datetime, viewer: str | None) -> None:
        super().__init__(database)
        self._now = now
        self._viewer = viewer

    @cached_property
    def store(self) -> DataLoader[str, StoreRow | None]:
        """A store by id."""
        return self._row(StoreRow, StoreRow.id)

    @cached_property
    def movie(self) -> DataLoader[str, MovieRow | None]:
        """What the counter knows of a film, by id."""
        return self._row(MovieRow, MovieRow.id)

    @cached_property
    def account(self) -> DataLoader[str, AccountRow | None]:
        """A member's account, by the user's id."""
        return self._row(AccountRow, AccountRow.id)

    @cached_property
    def copy(self) -> DataLoader[str, CopyRow | None]:
        """A copy by id."""
        return self._row(CopyRow, CopyRow.id)

    @cached_property
    def copy_by_barcode(self) -> DataLoader[str, CopyRow | None]:
        """A copy by its barcode."""
        return self._row(CopyRow, CopyRow.barcode)

    @cached_property
    def rental(self) -> DataLoader[str, RentalRow | None]:
        """A rental by id, whosever it is."""
        return self._row(RentalRow, RentalRow.id)

    @cached_property
    def open_rental(self) -> DataLoader[str, RentalRow | None]:
        """The rental under which a copy is out, by the copy's id."""
        return self._row(RentalRow, RentalRow.copy_id, RentalRow.returned_at.is_(None))

    @cached_property
    def ledger(self) -> DataLoader[str, list[LedgerRow]]:
        """The ledger entries of a rental, oldest first."""
        return self._rows(
            lambda ids: (
                select(LedgerRow.rental_id, LedgerRow)
                .where(LedgerRow.rental_id.in_(ids))
                .order_by(LedgerRow.created_at, LedgerRow.id)
            )
        )

    @cached_property
    def viewer_rental(self) -> DataLoader[str, list[RentalRow]]:
        """The viewer's open rentals of a film, newest first."""
        return self._rows(
            lambda ids: (
                select(RentalRow.movie_id, RentalRow)
                .where(RentalRow.account_id == self._viewer, RentalRow.movie_id.in_(ids))
                .where(RentalRow.returned_at.is_(None))
                .order_by(RentalRow.rented_at.desc(), RentalRow.id.desc())
            )
        )

    @cached_property
    def balance(self) -> DataLoader[str, int]:
        """What an account owes, in cents."""
        return self._number(
            lambda ids: (
                select(LedgerRow.account_id, func.sum(LedgerRow.amount))
                .where(LedgerRow.account_id.in_(ids))
                .group_by(LedgerRow.account_id)
            )
        )

    @cached_property
    def in_use(self) -> DataLoader[str, int]:
        """How many films count against an account's allowance."""
        return self._number(
            lambda ids: (
                select(RentalRow.account_id, func.count())
                .where(RentalRow.account_id.in_(ids), RentalRow.where_in_use(self._now))
                .group_by(RentalRow.account_id)
            )
        )

    @cached_property
    def shelves(self) -> DataLoader[str, list[Shelf]]:
        """Where a film can be had at once: one entry a store and format, by store and format."""

        def answer(rows: Rows) -> list[Shelf]:
            return [
                Shelf(movie_id, store_id, name, time_zone, Format(film_format), copies)
                for movie_id, store_id, name, time_zone, film_format, copies in rows
            ]

        return self._each(_shelves, answer)

    @cached_property
    def stock(self) -> DataLoader[str, Stock]:
        """A film's copies in all stores."""

        def answer(rows: Rows) -> Stock:
            return Stock(*rows[0][1:]) if rows else Stock()

        return self._each(lambda movie_ids: _stock(movie_ids, self._now), answer)

    @cached_property
    def rentals(self) -> DataLoader[RentalSlice, list[RentalRow]]:
        """A slice of an account's rentals; one statement for all slices of the same shape."""
        return self._slices(lambda ids, shape: _rentals(ids, shape, self._now))

    @cached_property
    def rental_count(self) -> DataLoader[RentalSlice, int]:
        """How many rentals of a status an account has."""
        return self._slice_number(lambda ids, shape: _rental_count(ids, shape, self._now))


def _shelves(movie_ids: Sequence[str]) -> Select[*tuple[Any, ...]]:
    place = (CopyRow.movie_id, StoreRow.id, StoreRow.name, StoreRow.time_zone, CopyRow.format)
    return (
        select(*place, func.count())
        .join(StoreRow, StoreRow.id == CopyRow.store_id)
        .where(CopyRow.movie_id.in_(movie_ids), CopyRow.on_shelf)
        .group_by(*place)
        .order_by(StoreRow.name, CopyRow.format)
    )


def _stock(movie_ids: Sequence[str], now: datetime) -> Select[*tuple[Any, ...]]:
    open_rental = and_(RentalRow.copy_id == CopyRow.id, RentalRow.returned_at.is_(None))
    lost = RentalRow.where_status(RentalStatus.LOST, now)
    due = and_(RentalRow.sent_back_at.is_(None), RentalRow.due_at >= now)
    return (
        select(
            CopyRow.movie_id,
            func.count().filter(CopyRow.on_shelf),
            func.count().filter(or_(RentalRow.id.is_(None), ~lost)),
            func.min(RentalRow.due_at).filter(due),
        )
        .outerjoin(RentalRow, open_rental)
        .where(CopyRow.movie_id.in_(movie_ids), CopyRow.retired_at.is_(None))
        .group_by(CopyRow.movie_id)
    )


def _rentals(account_ids: Sequence[str], shape: RentalSlice, now: datetime) -> Select[Any, Any]:
    newest = (RentalRow.rented_at.desc(), RentalRow.id.desc())
    place = func.row_number().over(partition_by=RentalRow.account_id, order_by=newest)
    ranked = select(RentalRow, place.label("place")).where(*_wanted(account_ids, shape, now)).subquery()
    row = aliased(RentalRow, ranked)
    return (
        select(ranked.c.account_id, row)
        .where(ranked.c.place <= shape.limit)
        .order_by(ranked.c.account_id, ranked.c.place)
    )


def _rental_count(account_ids: Sequence[str], shape: RentalSlice, now: datetime) -> Select[Any, Any]:
    counted = select(RentalRow.account_id, func.count()).where(*_wanted(account_ids, shape, now))
    return counted.group_by(RentalRow.account_id)


def _wanted(account_ids: Sequence[str], shape: RentalSlice, now: datetime) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [RentalRow.account_id.in_(account_ids)]
    if shape.status is not None:
        wanted.append(RentalRow.where_status(shape.status, now))
    if shape.before is not None:
        moment, rental_id = shape.before
        earlier = and_(RentalRow.rented_at == moment, RentalRow.id < rental_id)
        wanted.append(or_(RentalRow.rented_at < moment, earlier))
    return wanted
