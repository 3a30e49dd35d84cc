"""The tables of the catalogue.

Sort keys stand in columns of their own that are never null, so that every sort is an index and a keyset.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from subgraphs.common.database import Timestamp, metadata
from subgraphs.common.idempotency import IdempotencyRow
from subgraphs.common.outbox import InboxRow, OutboxRow

UNKNOWN_DATE = "0000-00-00"
"""The release key of a film whose release date is not known: before every date."""


class CreditKind(StrEnum):
    """What a person did for a film."""

    CAST = "CAST"
    DIRECTOR = "DIRECTOR"
    WRITER = "WRITER"


class Certification(StrEnum):
    """Who may see a film in a US cinema."""

    G = "G"
    PG = "PG"
    PG_13 = "PG_13"
    R = "R"
    NC_17 = "NC_17"
    UNRATED = "UNRATED"


CERTIFICATIONS = ", ".join(f"'{certification}'" for certification in Certification)
CREDIT_KINDS = ", ".join(f"'{kind}'" for kind in CreditKind)


class Base(DeclarativeBase):
    """The tables of this subgraph."""

    metadata = metadata()


class Outbox(OutboxRow, Base):
    """What the catalogue has to tell."""


class Inbox(InboxRow, Base):
    """What the catalogue has heard."""


class Idempotency(IdempotencyRow, Base):
    """Keyed requests that succeeded."""


class CollectionRow(Base):
    """Films that belong together."""

    __tablename__ = "collections"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))


class MovieRow(Base):
    """A film."""

    __tablename__ = "movies"
    __table_args__ = (
        CheckConstraint(f"certification IN ({CERTIFICATIONS})", name="certification"),
        CheckConstraint("runtime_minutes > 0", name="runtime"),
        CheckConstraint("wholesale_minor >= 0", name="wholesale"),
        CheckConstraint("(wholesale_minor IS NULL) = (wholesale_currency IS NULL)", name="wholesale_whole"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_movies_by_name", "name_key", "id"),
        Index("ix_movies_by_release", "release_key", "id"),
        Index("ix_movies_by_runtime", "runtime_key", "id"),
        Index("ix_movies_by_year", "release_year"),
        Index("ix_movies_by_certification", "certification", "name_key", "id"),
        Index("ix_movies_by_collection", "collection_id", "release_key"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    original_name: Mapped[str | None] = mapped_column(String(300))
    synopsis: Mapped[str | None] = mapped_column(Text)
    release_date: Mapped[date | None] = mapped_column(Date)
    release_year: Mapped[int]
    runtime_minutes: Mapped[int | None]
    certification: Mapped[str] = mapped_column(String(10))
    collection_id: Mapped[str | None] = mapped_column(ForeignKey("collections.id"))
    palette: Mapped[list[str]] = mapped_column(JSON)
    layout: Mapped[int]
    wholesale_minor: Mapped[int | None]
    wholesale_currency: Mapped[str | None] = mapped_column(String(3))
    retired_at: Mapped[datetime | None] = mapped_column(Timestamp)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    updated_at: Mapped[datetime] = mapped_column(Timestamp)
    name_key: Mapped[str] = mapped_column(String(300))
    release_key: Mapped[str] = mapped_column(String(10))
    runtime_key: Mapped[int]


class GenreRow(Base):
    """A kind of film."""

    __tablename__ = "genres"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(100))


class MovieGenreRow(Base):
    """That a film is of a genre; `position` orders a film's genres."""

    __tablename__ = "movie_genres"
    __table_args__ = (Index("ix_movie_genres_by_genre", "genre_id", "movie_id"),)

    movie_id: Mapped[str] = mapped_column(ForeignKey("movies.id", ondelete="CASCADE"), primary_key=True)
    genre_id: Mapped[str] = mapped_column(ForeignKey("genres.id"), primary_key=True)
    position: Mapped[int]


class PersonRow(Base):
    """Somebody who makes films."""

    __tablename__ = "people"
    __table_args__ = (Index("ix_people_by_name", "name_key", "id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300))


class CreditRow(Base):
    """What a person did for a film; `position` orders a film's credits."""

    __tablename__ = "credits"
    __table_args__ = (
        CheckConstraint(f"kind IN ({CREDIT_KINDS})", name="kind"),
        Index("ix_credits_by_movie", "movie_id", "position"),
        Index("ix_credits_by_person", "person_id", "movie_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    movie_id: Mapped[str] = mapped_column(ForeignKey("movies.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(10))
    character: Mapped[str | None] = mapped_column(String(300))
    billing: Mapped[int | None]
    position: Mapped[int]
