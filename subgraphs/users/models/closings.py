"""Requests to close accounts."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.common.database import Timestamp
from subgraphs.users.models.base import Base


class ClosingRow(Base):
    """That somebody wants to leave: undecided until the counter has answered, and kept where it said no.

    `id` tells the request from those before it. A refusal says how many films are out, and what is owed in US cents.
    The account counts as closing while this is undecided; once it is closed, this is gone with all else of its owner.
    """

    __tablename__ = "closings"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    requested_at: Mapped[datetime] = mapped_column(Timestamp)
    decided_at: Mapped[datetime | None] = mapped_column(Timestamp)
    open_rentals: Mapped[int]
    owed: Mapped[int]
