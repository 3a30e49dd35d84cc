"""One statement a batch: what fields of many films, people and genres need, fetched together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, true, tuple_
from sqlalchemy.orm import aliased
from strawberry.dataloader import DataLoader

from subgraphs.common.loading import BatchLoaders, Slice
from subgraphs.movies.models import (
    CollectionRow,
    CreditKind,
    CreditRow,
    GenreRow,
    MovieGenreRow,
    MovieRow,
    PersonRow,
)


@dataclass(frozen=True, slots=True)
class CreditSlice(Slice):
    """Which credits of a film: of a kind (None: all), after a place in its order, so many."""

    kind: CreditKind | None = None
    after: int | None = None
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Filmography(Slice):
    """Which credits of a person: after a (release key, credit id), so many; the latest film first."""

    after: tuple[str, str] | None = None
    limit: int = 0


@dataclass(frozen=True, slots=True)
class GenreShelf(Slice):
    """Which films of a genre: after a (name key, movie id), so many; by name."""

    after: tuple[str, str] | None = None
    limit: int = 0


class Loaders(BatchLoaders):
    """The loaders of one request."""

    @cached_property
    def movie(self) -> DataLoader[str, MovieRow | None]:
        """A film by id, retired or not."""
        return self._row(MovieRow, MovieRow.id)

    @cached_property
    def movie_by_slug(self) -> DataLoader[str, MovieRow | None]:
        """A film by slug, retired or not."""
        return self._row(MovieRow, MovieRow.slug)

    @cached_property
    def person(self) -> DataLoader[str, PersonRow | None]:
        """A person by id."""
        return self._row(PersonRow, PersonRow.id)

    @cached_property
    def collection(self) -> DataLoader[str, CollectionRow | None]:
        """A collection by id."""
        return self._row(CollectionRow, CollectionRow.id)

    @cached_property
    def collection_movies(self) -> DataLoader[str, list[MovieRow]]:
        """The films of a collection that are not retired, the oldest first."""
        return self._rows(
            lambda ids: (
                select(MovieRow.collection_id, MovieRow)
                .where(MovieRow.collection_id.in_(ids), MovieRow.retired_at.is_(None))
                .order_by(MovieRow.release_key, MovieRow.id)
            )
        )

    @cached_property
    def genres(self) -> DataLoader[str, list[GenreRow]]:
        """The genres of a film, in its order."""
        return self._rows(
            lambda ids: (
                select(MovieGenreRow.movie_id, GenreRow)
                .join(GenreRow, GenreRow.id == MovieGenreRow.genre_id)
                .where(MovieGenreRow.movie_id.in_(ids))
                .order_by(MovieGenreRow.movie_id, MovieGenreRow.position)
            )
        )

    @cached_property
    def directors(self) -> DataLoader[str, list[PersonRow]]:
        """The directors of a film, in its order."""
        return self._rows(
            lambda ids: (
                select(CreditRow.movie_id, PersonRow)
                .join(PersonRow, PersonRow.id == CreditRow.person_id)
                .where(CreditRow.movie_id.in_(ids), CreditRow.kind == CreditKind.DIRECTOR)
                .order_by(CreditRow.movie_id, CreditRow.position)
            )
        )

    @cached_property
    def credits(self) -> DataLoader[CreditSlice, list[CreditRow]]:
        """A slice of a film's credits; one statement for all slices of the same shape."""
        return self._slices(self._credits)

    @cached_property
    def filmography(self) -> DataLoader[Filmography, list[CreditRow]]:
        """A slice of a person's credits; one statement for all slices of the same shape."""
        return self._slices(self._filmography)

    @cached_property
    def genre_movies(self) -> DataLoader[GenreShelf, list[MovieRow]]:
        """A slice of a genre's films; one statement for all slices of the same shape."""
        return self._slices(self._genre_movies)

    @cached_property
    def credit_count(self) -> DataLoader[CreditSlice, int]:
        """How many credits a film has, of a kind if one is given."""
        return self._slice_number(self._credit_count)

    @cached_property
    def filmography_count(self) -> DataLoader[Filmography, int]:
        """How many credits a person has."""
        return self._slice_number(self._filmography_count)

    @cached_property
    def genre_count(self) -> DataLoader[GenreShelf, int]:
        """How many films a genre has."""
        return self._slice_number(self._genre_count)

    @staticmethod
    def _credit_count(ids: Sequence[str], shape: CreditSlice) -> Select[Any, Any]:
        counted = select(CreditRow.movie_id, func.count()).where(CreditRow.movie_id.in_(ids))
        if shape.kind is not None:
            counted = counted.where(CreditRow.kind == shape.kind)
        return counted.group_by(CreditRow.movie_id)

    @staticmethod
    def _filmography_count(ids: Sequence[str], _shape: Filmography) -> Select[Any, Any]:
        return (
            select(CreditRow.person_id, func.count())
            .join(MovieRow, MovieRow.id == CreditRow.movie_id)
            .where(CreditRow.person_id.in_(ids), MovieRow.retired_at.is_(None))
            .group_by(CreditRow.person_id)
        )

    @staticmethod
    def _genre_count(ids: Sequence[str], _shape: GenreShelf) -> Select[Any, Any]:
        return (
            select(MovieGenreRow.genre_id, func.count())
            .join(MovieRow, MovieRow.id == MovieGenreRow.movie_id)
            .where(MovieGenreRow.genre_id.in_(ids), MovieRow.retired_at.is_(None))
            .group_by(MovieGenreRow.genre_id)
        )

    @staticmethod
    def _credits(ids: Sequence[str], shape: CreditSlice) -> Select[Any, Any]:
        wanted: list[Any] = [CreditRow.movie_id.in_(ids)]
        if shape.kind is not None:
            wanted.append(CreditRow.kind == shape.kind)
        if shape.after is not None:
            wanted.append(CreditRow.position > shape.after)
        place = func.row_number().over(partition_by=CreditRow.movie_id, order_by=CreditRow.position)
        ranked = select(CreditRow, place.label("place")).where(*wanted).subquery()
        row = aliased(CreditRow, ranked)
        return (
            select(ranked.c.movie_id, row)
            .where(ranked.c.place <= shape.limit)
            .order_by(ranked.c.movie_id, ranked.c.position)
        )

    @staticmethod
    def _filmography(ids: Sequence[str], shape: Filmography) -> Select[Any, Any]:
        wanted: list[Any] = [CreditRow.person_id.in_(ids), MovieRow.retired_at.is_(None)]
        if shape.after is not None:
            key, credit_id = shape.after
            later = and_(MovieRow.release_key == key, CreditRow.id > credit_id)
            wanted.append(or_(MovieRow.release_key < key, later))
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
            .where(ranked.c.place <= shape.limit)
            .order_by(ranked.c.person_id, ranked.c.place)
        )

    def _genre_movies(self, ids: Sequence[str], shape: GenreShelf) -> Select[Any, Any]:
        # A page of each genre by the index of its names: what a genre holds besides is never read.
        place = (MovieGenreRow.name_key, MovieGenreRow.movie_id)
        page = (
            select(MovieRow)
            .join(MovieGenreRow, MovieGenreRow.movie_id == MovieRow.id)
            .where(MovieGenreRow.genre_id == GenreRow.id, MovieRow.retired_at.is_(None))
            .order_by(*place)
            .limit(shape.limit)
            .correlate(GenreRow)
        )
        if shape.after is not None:
            page = page.where(tuple_(*place) > tuple_(*shape.after))
        if self._database.is_sqlite:  # which has no LATERAL
            row = aliased(MovieRow)
            found = select(GenreRow.id, row).join(row, row.id.in_(page.with_only_columns(MovieRow.id)))
        else:
            row = aliased(MovieRow, page.lateral())
            found = select(GenreRow.id, row).join(row, true())
        return found.where(GenreRow.id.in_(ids)).order_by(GenreRow.id, row.name_key, row.id)
