"""Letters that go out by mail, and the tokens in their links."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.common.database import Timestamp
from subgraphs.users.models.base import Base, one_of


class LetterKind(StrEnum):
    """What a letter is about."""

    ACTIVATION = "ACTIVATION"
    ADDRESS_KNOWN = "ADDRESS_KNOWN"
    ADDRESS_CONFIRMATION = "ADDRESS_CONFIRMATION"
    ADDRESS_CHANGED = "ADDRESS_CHANGED"
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105 - a kind of letter
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - a kind of letter


_WAITING = text("sent_at IS NULL")


class LetterRow(Base):
    """A letter to an address, written in the transaction that causes it and sent afterwards by the worker.

    Its token is derived from its id when it is sent, so only the digest is stored. `user_id` is null
    where the address alone says whom it concerns.
    """

    __tablename__ = "letters"
    __table_args__ = (
        one_of("kind", LetterKind),
        Index("ix_letters_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_letters_address", "address", "kind", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    address: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    expires_at: Mapped[datetime] = mapped_column(Timestamp)
    due_at: Mapped[datetime] = mapped_column(Timestamp)
    attempts: Mapped[int]
    sent_at: Mapped[datetime | None] = mapped_column(Timestamp)
    used_at: Mapped[datetime | None] = mapped_column(Timestamp)
