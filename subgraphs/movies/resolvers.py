"""The catalogue's root fields."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import federation as fed

from subgraphs.common.caller import Caller
from subgraphs.common.connections import Connection, CountedConnection, page_size
from subgraphs.common.directives import SIZED_BY_FIRST
from subgraphs.common.errors import BadUserInput, Forbidden, Refused
from subgraphs.common.idempotency import Request
from subgraphs.movies.context import Context, MoviesInfo
from subgraphs.movies.models import CollectionRow, MovieRow
from subgraphs.movies.service.collections import create_collection, rename_collection
from subgraphs.movies.service.editing import Edit, create_movie, retire_movie, update_movie
from subgraphs.movies.service.listing import (
    count_movies,
    find_collection,
    find_person,
    list_genres,
    list_movies,
    list_people,
    select_movies,
)
from subgraphs.movies.service.listing_statements import MovieSortKey, Order
from subgraphs.movies.types.catalogue import Collection, Genre, Movie, Person
from subgraphs.movies.types.directives import CATALOG_WRITE, SEARCHING
from subgraphs.movies.types.inputs import (
    CreateCollectionInput,
    CreateMovieInput,
    MovieFilter,
    MovieSort,
    RenameCollectionInput,
    RetireMovieInput,
    UpdateMovieInput,
    wanted_movies,
)
from subgraphs.movies.types.payloads import (
    CreateCollectionPayload,
    CreateMoviePayload,
    RenameCollectionPayload,
    RetireMoviePayload,
    UpdateMoviePayload,
)

P = TypeVar("P", CreateMoviePayload, UpdateMoviePayload, RetireMoviePayload)
C = TypeVar("C", CreateCollectionPayload, RenameCollectionPayload)


@strawberry.type
class Query:
    """What can be looked up in the catalogue."""

    @strawberry.field(description="One film, by exactly one of `id` and `slug`.")
    async def movie(
        self,
        info: MoviesInfo,
        id: strawberry.ID | None = None,
        slug: str | None = None,
    ) -> Movie | None:
        """Retired films too, for those who know them."""
        loaders = info.context.loaders
        key = _one_key(id, slug)
        row = await (loaders.movie if id is not None else loaders.movie_by_slug).load(key)
        return row and Movie.of(row)

    @fed.field(
        description="The catalogue, retired films left out. `first` is 1 to 100.",
        directives=[SEARCHING, SIZED_BY_FIRST],
    )
    async def movies(
        self,
        info: MoviesInfo,
        search: str | None = None,
        filter: MovieFilter | None = None,
        sort: MovieSort | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> CountedConnection[Movie] | None:
        """By relevance where there is a search and nothing else is asked, else by name."""
        wanted = wanted_movies(search, filter)
        order = sort.order() if sort else Order(MovieSortKey.RELEVANCE)
        size = page_size(first)
        database = info.context.database
        selection = await select_movies(database, wanted, after)
        page = await list_movies(database, selection, order, size, after)
        return page.counted(Movie.of, partial(count_movies, database, selection))

    @strawberry.field
    async def person(
        self,
        info: MoviesInfo,
        id: strawberry.ID | None = None,
        slug: str | None = None,
    ) -> Person | None:
        """One person, by exactly one of `id` and `slug`."""
        key = _one_key(id, slug)
        if id is not None:
            row = await info.context.loaders.person.load(key)
        else:
            row = await find_person(info.context.database, key)
        return row and Person.of(row)

    @fed.field(directives=[SIZED_BY_FIRST])
    async def people(
        self, info: MoviesInfo, search: str, first: int = 20, after: str | None = None
    ) -> Connection[Person] | None:
        """People with a name that has a word beginning with the search."""
        page = await list_people(info.context.database, search, page_size(first), after)
        return page.connection(Person.of)

    @strawberry.field
    async def genres(self, info: MoviesInfo) -> list[Genre] | None:
        """By name."""
        return [Genre.of(row) for row in await list_genres(info.context.database)]

    @strawberry.field
    async def collection(
        self,
        info: MoviesInfo,
        id: strawberry.ID | None = None,
        slug: str | None = None,
    ) -> Collection | None:
        """One collection, by exactly one of `id` and `slug`."""
        key = _one_key(id, slug)
        if id is not None:
            row = await info.context.loaders.collection.load(key)
        else:
            row = await find_collection(info.context.database, key)
        return row and Collection.of(row)


@strawberry.type
class Mutation:
    """What staff can do to the catalogue."""

    @fed.field(requires_scopes=CATALOG_WRITE, tags=["staff"])
    async def create_movie(self, info: MoviesInfo, input: CreateMovieInput) -> CreateMoviePayload | None:
        """Puts a film into the catalogue."""
        request = _request(_editor(info.context), "createMovie", input)

        async def change(session: AsyncSession) -> MovieRow:
            return await create_movie(session, input.changes(), request, info.context.now)

        return await _changed(info.context, CreateMoviePayload, change)

    @fed.field(requires_scopes=CATALOG_WRITE, tags=["staff"])
    async def update_movie(self, info: MoviesInfo, input: UpdateMovieInput) -> UpdateMoviePayload | None:
        """Changes a film that is as the caller saw it."""
        _editor(info.context)
        edit = Edit(input.id, input.expected_version)

        async def change(session: AsyncSession) -> MovieRow:
            return await update_movie(session, edit, input.changes(), info.context.now)

        return await _changed(info.context, UpdateMoviePayload, change)

    @fed.field(
        requires_scopes=CATALOG_WRITE,
        tags=["staff"],
        description="Takes a film out of the catalogue; what is on loan stays on loan.",
    )
    async def retire_movie(self, info: MoviesInfo, input: RetireMovieInput) -> RetireMoviePayload | None:
        """Takes out a film that is as the caller saw it."""
        _editor(info.context)
        edit = Edit(input.id, input.expected_version)

        async def change(session: AsyncSession) -> MovieRow:
            return await retire_movie(session, edit, info.context.now)

        return await _changed(info.context, RetireMoviePayload, change)

    @fed.field(requires_scopes=CATALOG_WRITE, tags=["staff"])
    async def create_collection(
        self, info: MoviesInfo, input: CreateCollectionInput
    ) -> CreateCollectionPayload | None:
        """Puts a collection into the catalogue."""
        request = _request(_editor(info.context), "createCollection", input)

        async def change(session: AsyncSession) -> CollectionRow:
            return await create_collection(session, input.name, request, info.context.now)

        return await _collected(info.context, CreateCollectionPayload, change)

    @fed.field(requires_scopes=CATALOG_WRITE, tags=["staff"])
    async def rename_collection(
        self, info: MoviesInfo, input: RenameCollectionInput
    ) -> RenameCollectionPayload | None:
        """Renames a collection that is as the caller saw it."""
        _editor(info.context)
        edit = Edit(input.id, input.expected_version)

        async def change(session: AsyncSession) -> CollectionRow:
            return await rename_collection(session, edit, input.name, info.context.now)

        return await _collected(info.context, RenameCollectionPayload, change)


async def _changed(
    context: Context, payload: type[P], change: Callable[[AsyncSession], Coroutine[Any, Any, MovieRow]]
) -> P:
    """One transaction; a refusal rolls it back and stands in the payload."""
    try:
        async with context.database.transaction() as session:
            row = await change(session)
    except Refused as refusal:
        return payload(movie=None, errors=refusal.errors)
    return payload(movie=Movie.of(row), errors=[])


async def _collected(
    context: Context, payload: type[C], change: Callable[[AsyncSession], Coroutine[Any, Any, CollectionRow]]
) -> C:
    """One transaction; a refusal rolls it back and stands in the payload."""
    try:
        async with context.database.transaction() as session:
            row = await change(session)
    except Refused as refusal:
        return payload(collection=None, errors=refusal.errors)
    return payload(collection=Collection.of(row), errors=[])


def _request(caller: Caller, mutation: str, input: CreateMovieInput | CreateCollectionInput) -> Request:
    return Request(
        who=caller.subject or "staff",
        mutation=mutation,
        key=input.idempotency_key,
        input=strawberry.asdict(input),
    )


def _editor(context: Context) -> Caller:
    # The router has checked the scope already; a subgraph relies on nobody.
    if not context.caller.may("catalog:write"):
        raise Forbidden
    return context.caller


def _one_key(id: str | None, slug: str | None) -> str:
    key = slug if id is None else id
    if key is None or (id is not None and slug is not None):
        raise BadUserInput("Give exactly one of `id` and `slug`.")
    return key
