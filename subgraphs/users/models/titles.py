"""What people keep and say about titles: watchlists, reviews, ratings."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.common.database import Timestamp
from subgraphs.users.models.base import Base


class TitleRow(Base):
    """A title as the catalogue tells of it, a projection fed by events; `version` is the catalogue's."""

    __tablename__ = "titles"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(400))
    retired: Mapped[bool]
    version: Mapped[int]


class WatchlistItemRow(Base):
    """A title that somebody means to watch."""

    __tablename__ = "watchlist_items"
    __table_args__ = (
        Index("uq_watchlist_items_user_id", "user_id", "title_id", unique=True),
        Index("ix_watchlist_items_newest", "user_id", "added_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    title_id: Mapped[str] = mapped_column(ForeignKey("titles.id"))
    note: Mapped[str | None] = mapped_column(String(500))
    added_at: Mapped[datetime] = mapped_column(Timestamp)


class ReviewRow(Base):
    """What somebody thinks of a title: one a person and title."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 10", name="score"),
        Index("uq_reviews_author_id", "author_id", "title_id", unique=True),
        Index("ix_reviews_of_title", "title_id", "created_at", "id"),
        Index("ix_reviews_of_author", "author_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    title_id: Mapped[str] = mapped_column(ForeignKey("titles.id"))
    score: Mapped[int]
    headline: Mapped[str | None] = mapped_column(String(120))
    body: Mapped[str | None] = mapped_column(Text)
    spoiler: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    updated_at: Mapped[datetime] = mapped_column(Timestamp)
    version: Mapped[int]


class RatingRow(Base):
    """How many gave a title 1, 2, ... 10: one row a title, changed in the transaction that changes a review.

    A statement that adds to a column is atomic, so the counts hold however many review at once; and a
    page of titles reads one row each, however many reviews they have.
    """

    __tablename__ = "ratings"

    title_id: Mapped[str] = mapped_column(ForeignKey("titles.id"), primary_key=True)
    score_1: Mapped[int]
    score_2: Mapped[int]
    score_3: Mapped[int]
    score_4: Mapped[int]
    score_5: Mapped[int]
    score_6: Mapped[int]
    score_7: Mapped[int]
    score_8: Mapped[int]
    score_9: Mapped[int]
    score_10: Mapped[int]


SCORES = tuple(getattr(RatingRow, f"score_{score}") for score in range(1, 11))
"""The columns of `RatingRow`, for the scores 1 to 10."""
