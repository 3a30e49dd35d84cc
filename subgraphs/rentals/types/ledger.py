"""What is owed, and why."""

from datetime import datetime
from typing import Self

import strawberry

from subgraphs.common.money import Money, usd
from subgraphs.rentals.domain import LateFee as Fee
from subgraphs.rentals.domain import LedgerKind
from subgraphs.rentals.models import LedgerRow, RentalRow

strawberry.enum(LedgerKind)


@strawberry.type
class LateFee:
    """What a late box costs by now."""

    days_late: int
    accrued: Money
    per_day: Money
    cap: Money
    waived: bool

    @classmethod
    def of(cls, fee: Fee, rental: RentalRow) -> Self:
        """The late fee of a rental."""
        return cls(
            days_late=fee.days_late,
            accrued=usd(fee.amount),
            per_day=usd(rental.late_fee_per_day),
            cap=usd(rental.replacement_fee),
            waived=rental.late_fee_waived,
        )


@strawberry.type
class LedgerEntry:
    """One line of an account's ledger."""

    id: strawberry.ID
    kind: LedgerKind
    amount: Money = strawberry.field(description="Positive is owed, negative is paid or waived.")
    created_at: datetime
    memo: str | None

    @classmethod
    def of(cls, row: LedgerRow) -> Self:
        """The entry of a row."""
        return cls(
            id=strawberry.ID(row.id),
            kind=LedgerKind(row.kind),
            amount=usd(row.amount),
            created_at=row.created_at,
            memo=row.memo,
        )
