"""The catalogue as lists: films by search, filter and sort; people by name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.connections import Page, decode_cursor, encode_cursor, page_of
from subgraphs.common.errors import BadUserInput
from subgraphs.movies.models import (
    Certification,
    CollectionRow,
    CreditRow,
    GenreRow,
    MovieGenreRow,
    MovieRow,
    PersonRow,
)
from subgraphs.movies.search import FILMS, PEOPLE, Reading, hits, read_search
from subgraphs.movies.wording import slug, sort_key

EXACT, BEGINS, IN_NAMES, IN_PEOPLE, IN_SYNOPSIS = (place * 1_000_000 for place in range(5))
"""Where the ranks of each kind of match begin: the lower the better."""
LAST_YEAR = 9_999
_LAST_LETTER = "\U0010ffff"


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


@dataclass(frozen=True, slots=True)
class Selection:
    """The wanted films, and how their search is understood (None: there is none)."""

    wanted: Wanted
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in a list: its sort key, then its id; the cursor of a search tells whether it was corrected."""

    key: tuple[str | int, ...]
    corrected: bool | None = None

    def cursor(self) -> str:
        """The place as a cursor."""
        return encode_cursor(*self.key, *(() if self.corrected is None else (self.corrected,)))


_COLUMNS: dict[MovieSortKey, tuple[ColumnElement[Any], type]] = {
    MovieSortKey.NAME: (MovieRow.name_key.expression, str),
    MovieSortKey.RELEASE_DATE: (MovieRow.release_key.expression, str),
    MovieSortKey.RUNTIME: (MovieRow.runtime_key.expression, int),
}
_BY_NAME = _COLUMNS[MovieSortKey.NAME]
_SHELF_KEYS = {MovieSortKey.RELEASE_DATE: "release_key", MovieSortKey.RUNTIME: "runtime_key"}
_ON_SHELF = MovieGenreRow.movie_id.expression


async def select_movies(session: AsyncSession, wanted: Wanted, after: str | None) -> Selection:
    """How a list of films is to be read; a page after the first keeps to what the first one understood."""
    corrected = after is not None and _is_corrected(after, 3)
    return Selection(wanted, await read_search(session, FILMS, wanted.search, corrected=corrected))


async def list_movies(
    session: AsyncSession, selection: Selection, order: Order, first: int, after: str | None
) -> Page[MovieRow]:
    """One page of the catalogue, retired films left out."""
    wanted = selection.wanted
    found = selection.reading and hits(session, FILMS, selection.reading).subquery("hits")
    key, kind = _COLUMNS.get(order.key, _BY_NAME)
    if selection.reading and found is not None and order.key is MovieSortKey.RELEVANCE:
        key, kind = _relevance(selection.reading, found.c.field), int
    keys = (key, MovieRow.id.expression)
    statement = select(MovieRow, key)
    if found is not None:
        statement = statement.join(found, found.c.owner == MovieRow.id)
    elif wanted.genres is not None and len(wanted.genres) == 1:
        # A shelf: it has an index of its own for each order.
        keys = (getattr(MovieGenreRow, _SHELF_KEYS.get(order.key, "name_key")).expression, _ON_SHELF)
        statement = statement.join(MovieGenreRow, _on_shelf(*wanted.genres))
        wanted = replace(wanted, genres=None)
    statement = statement.where(*_conditions(wanted))
    place = _place(after, (kind, str), searched=found is not None)
    statement = _keyset(statement, keys, place, descending=order.descending).limit(first + 1)
    rows = (await session.execute(statement)).all()
    corrected = selection.reading and selection.reading.corrected
    return _page([(row[0], Place((row[1], row[0].id), corrected)) for row in rows], first, after)


async def count_movies(session: AsyncSession, selection: Selection) -> int:
    """How many films the whole list has."""
    wanted = selection.wanted
    statement = select(func.count()).select_from(MovieRow)
    if wanted.genres is not None:
        # Counting reads all that is of a genre anyway, and nothing else this way.
        statement = statement.where(MovieRow.id.in_(_movies_of(wanted.genres)))
        wanted = replace(wanted, genres=None)
    statement = statement.where(*_conditions(wanted))
    if selection.reading is not None:
        found = hits(session, FILMS, selection.reading).subquery("hits")
        statement = statement.join(found, found.c.owner == MovieRow.id)
    return await session.scalar(statement) or 0


async def list_people(session: AsyncSession, search: str, first: int, after: str | None) -> Page[PersonRow]:
    """People whose name has all words of the search: of exactly that name first, then those that begin so."""
    corrected = after is not None and _is_corrected(after, 4)
    reading = await read_search(session, PEOPLE, search, corrected=corrected)
    rank: ColumnElement[int] = literal(EXACT)
    statement = select(PersonRow)
    if reading is not None:
        found = hits(session, PEOPLE, reading).subquery("hits")
        rank = _by_name(PersonRow.name_key.expression, reading.phrases(), IN_NAMES)
        statement = statement.join(found, found.c.owner == PersonRow.id)
    keys = (rank, PersonRow.name_key.expression, PersonRow.id.expression)
    place = _place(after, (int, str, str), searched=reading is not None)
    if reading is None:
        keys, place = keys[1:], place and place[1:]
    statement = _keyset(statement.add_columns(rank), keys, place, descending=False).limit(first + 1)
    rows = (await session.execute(statement)).all()
    corrected = reading and reading.corrected
    return _page(
        [(row[0], Place((row[1], row[0].name_key, row[0].id), corrected)) for row in rows], first, after
    )


async def list_genres(session: AsyncSession) -> Sequence[GenreRow]:
    """Every genre by name."""
    return (await session.scalars(select(GenreRow).order_by(GenreRow.name))).all()


async def find_person(session: AsyncSession, slug: str) -> PersonRow | None:
    """A person by slug."""
    return await session.scalar(select(PersonRow).where(PersonRow.slug == slug))


async def find_collection(session: AsyncSession, slug: str) -> CollectionRow | None:
    """A collection by slug."""
    return await session.scalar(select(CollectionRow).where(CollectionRow.slug == slug))


def _page(placed: Sequence[tuple[Any, Place]], first: int, after: str | None) -> Page[Any]:
    page = page_of(placed, first, lambda row: row[1].cursor(), after=after)
    return Page([row for row, _ in page.rows], page.cursors, page.info)


def _is_corrected(after: str, length: int) -> bool:
    """Whether a cursor stands in a list that was found by corrected spellings."""
    try:
        *_, corrected = decode_cursor(after, length)
    except BadUserInput:
        return False  # a cursor of a list without a search; one of none at all is refused where it is used
    return corrected is True


def _place(after: str | None, kinds: tuple[type, ...], *, searched: bool) -> tuple[Any, ...] | None:
    """The sort key that a cursor holds.

    Raises:
        BadUserInput: it is no cursor of a list in this order.
    """
    if after is None:
        return None
    kinds = (*kinds, bool) if searched else kinds
    parts = decode_cursor(after, len(kinds))
    if any(not _fits(part, kind) for part, kind in zip(parts, kinds, strict=True)):
        raise BadUserInput("`after` is no cursor of this list in this order; begin again without it.")
    return tuple(parts[:-1] if searched else parts)


def _fits(part: object, kind: type) -> bool:
    # `True` is an int to Python, and no number of ours needs more than the database's 32 bits.
    return type(part) is kind and not (isinstance(part, int) and abs(part) >= 2**31)


def _keyset(
    statement: Select[Any, Any],
    keys: Sequence[ColumnElement[Any]],
    place: tuple[Any, ...] | None,
    *,
    descending: bool,
) -> Select[Any, Any]:
    """The rows further than a place, in order. All keys go the same way, so that an index has them as they come."""
    if place is not None:
        here = tuple_(*(literal(part, key.type) for part, key in zip(place, keys, strict=True)))
        statement = statement.where(tuple_(*keys) < here if descending else tuple_(*keys) > here)
    return statement.order_by(*(key.desc() if descending else key for key in keys))


def _relevance(reading: Reading, field: ColumnElement[int]) -> ColumnElement[int]:
    """How well a film is found, the lowest best.

    A film of exactly that name, then names that begin so, names that have all the words (the shorter the nearer),
    films of those people, and films that tell of it (the latest first).
    """
    latest = LAST_YEAR - MovieRow.release_year.expression
    elsewhere = case((field == 2, IN_PEOPLE + latest), else_=IN_SYNOPSIS + latest)
    length = func.length(MovieRow.name_key)
    named = case((field == 1, IN_NAMES + length), else_=elsewhere)
    names = list(dict.fromkeys(sort_key(phrase) for phrase in reading.phrases()))
    return _by_name(MovieRow.name_key.expression, names, named, length)


def _by_name(
    key: ColumnElement[str],
    names: Sequence[str],
    otherwise: ColumnElement[int] | int,
    length: ColumnElement[int] | int = 0,
) -> ColumnElement[int]:
    begins = or_(*((key >= name) & (key < name + _LAST_LETTER) for name in names))
    return case((key.in_(names), EXACT), (begins, BEGINS + length), else_=otherwise)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [MovieRow.retired_at.is_(None)]
    if wanted.genres is not None:
        # Asked of each film as it comes, so that a page is read in order and no further.
        conditions.append(_movies_of(wanted.genres).where(MovieGenreRow.movie_id == MovieRow.id).exists())
    if wanted.certifications is not None:
        conditions.append(MovieRow.certification.in_(wanted.certifications))
    if wanted.person_id is not None:
        conditions.append(
            MovieRow.id.in_(select(CreditRow.movie_id).where(CreditRow.person_id == wanted.person_id))
        )
    years, minutes = wanted.release_year, wanted.runtime_minutes
    if years.gte is not None:
        conditions.append(MovieRow.release_key >= _year(years.gte))
    if years.lte is not None:
        conditions.append(MovieRow.release_key < _year(years.lte + 1))
    if minutes.gte is not None:
        conditions.append(MovieRow.runtime_key >= minutes.gte)
    if minutes.lte is not None:
        conditions.append(MovieRow.runtime_key <= minutes.lte)
    if minutes != Span():
        conditions.append(MovieRow.runtime_key > 0)  # a runtime that is not known is in no span
    return conditions


def _year(year: int) -> str:
    """What every release key of a year begins with; of one that no film can have, what no key comes near."""
    return f"{min(max(year, 0), LAST_YEAR):04d}"


def _movies_of(genres: Sequence[str]) -> Select[str]:
    """The ids of films of any of the genres."""
    wanted = select(GenreRow.id).where(GenreRow.slug.in_([slug(genre) for genre in genres]))
    return select(MovieGenreRow.movie_id).where(MovieGenreRow.genre_id.in_(wanted))


def _on_shelf(genre: str) -> ColumnElement[bool]:
    """Which rows stand for films of the genre."""
    wanted = select(GenreRow.id).where(GenreRow.slug == slug(genre)).scalar_subquery()
    return and_(MovieGenreRow.movie_id == MovieRow.id, MovieGenreRow.genre_id == wanted)
