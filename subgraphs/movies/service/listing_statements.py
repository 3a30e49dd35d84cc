"""The statements by which the catalogue is listed: one for each set of values that it is asked with, made once."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from subgraphs.movies.models import (
    CollectionRow,
    CreditRow,
    GenreRow,
    MovieGenreRow,
    MovieRow,
    PersonRow,
)
from subgraphs.movies.search import FILMS, PEOPLE, hits

EXACT, BEGINS, IN_NAMES, IN_PEOPLE, IN_SYNOPSIS = (place * 1_000_000 for place in range(5))
"""Where the ranks of each kind of match begin: the lower the better."""
LAST_YEAR = 9_999
LAST_LETTER = "\U0010ffff"
REMEMBERED = 256
"""Statements of a kind that are kept: one for each set of values that they are asked with."""
Given = frozenset[str]
"""The names of the values that a statement is asked with, by which it is made."""
SEARCHED = "within_1"


class MovieSortKey(StrEnum):
    """What films can be sorted by."""

    RELEVANCE = "RELEVANCE"
    NAME = "NAME"
    RELEASE_DATE = "RELEASE_DATE"
    RUNTIME = "RUNTIME"


@dataclass(frozen=True, slots=True)
class Order:
    """In which order; relevance means the best match first, and needs a search."""

    key: MovieSortKey
    descending: bool = False


COLUMNS: dict[MovieSortKey, tuple[ColumnElement[Any], type]] = {
    MovieSortKey.NAME: (MovieRow.name_key.expression, str),
    MovieSortKey.RELEASE_DATE: (MovieRow.release_key.expression, str),
    MovieSortKey.RUNTIME: (MovieRow.runtime_key.expression, int),
}
BY_NAME = COLUMNS[MovieSortKey.NAME]
_SHELF_KEYS = {MovieSortKey.RELEASE_DATE: "release_key", MovieSortKey.RUNTIME: "runtime_key"}
_ON_SHELF = MovieGenreRow.movie_id.expression
_LIMIT = bindparam("limit", type_=Integer)


GENRES = select(GenreRow).order_by(GenreRow.name)
PERSON = select(PersonRow).where(PersonRow.slug == bindparam("slug"))
COLLECTION = select(CollectionRow).where(CollectionRow.slug == bindparam("slug"))


@lru_cache(REMEMBERED)
def movies_listed(given: Given, order: Order, *, is_sqlite: bool) -> Select[Any, Any]:
    """A page of films, each with its sort key."""
    key = COLUMNS.get(order.key, BY_NAME)[0]
    found = hits(FILMS, is_sqlite=is_sqlite)
    if "names" in given:
        key = _relevance(found.c.field, given)
    keys = (key, MovieRow.id.expression)
    statement = select(MovieRow, key)
    if SEARCHED in given:
        statement = statement.join(found, found.c.owner == MovieRow.id)
    elif "shelf" in given:
        # A shelf: it has an index of its own for each order.
        keys = (getattr(MovieGenreRow, _SHELF_KEYS.get(order.key, "name_key")).expression, _ON_SHELF)
        statement = statement.join(MovieGenreRow, _is_on_shelf())
    statement = statement.where(*_conditions(given))
    return _keyset(statement, keys, given, descending=order.descending).limit(_LIMIT)


@lru_cache(REMEMBERED)
def movies_counted(given: Given, *, is_sqlite: bool) -> Select[int]:
    """How many films there are."""
    statement = select(func.count()).select_from(MovieRow).where(*_conditions(given - {"genres"}))
    if "genres" in given:
        # Counting reads all that is of a genre anyway, and nothing else this way.
        statement = statement.where(MovieRow.id.in_(_movies_of_genres()))
    if SEARCHED in given:
        found = hits(FILMS, is_sqlite=is_sqlite)
        statement = statement.join(found, found.c.owner == MovieRow.id)
    return statement


@lru_cache(REMEMBERED)
def people_listed(given: Given, *, is_sqlite: bool) -> Select[Any, Any]:
    """A page of people, each with how well they are found."""
    keys = (PersonRow.name_key.expression, PersonRow.id.expression)
    if SEARCHED not in given:
        statement = select(PersonRow, literal(EXACT))
    else:
        found = hits(PEOPLE, is_sqlite=is_sqlite)
        rank = _by_name(PersonRow.name_key.expression, given, IN_NAMES)
        statement = select(PersonRow, rank).join(found, found.c.owner == PersonRow.id)
        keys = (rank, *keys)
    return _keyset(statement, keys, given, descending=False).limit(_LIMIT)


def _keyset(
    statement: Select[Any, Any], keys: Sequence[ColumnElement[Any]], given: Given, *, descending: bool
) -> Select[Any, Any]:
    """The rows further than a place, in order. All keys go the same way, so that an index has them as they come."""
    if "place_0" in given:
        here = tuple_(*(bindparam(f"place_{number}", type_=key.type) for number, key in enumerate(keys)))
        statement = statement.where(tuple_(*keys) < here if descending else tuple_(*keys) > here)
    return statement.order_by(*(key.desc() if descending else key for key in keys))


def _relevance(field: ColumnElement[int], given: Given) -> ColumnElement[int]:
    """How well a film is found, the lowest best.

    A film of exactly that name, then names that begin so, names that have all the words (the shorter the nearer),
    films of those people, and films that tell of it (the latest first).
    """
    latest = LAST_YEAR - MovieRow.release_year.expression
    elsewhere = case((field == 2, IN_PEOPLE + latest), else_=IN_SYNOPSIS + latest)
    length = func.length(MovieRow.name_key)
    named = case((field == 1, IN_NAMES + length), else_=elsewhere)
    return _by_name(MovieRow.name_key.expression, given, named, length)


def _by_name(
    key: ColumnElement[str],
    given: Given,
    otherwise: ColumnElement[int] | int,
    length: ColumnElement[int] | int = 0,
) -> ColumnElement[int]:
    names = sorted(name for name in given if name.startswith("name_"))
    begins = or_(*((key >= bindparam(name)) & (key < bindparam(f"after_{name}")) for name in names))
    exact = key.in_(bindparam("names", expanding=True))
    return case((exact, EXACT), (begins, BEGINS + length), else_=otherwise)


def _conditions(given: Given) -> list[ColumnElement[bool]]:
    named = [condition for name, condition in _CONDITIONS.items() if name in given]
    return [MovieRow.retired_at.is_(None), *named]


def _movies_of_genres() -> Select[str]:
    """The ids of films of any of the genres."""
    wanted = select(GenreRow.id).where(GenreRow.slug.in_(bindparam("genres", expanding=True)))
    return select(MovieGenreRow.movie_id).where(MovieGenreRow.genre_id.in_(wanted))


def _is_on_shelf() -> ColumnElement[bool]:
    """Which rows stand for films of the one genre."""
    wanted = select(GenreRow.id).where(GenreRow.slug == bindparam("shelf")).scalar_subquery()
    return and_(MovieGenreRow.movie_id == MovieRow.id, MovieGenreRow.genre_id == wanted)


_HAS_RUNTIME = MovieRow.runtime_key > 0  # a runtime that is not known is in no span
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    # Asked of each film as it comes, so that a page is read in order and no further.
    "genres": _movies_of_genres().where(MovieGenreRow.movie_id == MovieRow.id).exists(),
    "certifications": MovieRow.certification.in_(bindparam("certifications", expanding=True)),
    "person": MovieRow.id.in_(select(CreditRow.movie_id).where(CreditRow.person_id == bindparam("person"))),
    "years_from": MovieRow.release_key >= bindparam("years_from"),
    "years_before": MovieRow.release_key < bindparam("years_before"),
    "minutes_from": and_(MovieRow.runtime_key >= bindparam("minutes_from"), _HAS_RUNTIME),
    "minutes_to": and_(MovieRow.runtime_key <= bindparam("minutes_to"), _HAS_RUNTIME),
}
