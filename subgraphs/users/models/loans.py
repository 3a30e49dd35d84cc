"""What members have on loan, and what they owe: projections fed by what rentals tells."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.users.models.base import Base


class LoanRow(Base):
    """A rental as rentals tells of it; `version` is the rental's.

    An event may be here before the account is, so this points at none.
    """

    __tablename__ = "loans"

    rental_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(40), index=True)
    open: Mapped[bool]
    version: Mapped[int]


class BalanceRow(Base):
    """What a member owes in US cents (negative: has in credit); `version` counts the ledger's entries."""

    __tablename__ = "balances"

    user_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    amount: Mapped[int]
    version: Mapped[int]
