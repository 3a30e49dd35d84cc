"""By which words staff find people."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.users.models.base import Base


class UserWordRow(Base):
    """A word by which somebody is found: of their handle, name or address, in small letters.

    Words are compared byte by byte on both databases, so that an index finds all that begin alike.
    """

    __tablename__ = "user_words"
    __table_args__ = (Index("ix_user_words_word", "word", "user_id"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(
        String(254).with_variant(String(254, collation="C"), "postgresql"), primary_key=True
    )
