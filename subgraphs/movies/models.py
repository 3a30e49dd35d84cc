"""The tables of the catalogue.

Sort keys stand in columns of their own that are never null, so that every sort is an index and a keyset. They are
compared letter by letter on both databases (PostgreSQL's collation "C"), so that a list has one order wherever it is
kept, and the beginning of a word is a range of an index.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from subgraphs.common.database import Timestamp, metadata
from subgraphs.common.idempotency import IdempotencyRow
from subgraphs.common.outbox import InboxRow, OutboxRow

LONGEST_WORD = 100
"""Letters of a word whose spelling is learned; nobody mistypes a longer one by only one letter."""


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


def key_text(length: int) -> TypeEngine[str]:
    """Text by which rows are sorted and found, compared letter by letter on both databases."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def _of_the_catalogue(name: str, *columns: str) -> Index:
    """An index of the films that lists show: all but the retired ones."""
    shown = text("retired_at IS NULL")
    return Index(name, *columns, postgresql_where=shown, sqlite_where=shown)


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
    version: Mapped[int] = mapped_column(server_default="1")


class MovieRow(Base):
    """A film."""

    __tablename__ = "movies"
    __table_args__ = (
        CheckConstraint(f"certification IN ({CERTIFICATIONS})", name="certification"),
        CheckConstraint("runtime_minutes > 0", name="runtime"),
        CheckConstraint("wholesale_minor >= 0", name="wholesale"),
        CheckConstraint("(wholesale_minor IS NULL) = (wholesale_currency IS NULL)", name="wholesale_whole"),
        CheckConstraint("version > 0", name="version"),
        _of_the_catalogue("ix_movies_by_name", "name_key", "id"),
        _of_the_catalogue("ix_movies_by_release", "release_key", "id"),
        _of_the_catalogue("ix_movies_by_runtime", "runtime_key", "id"),
        _of_the_catalogue("ix_movies_by_certification", "certification", "name_key", "id"),
        _of_the_catalogue("ix_movies_by_certification_and_release", "certification", "release_key", "id"),
        _of_the_catalogue("ix_movies_by_certification_and_runtime", "certification", "runtime_key", "id"),
        Index("ix_movies_by_collection", "collection_id", "release_key"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    original_name: Mapped[str | None] = mapped_column(String(300))
    synopsis: Mapped[str | None] = mapped_column(Text)
    synopsis_source: Mapped[str | None] = mapped_column(String(500))
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
    name_key: Mapped[str] = mapped_column(key_text(300))
    release_key: Mapped[str] = mapped_column(key_text(10))
    runtime_key: Mapped[int]


class GenreRow(Base):
    """A kind of film."""

    __tablename__ = "genres"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(100))


class MovieGenreRow(Base):
    """That a film is of a genre; `position` orders a film's genres.

    The film's sort keys stand here too, so that a genre's films are read in each order, a page at a time.
    """

    __tablename__ = "movie_genres"
    __table_args__ = (
        Index("ix_movie_genres_by_name", "genre_id", "name_key", "movie_id"),
        Index("ix_movie_genres_by_release", "genre_id", "release_key", "movie_id"),
        Index("ix_movie_genres_by_runtime", "genre_id", "runtime_key", "movie_id"),
    )

    movie_id: Mapped[str] = mapped_column(ForeignKey("movies.id", ondelete="CASCADE"), primary_key=True)
    genre_id: Mapped[str] = mapped_column(ForeignKey("genres.id"), primary_key=True)
    position: Mapped[int]
    name_key: Mapped[str] = mapped_column(key_text(300))
    release_key: Mapped[str] = mapped_column(key_text(10))
    runtime_key: Mapped[int]


class PersonRow(Base):
    """Somebody who makes films."""

    __tablename__ = "people"
    __table_args__ = (Index("ix_people_by_name", "name_key", "id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(key_text(300))


class CreditRow(Base):
    """What a person did for a film; `position` orders a film's credits."""

    __tablename__ = "credits"
    __table_args__ = (
        CheckConstraint(f"kind IN ({CREDIT_KINDS})", name="kind"),
        CheckConstraint("billing > 0", name="billing"),
        Index("ix_credits_by_movie", "movie_id", "position", unique=True),
        Index("ix_credits_by_person", "person_id", "movie_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    movie_id: Mapped[str] = mapped_column(ForeignKey("movies.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(10))
    character: Mapped[str | None] = mapped_column(String(300))
    billing: Mapped[int | None]
    position: Mapped[int]


class SpellingRow(Base):
    """A word of the catalogue of four letters or more, for searches that misspell it.

    Of a word with one letter wrong either the beginning or the end is right, so it stands under both.
    """

    __tablename__ = "spellings"
    __table_args__ = (Index("ix_spellings_by_end", "length", "reversed"),)

    length: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(key_text(LONGEST_WORD), primary_key=True)
    reversed: Mapped[str] = mapped_column(key_text(LONGEST_WORD))
