"""The demo world's counter, put into an empty store: priced and booked by the rules that hold for everybody."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from subgraphs.common.database import Database
from subgraphs.common.demo import DemoCopy, DemoRental, copies, films, members, rentals, stores
from subgraphs.common.ids import derived_id
from subgraphs.rentals.domain import (
    CopyCondition,
    Format,
    LateFee,
    LedgerKind,
    RentalStatus,
    Terms,
    allowance,
    day_at,
    late_fee,
    status_of,
    term,
    terms,
)
from subgraphs.rentals.events import LOST, tell
from subgraphs.rentals.models import (
    AccountRow,
    CopyRow,
    LedgerRow,
    MovieRow,
    PaymentRow,
    PaymentStatus,
    RentalRow,
    StoreRow,
)
from subgraphs.rentals.service.accounts import tell_what_all_owe

Row = dict[str, Any]

PAYING_AFTER = timedelta(days=10)
"""Members settle a rental so long after it came back; what came back later is still owed."""


async def seed(database: Database, now: datetime) -> None:
    """Fills the counter with the demo world, unless it has any store; tells what others cannot know by themselves."""
    async with database.transaction() as session:
        if await session.scalar(select(func.count()).select_from(StoreRow)):
            return
        loans = [_Loan(rental, now) for rental in rentals(now)]
        for table, rows in _tables(loans, now):
            await session.execute(insert(table), rows)
        await tell_what_all_owe(session, now)
        for rental in await session.scalars(
            select(RentalRow).where(RentalRow.where_status(RentalStatus.LOST, now))
        ):
            tell(session, LOST, rental, now)


def _tables(loans: "Sequence[_Loan]", now: datetime) -> Iterator[tuple[Any, list[Row]]]:
    out = {loan.demo.copy.id for loan in loans if loan.demo.returned_at is None}
    yield StoreRow, [{"id": shop.id, "name": shop.name, "time_zone": shop.time_zone} for shop in stores()]
    yield (
        MovieRow,
        [
            {
                "id": film.id,
                "name": film.name,
                "certification": film.certification,
                "retired": False,
                "version": 1,
            }
            for film in films()
        ],
    )
    yield (
        AccountRow,
        [{"id": member.id, "tier": member.tier, "version": 1} for member in members(now)],
    )
    yield CopyRow, [_copy(copy, is_out=copy.id in out, now=now) for copy in copies()]
    yield RentalRow, [loan.row() for loan in loans]
    yield PaymentRow, [payment for loan in loans for payment in loan.payments()]
    yield LedgerRow, [entry for loan in loans for entry in loan.entries()]


def _copy(copy: DemoCopy, *, is_out: bool, now: datetime) -> Row:
    damaged = copy.condition == CopyCondition.DAMAGED and not is_out
    return {
        "id": copy.id,
        "barcode": copy.barcode,
        "movie_id": copy.film.id,
        "store_id": copy.store.id,
        "format": copy.format,
        "condition": copy.condition,
        "on_shelf": not is_out and not damaged,
        "retired_at": now if damaged else None,
    }


class _Loan:
    """A demo rental with what the counter makes of it by now."""

    def __init__(self, demo: DemoRental, now: datetime) -> None:
        self.demo = demo
        self._now = now
        self._zone = demo.copy.store.time_zone
        self._terms = self._agreed()
        self._term = term(demo.rented_at, self._terms.loan_days, self._zone)
        self._status = status_of(self._term, now, None, demo.returned_at)

    def row(self) -> Row:
        """The rental itself; the worker has told of what time did to it."""
        overdue = self._status in (RentalStatus.OVERDUE, RentalStatus.LOST)
        lost = self._status is RentalStatus.LOST
        return {
            "id": self.demo.id,
            "account_id": self.demo.member.id,
            "copy_id": self.demo.copy.id,
            "movie_id": self.demo.copy.film.id,
            "store_id": self.demo.copy.store.id,
            "rented_at": self.demo.rented_at,
            "due_at": self._term.due_at,
            "lost_at": self._term.lost_at,
            "sent_back_at": None,
            "returned_at": self.demo.returned_at,
            "price": self._terms.price,
            "loan_days": self._terms.loan_days,
            "late_fee_per_day": self._terms.late_fee_per_day,
            "replacement_fee": self._terms.replacement_fee,
            "extensions_used": 0,
            "late_fee_waived": False,
            "overdue_told_at": self._term.due_at if overdue else None,
            "lost_told_at": self._term.lost_at if lost else None,
            "version": 1 + (self.demo.returned_at is not None) + overdue + lost,
        }

    def entries(self) -> Iterator[Row]:
        """What stands in the ledger: the charge, the fee that came to be final, and the payment."""
        memo = f"{self.demo.copy.format} for {self._terms.loan_days} days"
        yield self._entry(LedgerKind.RENTAL_CHARGE, self._terms.price, self.demo.rented_at, memo)
        if fee := self._fee():
            lost = fee.kind is LedgerKind.REPLACEMENT
            at = self.demo.returned_at or self._term.lost_at
            yield self._entry(
                fee.kind, fee.amount, at, "Not brought back" if lost else f"{fee.days_late} days late"
            )
        for payment in self.payments():
            entry = self._entry(LedgerKind.PAYMENT, -payment["amount"], payment["created_at"], "Payment")
            yield entry | {"rental_id": None, "payment_id": payment["id"]}

    def payments(self) -> Iterator[Row]:
        """The payment that settled it, once it was back for long enough."""
        returned_at = self.demo.returned_at
        if returned_at is None or returned_at + PAYING_AFTER > self._now:
            return
        fee = self._fee()
        yield {
            "id": derived_id("pay", self.demo.id),
            "account_id": self.demo.member.id,
            "amount": self._terms.price + (fee.amount if fee else 0),
            "token": None,
            "idempotency_key": self.demo.id,
            "status": PaymentStatus.PAID,
            "reference": "demo",
            "created_at": returned_at + PAYING_AFTER,
        }

    def _agreed(self) -> Terms:
        film = self.demo.copy.film
        return terms(
            film.wholesale_cost_minor or 0,
            Format(self.demo.copy.format),
            film.release_date,
            day_at(self.demo.rented_at, self._zone),
            allowance(self.demo.member.tier).discount_percent,
        )

    def _fee(self) -> LateFee | None:
        """The fee that is final; None while it grows, and where the box was in time."""
        if self.demo.returned_at is None and self._status is not RentalStatus.LOST:
            return None
        fee = late_fee(
            self._term,
            self.demo.returned_at or self._now,
            per_day=self._terms.late_fee_per_day,
            replacement_fee=self._terms.replacement_fee,
            time_zone=self._zone,
        )
        return fee if fee.amount else None

    def _entry(self, kind: LedgerKind, amount: int, at: datetime, memo: str) -> Row:
        return {
            "id": derived_id("led", f"{self.demo.id}/{kind}"),
            "account_id": self.demo.member.id,
            "rental_id": self.demo.id,
            "payment_id": None,
            "kind": kind,
            "amount": amount,
            "created_at": at,
            "memo": memo,
        }
