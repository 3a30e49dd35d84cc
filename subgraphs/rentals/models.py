"""The tables of the counter.

Films and members belong to other subgraphs: `movies` and `accounts` hold what the counter must know of them,
fed by their events. The database itself forbids what must never be: two open rentals of one copy, a fee booked
twice, a ledger entry of the wrong sign (and, by the triggers of the first migration, one changed or deleted).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BindParameter, CheckConstraint, ColumnElement, ForeignKey, Index, String, and_, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from subgraphs.common.database import Timestamp, metadata
from subgraphs.common.idempotency import IdempotencyRow
from subgraphs.common.outbox import InboxRow, OutboxRow
from subgraphs.rentals.domain import (
    Certification,
    CopyCondition,
    Format,
    LateFee,
    LedgerKind,
    MembershipTier,
    RentalStatus,
    Term,
    late_fee,
    status_of,
)

NOT_BACK = "returned_at IS NULL"
"""The rentals whose box the counter has not."""
OUT = "returned_at IS NULL AND sent_back_at IS NULL"
"""The rentals whose box is with the renter."""


class PaymentStatus(StrEnum):
    """How far a payment has come; PENDING until the provider's word is known."""

    PENDING = "PENDING"
    PAID = "PAID"
    DECLINED = "DECLINED"


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """That a column holds one of an enumeration's values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def partial(name: str, *columns: str, where: str, sqlite: str = "", unique: bool = False) -> Index:
    """An index over the rows for which `where` holds; SQLite uses it only where a query says it word for word."""
    return Index(
        name, *columns, unique=unique, sqlite_where=text(sqlite or where), postgresql_where=text(where)
    )


class Base(DeclarativeBase):
    """The tables of this subgraph."""

    metadata = metadata()


class Outbox(OutboxRow, Base):
    """What the counter has to tell."""


class Inbox(InboxRow, Base):
    """What the counter has heard."""


class Idempotency(IdempotencyRow, Base):
    """Keyed requests that succeeded."""


class StoreRow(Base):
    """A shop; `time_zone` is an IANA name and decides where its day ends."""

    __tablename__ = "stores"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    time_zone: Mapped[str] = mapped_column(String(60))


class MovieRow(Base):
    """What the counter knows of a film; `version` is the catalogue's, so that old news changes nothing."""

    __tablename__ = "movies"
    __table_args__ = (one_of("certification", Certification), Index("ix_movies_by_name", "name", "id"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    certification: Mapped[str] = mapped_column(String(10))
    retired: Mapped[bool]
    version: Mapped[int]


class AccountRow(Base):
    """A member's account: its id is the user's. Its row is the lock of all that the member has and owes.

    The counter keeps no name of anybody. When the account is closed the ledger stays, under an id that names nobody.
    """

    __tablename__ = "accounts"
    __table_args__ = (one_of("tier", MembershipTier),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    tier: Mapped[str] = mapped_column(String(10))
    closed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    version: Mapped[int]


class CopyRow(Base):
    """One box of a film. `on_shelf` is set while it can be taken; `retired_at` once it is out of service."""

    __tablename__ = "copies"
    __table_args__ = (
        one_of("format", Format),
        one_of("condition", CopyCondition),
        CheckConstraint("NOT (on_shelf AND retired_at IS NOT NULL)", name="retired_off_shelf"),
        Index("ix_copies_by_movie", "movie_id"),
        partial(
            "ix_copies_on_shelf", "movie_id", "store_id", "format", where="on_shelf", sqlite="on_shelf = 1"
        ),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    barcode: Mapped[str] = mapped_column(String(40), unique=True)
    movie_id: Mapped[str] = mapped_column(ForeignKey("movies.id"))
    store_id: Mapped[str] = mapped_column(ForeignKey("stores.id"))
    format: Mapped[str] = mapped_column(String(10))
    condition: Mapped[str] = mapped_column(String(10))
    on_shelf: Mapped[bool]
    retired_at: Mapped[datetime | None] = mapped_column(Timestamp)


class RentalRow(Base):
    """One loan of one copy, with the terms it was taken on (cents).

    `due_at` and `lost_at` are the last seconds in which it is in time and not lost; the `_told_at` moments say
    that the worker has told of those passing. The status follows from the dates and is stored nowhere.
    """

    __tablename__ = "rentals"
    __table_args__ = (
        CheckConstraint("price >= 0 AND late_fee_per_day >= 0 AND replacement_fee >= 0", name="money"),
        CheckConstraint("rented_at < due_at AND due_at < lost_at", name="dates"),
        CheckConstraint("loan_days > 0", name="loan_days"),
        CheckConstraint("extensions_used >= 0", name="extensions"),
        CheckConstraint("version > 0", name="version"),
        partial("uq_rentals_open_copy", "copy_id", where="returned_at IS NULL", unique=True),
        partial("ix_rentals_open", "account_id", "movie_id", where="returned_at IS NULL"),
        partial("ix_rentals_out", "due_at", "id", where=OUT),
        partial("ix_rentals_overdue_untold", "due_at", where=f"{OUT} AND overdue_told_at IS NULL"),
        partial("ix_rentals_lost_untold", "lost_at", where=f"{NOT_BACK} AND lost_told_at IS NULL"),
        Index("ix_rentals_by_account", "account_id", "rented_at", "id"),
        Index("ix_rentals_by_copy", "copy_id", "returned_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    copy_id: Mapped[str] = mapped_column(ForeignKey("copies.id"))
    movie_id: Mapped[str] = mapped_column(ForeignKey("movies.id"))
    store_id: Mapped[str] = mapped_column(ForeignKey("stores.id"))
    rented_at: Mapped[datetime] = mapped_column(Timestamp)
    due_at: Mapped[datetime] = mapped_column(Timestamp)
    lost_at: Mapped[datetime] = mapped_column(Timestamp)
    sent_back_at: Mapped[datetime | None] = mapped_column(Timestamp)
    returned_at: Mapped[datetime | None] = mapped_column(Timestamp)
    price: Mapped[int]
    loan_days: Mapped[int]
    late_fee_per_day: Mapped[int]
    replacement_fee: Mapped[int]
    extensions_used: Mapped[int]
    late_fee_waived: Mapped[bool]
    overdue_told_at: Mapped[datetime | None] = mapped_column(Timestamp)
    lost_told_at: Mapped[datetime | None] = mapped_column(Timestamp)
    version: Mapped[int]

    @classmethod
    def where_status(
        cls, status: RentalStatus, now: datetime | BindParameter[datetime]
    ) -> ColumnElement[bool]:
        """The rentals that are in a status at this moment, as `status` tells of one."""
        not_back = cls.returned_at.is_(None)
        out = and_(not_back, cls.sent_back_at.is_(None))
        match status:
            case RentalStatus.RETURNED:
                return cls.returned_at.is_not(None)
            case RentalStatus.RETURNING:
                return and_(not_back, cls.sent_back_at.is_not(None), cls.lost_at >= now)
            case RentalStatus.LOST:
                return and_(not_back, cls.lost_at < now)
            case RentalStatus.OVERDUE:
                return and_(out, cls.due_at < now, cls.lost_at >= now)
            case RentalStatus.ACTIVE:
                return and_(out, cls.due_at >= now)

    @classmethod
    def where_in_use(cls, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
        """The rentals that count against a member's allowance: the counter has no box, and it is not lost."""
        return and_(cls.returned_at.is_(None), cls.lost_at >= now)

    @property
    def term(self) -> Term:
        """When the loan ends."""
        return Term(self.due_at, self.lost_at)

    def is_in_use(self, now: datetime) -> bool:
        """Whether it counts against the member's allowance at this moment, as `where_in_use` tells of many."""
        return self.status(now) not in (RentalStatus.RETURNED, RentalStatus.LOST)

    def fee(self, now: datetime, time_zone: str) -> LateFee:
        """What being late, or lost, costs: up to now, or up to when the box was sent back or taken in."""
        stopped_at = self.sent_back_at or self.returned_at or now
        return late_fee(
            self.term,
            stopped_at,
            per_day=self.late_fee_per_day,
            replacement_fee=self.replacement_fee,
            time_zone=time_zone,
            out_until=self.returned_at or now,
        )

    def status(self, now: datetime) -> RentalStatus:
        """How far it has come at this moment."""
        return status_of(self.term, now, self.sent_back_at, self.returned_at)


class PaymentRow(Base):
    """A payment, written before the provider is asked; its id is the provider's idempotency key.

    `token` is the provider's; it is erased once the provider's word is known.
    """

    __tablename__ = "payments"
    __table_args__ = (
        one_of("status", PaymentStatus),
        CheckConstraint("amount > 0", name="amount"),
        partial("ix_payments_pending", "account_id", where="status = 'PENDING'"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    amount: Mapped[int]
    token: Mapped[str | None] = mapped_column(String(500))
    idempotency_key: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Timestamp)


class LedgerRow(Base):
    """One entry of an account's ledger in cents: positive is owed, negative is paid or waived."""

    __tablename__ = "ledger"
    __table_args__ = (
        one_of("kind", LedgerKind),
        CheckConstraint(
            "CASE WHEN kind IN ('PAYMENT', 'WAIVER') THEN amount < 0 ELSE amount >= 0 END", name="sign"
        ),
        Index("ix_ledger_by_account", "account_id", "amount"),
        Index("ix_ledger_by_rental", "rental_id"),
        partial("uq_ledger_late_fee", "rental_id", where="kind = 'LATE_FEE'", unique=True),
        partial("uq_ledger_replacement", "rental_id", where="kind = 'REPLACEMENT'", unique=True),
        partial("uq_ledger_charge", "rental_id", where="kind = 'RENTAL_CHARGE'", unique=True),
        partial("uq_ledger_waiver", "rental_id", where="kind = 'WAIVER'", unique=True),
        partial("uq_ledger_payment", "payment_id", where="kind = 'PAYMENT'", unique=True),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    rental_id: Mapped[str | None] = mapped_column(ForeignKey("rentals.id"))
    payment_id: Mapped[str | None] = mapped_column(ForeignKey("payments.id"))
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    memo: Mapped[str | None] = mapped_column(String(500))
