"""One statement a batch: what fields of many films, people and genres need, fetched together."""

from dataclasses import dataclass
from functools import cache, cached_property, partial

from sqlalchemy import ColumnElement, Integer, String, and_, bindparam, func, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from subgraphs.common.dataloader import DataLoader
from subgraphs.common.loading import KEYS, BatchLoaders, Slice, Statement, found_by
from subgraphs.common.prepared import Values
from subgraphs.movies.models import (
    CollectionRow,
    CreditKind,
    CreditRow,
    GenreRow,
    MovieGenreRow,
    MovieRow,
    PersonRow,
)

KEY, ID = bindparam("key", type_=String), bindparam("id", type_=String)
LIMIT = bindparam("limit", type_=Integer)


@dataclass(frozen=True, slots=True)
class CreditSlice(Slice):
    """Which credits of a film: of a kind (None: all), after a place in its order, so many."""

    kind: CreditKind | None = None
    after: int | None = None
    limit: int = 0

    def values(self) -> Values:
        """Where it begins, and how many there may be."""
        return {"after": self.after, "limit": self.limit}


@dataclass(frozen=True, slots=True)
class Filmography(Slice):
    """Which credits of a person: after a (release key, credit id), so many; the latest film first."""

    after: tuple[str, str] | None = None
    limit: int = 0

    def values(self) -> Values:
        """Where it begins, and how many there may be."""
        return _place_and_size(self.after, self.limit)


@dataclass(frozen=True, slots=True)
class GenreShelf(Slice):
    """Which films of a genre: after a (name key, movie id), so many; by name."""

    after: tuple[str, str] | None = None
    limit: int = 0

    def values(self) -> Values:
        """Where it begins, and how many there may be."""
        return _place_and_size(self.after, self.limit)


MOVIE = found_by(MovieRow.id, MovieRow)
MOVIE_BY_SLUG = found_by(MovieRow.slug, MovieRow)
PERSON = found_by(PersonRow.id, PersonRow)
COLLECTION = found_by(CollectionRow.id, CollectionRow)
COLLECTION_MOVIES = (
    select(MovieRow.collection_id, MovieRow)
    .where(MovieRow.collection_id.in_(KEYS), MovieRow.retired_at.is_(None))
    .order_by(MovieRow.release_key, MovieRow.id)
)
GENRES = (
    select(MovieGenreRow.movie_id, GenreRow)
    .join(GenreRow, GenreRow.id == MovieGenreRow.genre_id)
    .where(MovieGenreRow.movie_id.in_(KEYS))
    .order_by(MovieGenreRow.movie_id, MovieGenreRow.position)
)
DIRECTORS = (
    select(CreditRow.movie_id, PersonRow)
    .join(PersonRow, PersonRow.id == CreditRow.person_id)
    .where(CreditRow.movie_id.in_(KEYS), CreditRow.kind == CreditKind.DIRECTOR)
    .order_by(CreditRow.movie_id, CreditRow.position)
)
FILMOGRAPHY_COUNT = (
    select(CreditRow.person_id, func.count())
    .join(MovieRow, MovieRow.id == CreditRow.movie_id)
    .where(CreditRow.person_id.in_(KEYS), MovieRow.retired_at.is_(None))
    .group_by(CreditRow.person_id)
)
GENRE_COUNT = (
    select(MovieGenreRow.genre_id, func.count())
    .join(MovieRow, MovieRow.id == MovieGenreRow.movie_id)
    .where(MovieGenreRow.genre_id.in_(KEYS), MovieRow.retired_at.is_(None))
    .group_by(MovieGenreRow.genre_id)
)


class Loaders(BatchLoaders):
    """The loaders of one request."""

    @cached_property
    def movie(self) -> DataLoader[str, MovieRow | None]:
        """A film by id, retired or not."""
        return self._row(MOVIE)

    @cached_property
    def movie_by_slug(self) -> DataLoader[str, MovieRow | None]:
        """A film by slug, retired or not."""
        return self._row(MOVIE_BY_SLUG)

    @cached_property
    def person(self) -> DataLoader[str, PersonRow | None]:
        """A person by id."""
        return self._row(PERSON)

    @cached_property
    def collection(self) -> DataLoader[str, CollectionRow | None]:
        """A collection by id."""
        return self._row(COLLECTION)

    @cached_property
    def collection_movies(self) -> DataLoader[str, list[MovieRow]]:
        """The films of a collection that are not retired, the oldest first."""
        return self._rows(COLLECTION_MOVIES)

    @cached_property
    def genres(self) -> DataLoader[str, list[GenreRow]]:
        """The genres of a film, in its order."""
        return self._rows(GENRES)

    @cached_property
    def directors(self) -> DataLoader[str, list[PersonRow]]:
        """The directors of a film, in its order."""
        return self._rows(DIRECTORS)

    @cached_property
    def credits(self) -> DataLoader[CreditSlice, list[CreditRow]]:
        """A slice of a film's credits; one statement for all slices of the same shape."""
        return self._slices(_credits)

    @cached_property
    def filmography(self) -> DataLoader[Filmography, list[CreditRow]]:
        """A slice of a person's credits; one statement for all slices of the same shape."""
        return self._slices(_filmography)

    @cached_property
    def genre_movies(self) -> DataLoader[GenreShelf, list[MovieRow]]:
        """A slice of a genre's films; one statement for all slices of the same shape."""
        return self._slices(partial(_genre_movies, is_sqlite=self._database.is_sqlite))

    @cached_property
    def credit_count(self) -> DataLoader[CreditSlice, int]:
        """How many credits a film has, of a kind if one is given."""
        return self._slice_number(_credit_count)

    @cached_property
    def filmography_count(self) -> DataLoader[str, int]:
        """How many credits a person has."""
        return self._number(FILMOGRAPHY_COUNT)

    @cached_property
    def genre_count(self) -> DataLoader[str, int]:
        """How many films a genre has."""
        return self._number(GENRE_COUNT)


def _place_and_size(after: tuple[str, str] | None, limit: int) -> Values:
    key, row_id = after or (None, None)
    return {"key": key, "id": row_id, "limit": limit}


def _credit_count(shape: CreditSlice) -> Statement:
    return _credits_counted(shape.kind)


@cache
def _credits_counted(kind: CreditKind | None) -> Statement:
    return select(CreditRow.movie_id, func.count()).where(*_of_kind(kind)).group_by(CreditRow.movie_id)


def _of_kind(kind: CreditKind | None) -> list[ColumnElement[bool]]:
    of_film = CreditRow.movie_id.in_(KEYS)
    return [of_film] if kind is None else [of_film, CreditRow.kind == kind]


def _credits(shape: CreditSlice) -> Statement:
    return _billed(shape.kind, is_later=shape.after is not None)


@cache
def _billed(kind: CreditKind | None, *, is_later: bool) -> Statement:
    wanted = _of_kind(kind)
    if is_later:
        wanted.append(CreditRow.position > bindparam("after", type_=Integer))
    place = func.row_number().over(partition_by=CreditRow.movie_id, order_by=CreditRow.position)
    ranked = select(CreditRow, place.label("place")).where(*wanted).subquery()
    row = aliased(CreditRow, ranked)
    return (
        select(ranked.c.movie_id, row)
        .where(ranked.c.place <= LIMIT)
        .order_by(ranked.c.movie_id, ranked.c.position)
    )


def _filmography(shape: Filmography) -> Statement:
    return _latest(is_later=shape.after is not None)


@cache
def _latest(*, is_later: bool) -> Statement:
    wanted: list[ColumnElement[bool]] = [CreditRow.person_id.in_(KEYS), MovieRow.retired_at.is_(None)]
    if is_later:
        later = and_(MovieRow.release_key == KEY, CreditRow.id > ID)
        wanted.append(or_(MovieRow.release_key < KEY, later))
    order = (MovieRow.release_key.desc(), CreditRow.id)
    place = func.row_number().over(partition_by=CreditRow.person_id, order_by=order)
    ranked = (
        select(CreditRow, place.label("place"))
        .join(MovieRow, MovieRow.id == CreditRow.movie_id)
        .where(*wanted)
        .subquery()
    )
    row = aliased(CreditRow, ranked)
    return (
        select(ranked.c.person_id, row)
        .where(ranked.c.place <= LIMIT)
        .order_by(ranked.c.person_id, ranked.c.place)
    )


def _genre_movies(shape: GenreShelf, *, is_sqlite: bool) -> Statement:
    return _on_shelf(is_later=shape.after is not None, is_sqlite=is_sqlite)


@cache
def _on_shelf(*, is_later: bool, is_sqlite: bool) -> Statement:
    # A page of each genre by the index of its names: what a genre holds besides is never read.
    place = (MovieGenreRow.name_key, MovieGenreRow.movie_id)
    page = (
        select(MovieRow)
        .join(MovieGenreRow, MovieGenreRow.movie_id == MovieRow.id)
        .where(MovieGenreRow.genre_id == GenreRow.id, MovieRow.retired_at.is_(None))
        .order_by(*place)
        .limit(LIMIT)
        .correlate(GenreRow)
    )
    if is_later:
        page = page.where(tuple_(*place) > tuple_(KEY, ID))
    if is_sqlite:  # which has no LATERAL
        row = aliased(MovieRow)
        found = select(GenreRow.id, row).join(row, row.id.in_(page.with_only_columns(MovieRow.id)))
    else:
        row = aliased(MovieRow, page.lateral())
        found = select(GenreRow.id, row).join(row, true())
    return found.where(GenreRow.id.in_(KEYS)).order_by(GenreRow.id, row.name_key, row.id)
