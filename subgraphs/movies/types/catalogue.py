"""Films, the people behind them, and how they are grouped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

import strawberry
from strawberry import federation as fed

from subgraphs.common.connections import CountedConnection, decode_cursor, encode_cursor, page_of, page_size
from subgraphs.common.dataloader import loading
from subgraphs.common.directives import SIZED_BY_FIRST
from subgraphs.common.errors import BadUserInput
from subgraphs.common.federation import key_of
from subgraphs.common.money import CurrencyCode, Money
from subgraphs.movies.context import MoviesInfo
from subgraphs.movies.loaders import CreditSlice, Filmography, GenreShelf
from subgraphs.movies.models import (
    Certification,
    CollectionRow,
    CreditKind,
    CreditRow,
    GenreRow,
    MovieRow,
    PersonRow,
)

R = TypeVar("R", MovieRow, PersonRow)

strawberry.enum(CreditKind)
strawberry.enum(Certification)


@fed.interface(keys=["id"], description="Anything a person can look up, review or put on a watchlist.")
class Title:
    """A film or a collection."""

    id: strawberry.ID
    slug: str
    name: str

    @classmethod
    async def resolve_reference(cls, representation: Mapping[str, Any], info: MoviesInfo) -> Title | None:
        """The film or collection of an id."""
        _, title_id = key_of(representation, "id")
        movie = await info.context.loaders.movie.load(title_id)
        if movie is not None:
            return Movie.of(movie)
        collection = await info.context.loaders.collection.load(title_id)
        return collection and Collection.of(collection)


@fed.type
class Artwork:
    """What a poster is drawn from."""

    palette: list[str] = strawberry.field(description="Colours as #rrggbb, background first.")
    layout: int = strawberry.field(description="Which of the shop's poster layouts.")


@fed.type(keys=["id", "slug"])
class Movie(Title):
    """A film."""

    row: strawberry.Private[MovieRow]
    name: str = fed.field(shareable=True)
    original_name: str | None
    synopsis: str | None
    synopsis_source: str | None
    release_date: date | None
    release_year: int
    runtime_minutes: int | None
    certification: Certification
    retired_at: datetime | None = strawberry.field(description="Set once the film has left the catalogue.")
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: MovieRow) -> Movie:
        """The film of a row."""
        return cls(
            row=row,
            id=strawberry.ID(row.id),
            slug=row.slug,
            name=row.name,
            original_name=row.original_name,
            synopsis=row.synopsis,
            synopsis_source=row.synopsis_source,
            release_date=row.release_date,
            release_year=row.release_year,
            runtime_minutes=row.runtime_minutes,
            certification=Certification(row.certification),
            retired_at=row.retired_at,
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )

    @classmethod
    async def resolve_reference(cls, representation: Mapping[str, Any], info: MoviesInfo) -> Movie | None:
        """The film of an id or a slug; None where there is none."""
        key, value = key_of(representation, "id", "slug")
        loaders = info.context.loaders
        row = await (loaders.movie if key == "id" else loaders.movie_by_slug).load(value)
        return row and cls.of(row)

    @strawberry.field
    @loading
    async def genres(self, info: MoviesInfo) -> list[Genre]:
        """In the film's order."""
        return [Genre.of(row) for row in await info.context.loaders.genres.load(self.id)]

    @fed.field(directives=[SIZED_BY_FIRST])
    @loading
    async def credits(
        self, info: MoviesInfo, kind: CreditKind | None = None, first: int = 20, after: str | None = None
    ) -> CountedConnection[Credit]:
        """By billing."""
        wanted = CreditSlice(self.id, kind, _position(after), page_size(first) + 1)
        rows = await info.context.loaders.credits.load(wanted)
        page = page_of(rows, first, lambda row: encode_cursor(row.position), after=after)
        count = partial(info.context.loaders.credit_count.load, CreditSlice(self.id, kind))
        return page.counted(Credit.of, count)

    @strawberry.field
    @loading
    async def directors(self, info: MoviesInfo) -> list[Person]:
        """In the film's order."""
        return [Person.of(row) for row in await info.context.loaders.directors.load(self.id)]

    @strawberry.field
    @loading
    async def collection(self, info: MoviesInfo) -> Collection | None:
        """Films that it belongs with."""
        if self.row.collection_id is None:
            return None
        row = await info.context.loaders.collection.load(self.row.collection_id)
        return row and Collection.of(row)

    @strawberry.field(description="What the poster is drawn from; the shop shows no foreign image.")
    def poster(self) -> Artwork | None:
        """From the row."""
        return Artwork(palette=self.row.palette, layout=self.row.layout)

    @fed.field(
        inaccessible=True,
        description="What the shop pays a copy; rentals prices loans from it. "
        "A film without it cannot be rented.",
    )
    def wholesale_cost(self) -> Money | None:
        """From the row."""
        if self.row.wholesale_minor is None or self.row.wholesale_currency is None:
            return None
        return Money(
            amount_minor=self.row.wholesale_minor, currency=CurrencyCode(self.row.wholesale_currency)
        )


@fed.type(keys=["id"])
class Collection(Title):
    """Films that belong together."""

    version: int

    @classmethod
    def of(cls, row: CollectionRow) -> Collection:
        """The collection of a row."""
        return cls(id=strawberry.ID(row.id), slug=row.slug, name=row.name, version=row.version)

    @classmethod
    async def resolve_reference(
        cls, representation: Mapping[str, Any], info: MoviesInfo
    ) -> Collection | None:
        """The collection of an id; None where there is none."""
        _, collection_id = key_of(representation, "id")
        row = await info.context.loaders.collection.load(collection_id)
        return row and cls.of(row)

    @strawberry.field
    @loading
    async def movies(self, info: MoviesInfo) -> list[Movie]:
        """The oldest first."""
        return [Movie.of(row) for row in await info.context.loaders.collection_movies.load(self.id)]


@fed.type(keys=["id"])
class Person:
    """Somebody who makes films."""

    id: strawberry.ID
    slug: str
    name: str

    @classmethod
    def of(cls, row: PersonRow) -> Person:
        """The person of a row."""
        return cls(id=strawberry.ID(row.id), slug=row.slug, name=row.name)

    @classmethod
    async def resolve_reference(cls, representation: Mapping[str, Any], info: MoviesInfo) -> Person | None:
        """The person of an id; None where there is none."""
        _, person_id = key_of(representation, "id")
        row = await info.context.loaders.person.load(person_id)
        return row and cls.of(row)

    @fed.field(directives=[SIZED_BY_FIRST])
    @loading
    async def credits(
        self, info: MoviesInfo, first: int = 20, after: str | None = None
    ) -> CountedConnection[Credit]:
        """The latest film first."""
        rows = await info.context.loaders.filmography.load(
            Filmography(self.id, _place(after), page_size(first) + 1)
        )
        movies = await info.context.loaders.movie.load_many([row.movie_id for row in rows])
        keys = {row.id: movie.release_key for row, movie in zip(rows, movies, strict=True) if movie}
        page = page_of(rows, first, lambda row: encode_cursor(keys[row.id], row.id), after=after)
        count = partial(info.context.loaders.filmography_count.load, self.id)
        return page.counted(Credit.of, count)


@fed.type
class Credit:
    """What a person did for a film."""

    row: strawberry.Private[CreditRow]
    id: strawberry.ID
    kind: CreditKind
    character: str | None
    billing: int | None = strawberry.field(description="Place in the billing, 1 first.")

    @classmethod
    def of(cls, row: CreditRow) -> Credit:
        """The credit of a row."""
        return cls(
            row=row,
            id=strawberry.ID(row.id),
            kind=CreditKind(row.kind),
            character=row.character,
            billing=row.billing,
        )

    @strawberry.field
    @loading
    async def movie(self, info: MoviesInfo) -> Movie:
        """A credit cannot be without its film: the database sees to it."""
        row = await info.context.loaders.movie.load(self.row.movie_id)
        return Movie.of(_present(row))

    @strawberry.field
    @loading
    async def person(self, info: MoviesInfo) -> Person:
        """A credit cannot be without its person: the database sees to it."""
        row = await info.context.loaders.person.load(self.row.person_id)
        return Person.of(_present(row))


@fed.type
class Genre:
    """A kind of film."""

    id: strawberry.ID
    slug: str
    name: str

    @classmethod
    def of(cls, row: GenreRow) -> Genre:
        """The genre of a row."""
        return cls(id=strawberry.ID(row.id), slug=row.slug, name=row.name)

    @fed.field(directives=[SIZED_BY_FIRST])
    @loading
    async def movies(
        self, info: MoviesInfo, first: int = 20, after: str | None = None
    ) -> CountedConnection[Movie]:
        """By name."""
        rows = await info.context.loaders.genre_movies.load(
            GenreShelf(self.id, _place(after), page_size(first) + 1)
        )
        page = page_of(rows, first, lambda row: encode_cursor(row.name_key, row.id), after=after)
        count = partial(info.context.loaders.genre_count.load, self.id)
        return page.counted(Movie.of, count)


def _place(after: str | None) -> tuple[str, str] | None:
    if after is None:
        return None
    key, row_id = decode_cursor(after, 2)
    return str(key), str(row_id)


def _position(after: str | None) -> int | None:
    if after is None:
        return None
    (position,) = decode_cursor(after, 1)
    if not isinstance(position, int):
        raise BadUserInput("`after` is no cursor of this connection; pass an `endCursor` that it gave.")
    return position


def _present(row: R | None) -> R:
    if row is None:
        raise LookupError("a credit without its film or person")
    return row
