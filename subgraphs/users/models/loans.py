"""What members have on loan."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.users.models.base import Base


class LoanRow(Base):
    """A rental as rentals tells of it, a projection fed by events; `version` is the rental's.

    An event may be here before the account is, so this points at none.
    """

    __tablename__ = "loans"

    rental_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(40), index=True)
    open: Mapped[bool]
    version: Mapped[int]
