"""The catalogue as lists: films by search, filter and sort; people by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.connections import Page, decode_cursor, encode_cursor, page_of
from subgraphs.movies.models import (
    Certification,
    CollectionRow,
    CreditRow,
    GenreRow,
    MovieGenreRow,
    MovieRow,
    PersonRow,
)
from subgraphs.movies.search import matching
from subgraphs.movies.wording import slug, sort_key, words


class MovieSortKey(StrEnum):
    """What films can be sorted by."""

    RELEVANCE = "RELEVANCE"
    NAME = "NAME"
    RELEASE_DATE = "RELEASE_DATE"
    RUNTIME = "RUNTIME"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from `gte` to `lte`, either end open."""

    gte: int | None = None
    lte: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which films: all that is given must hold; within a tuple, any one."""

    search: str = ""
    genres: tuple[str, ...] | None = None
    certifications: tuple[Certification, ...] | None = None
    release_year: Span = Span()
    runtime_minutes: Span = Span()
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """In which order; relevance means the best match first, and needs a search."""

    key: MovieSortKey
    descending: bool = False


_COLUMNS = {
    MovieSortKey.NAME: MovieRow.name_key,
    MovieSortKey.RELEASE_DATE: MovieRow.release_key,
    MovieSortKey.RUNTIME: MovieRow.runtime_key,
}


async def list_movies(
    session: AsyncSession, wanted: Wanted, order: Order, first: int, after: str | None
) -> Page[MovieRow]:
    """One page of the catalogue, retired films left out."""
    found = matching(session, wanted.search)
    if found is not None and order.key is MovieSortKey.RELEVANCE:
        hits = found.subquery("hits")
        key: ColumnElement[Any] = hits.c.rank - _named(wanted.search)
        statement = select(MovieRow, key).join(hits, hits.c.movie_id == MovieRow.id)
    else:
        key = _COLUMNS.get(order.key, MovieRow.name_key).expression
        statement = select(MovieRow, key)
        if found is not None:
            statement = statement.where(MovieRow.id.in_(select(found.subquery("hits").c.movie_id)))
    statement = statement.where(*_conditions(wanted)).limit(first + 1)
    rows = (await session.execute(_keyset(statement, key, order.descending, after))).all()
    page = page_of(rows, first, lambda row: encode_cursor(row[1], row[0].id), after=after)
    return Page([row[0] for row in page.rows], page.cursors, page.info)


async def count_movies(session: AsyncSession, wanted: Wanted) -> int:
    """How many films the whole list has."""
    statement = select(func.count()).select_from(MovieRow).where(*_conditions(wanted))
    found = matching(session, wanted.search)
    if found is not None:
        statement = statement.where(MovieRow.id.in_(select(found.subquery("hits").c.movie_id)))
    return await session.scalar(statement) or 0


async def list_people(session: AsyncSession, search: str, first: int, after: str | None) -> Page[PersonRow]:
    """People whose name has a word that begins with the search."""
    wanted = " ".join(words(search))
    begins = or_(PersonRow.name_key.startswith(wanted), PersonRow.name_key.contains(f" {wanted}"))
    statement = select(PersonRow, PersonRow.name_key).where(begins).limit(first + 1)
    ordered = _keyset(statement, PersonRow.name_key.expression, descending=False, after=after, row=PersonRow)
    rows = (await session.execute(ordered)).all()
    page = page_of(rows, first, lambda row: encode_cursor(row[1], row[0].id), after=after)
    return Page([row[0] for row in page.rows], page.cursors, page.info)


async def list_genres(session: AsyncSession) -> Sequence[GenreRow]:
    """Every genre by name."""
    return (await session.scalars(select(GenreRow).order_by(GenreRow.name))).all()


async def find_person(session: AsyncSession, slug: str) -> PersonRow | None:
    """A person by slug."""
    return await session.scalar(select(PersonRow).where(PersonRow.slug == slug))


async def find_collection(session: AsyncSession, slug: str) -> CollectionRow | None:
    """A collection by slug."""
    return await session.scalar(select(CollectionRow).where(CollectionRow.slug == slug))


def _keyset(
    statement: Select[Any, Any],
    key: ColumnElement[Any],
    descending: bool,  # noqa: FBT001
    after: str | None,
    row: Any = MovieRow,
) -> Select[Any, Any]:
    if after is not None:
        value, row_id = decode_cursor(after, 2)
        further = key < value if descending else key > value
        statement = statement.where(or_(further, and_(key == value, row.id > row_id)))
    return statement.order_by(key.desc() if descending else key, row.id)


def _named(search: str) -> ColumnElement[Any]:
    """A film of exactly that name comes before one whose name begins so, and that before all others."""
    name = sort_key(search)
    return case(
        (MovieRow.name_key == name, 2_000), (MovieRow.name_key.startswith(f"{name} "), 1_000), else_=0
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [MovieRow.retired_at.is_(None)]
    if wanted.genres is not None:
        conditions.append(_of_genres(wanted.genres))
    if wanted.certifications is not None:
        conditions.append(MovieRow.certification.in_(wanted.certifications))
    if wanted.person_id is not None:
        conditions.append(
            exists().where(CreditRow.movie_id == MovieRow.id, CreditRow.person_id == wanted.person_id)
        )
    conditions += _within(MovieRow.release_year.expression, wanted.release_year)
    conditions += _within(MovieRow.runtime_minutes.expression, wanted.runtime_minutes)
    return conditions


def _of_genres(genres: Sequence[str]) -> ColumnElement[bool]:
    slugs = [slug(genre) for genre in genres]
    return exists().where(
        MovieGenreRow.movie_id == MovieRow.id,
        MovieGenreRow.genre_id == GenreRow.id,
        GenreRow.slug.in_(slugs),
    )


def _within(column: ColumnElement[Any], span: Span) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if span.gte is not None:
        conditions.append(column >= span.gte)
    if span.lte is not None:
        conditions.append(column <= span.lte)
    return conditions
