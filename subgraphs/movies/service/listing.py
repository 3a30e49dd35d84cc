"""The catalogue as lists: films by search, filter and sort; people by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from subgraphs.common.connections import Page, decode_cursor, encode_cursor, page_of
from subgraphs.common.database import Database
from subgraphs.common.errors import BadUserInput
from subgraphs.movies.models import Certification, CollectionRow, GenreRow, MovieRow, PersonRow
from subgraphs.movies.search import FILMS, PEOPLE, Reading, asked_of, read_search
from subgraphs.movies.service.listing_statements import (
    BY_NAME,
    COLLECTION,
    COLUMNS,
    GENRES,
    LAST_LETTER,
    LAST_YEAR,
    PERSON,
    MovieSortKey,
    Order,
    movies_counted,
    movies_listed,
    people_listed,
)
from subgraphs.movies.wording import slug, sort_key


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


async def select_movies(database: Database, wanted: Wanted, after: str | None) -> Selection:
    """How a list of films is to be read; a page after the first keeps to what the first one understood."""
    corrected = after is not None and _is_corrected(after, 3)
    return Selection(wanted, await read_search(database, FILMS, wanted.search, corrected=corrected))


async def list_movies(
    database: Database, selection: Selection, order: Order, first: int, after: str | None
) -> Page[MovieRow]:
    """One page of the catalogue, retired films left out."""
    reading = selection.reading
    kind = int if reading and order.key is MovieSortKey.RELEVANCE else COLUMNS.get(order.key, BY_NAME)[1]
    values = {
        **_values(selection, is_sqlite=database.is_sqlite),
        **_place_values(_place(after, (kind, str), searched=reading is not None)),
        "limit": first + 1,
    }
    if reading is not None and order.key is MovieSortKey.RELEVANCE:
        values |= _name_values(sort_key(phrase) for phrase in reading.phrases())
    elif reading is None and len(values.get("genres", ())) == 1:
        (values["shelf"],) = values.pop("genres")
    statement = movies_listed(frozenset(values), order, is_sqlite=database.is_sqlite)
    rows = await database.rows(statement, values)
    corrected = reading and reading.corrected
    return _page([(row[0], Place((row[1], row[0].id), corrected)) for row in rows], first, after)


async def count_movies(database: Database, selection: Selection) -> int:
    """How many films the whole list has."""
    values = _values(selection, is_sqlite=database.is_sqlite)
    ((count,),) = await database.rows(movies_counted(frozenset(values), is_sqlite=database.is_sqlite), values)
    return count


async def list_people(database: Database, search: str, first: int, after: str | None) -> Page[PersonRow]:
    """People whose name has all words of the search: of exactly that name first, then those that begin so."""
    corrected = after is not None and _is_corrected(after, 4)
    reading = await read_search(database, PEOPLE, search, corrected=corrected)
    place = _place(after, (int, str, str), searched=reading is not None)
    values: dict[str, Any] = {"limit": first + 1}
    if reading is None:
        values |= _place_values(place and place[1:])
    else:
        values |= {
            **_place_values(place),
            **_name_values(reading.phrases()),
            **asked_of(PEOPLE, reading, is_sqlite=database.is_sqlite),
        }
    rows = await database.rows(people_listed(frozenset(values), is_sqlite=database.is_sqlite), values)
    corrected = reading and reading.corrected
    return _page(
        [(row[0], Place((row[1], row[0].name_key, row[0].id), corrected)) for row in rows], first, after
    )


async def list_genres(database: Database) -> Sequence[GenreRow]:
    """Every genre by name."""
    return [genre for (genre,) in await database.rows(GENRES)]


async def find_person(database: Database, slug: str) -> PersonRow | None:
    """A person by slug."""
    rows = await database.rows(PERSON, {"slug": slug})
    return rows[0][0] if rows else None


async def find_collection(database: Database, slug: str) -> CollectionRow | None:
    """A collection by slug."""
    rows = await database.rows(COLLECTION, {"slug": slug})
    return rows[0][0] if rows else None


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


def _place_values(place: tuple[Any, ...] | None) -> dict[str, Any]:
    return {f"place_{number}": part for number, part in enumerate(place or ())}


def _name_values(names: Iterable[str]) -> dict[str, Any]:
    """Names that are looked for as such, and where those end that begin with each."""
    looked_for = list(dict.fromkeys(names))
    begun = {f"name_{number}": name for number, name in enumerate(looked_for)}
    ended = {f"after_{name}": value + LAST_LETTER for name, value in begun.items()}
    return {"names": looked_for, **begun, **ended}


def _values(selection: Selection, *, is_sqlite: bool) -> dict[str, Any]:
    """The values of the conditions that hold for a selection; what is not given narrows nothing."""
    wanted, reading = selection.wanted, selection.reading
    years, minutes = wanted.release_year, wanted.runtime_minutes
    values = {
        "genres": None if wanted.genres is None else [slug(genre) for genre in wanted.genres],
        "certifications": wanted.certifications,
        "person": wanted.person_id,
        "years_from": None if years.gte is None else _year(years.gte),
        "years_before": None if years.lte is None else _year(years.lte + 1),
        "minutes_from": minutes.gte,
        "minutes_to": minutes.lte,
        **(asked_of(FILMS, reading, is_sqlite=is_sqlite) if reading else {}),
    }
    return {name: value for name, value in values.items() if value is not None}


def _year(year: int) -> str:
    """What every release key of a year begins with; of one that no film can have, what no key comes near."""
    return f"{min(max(year, 0), LAST_YEAR):04d}"
