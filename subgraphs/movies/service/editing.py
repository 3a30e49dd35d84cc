"""Changing the catalogue: one transaction a change, its event in the outbox of the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.errors import Refused, invalid_input, not_found, version_conflict
from subgraphs.common.idempotency import Request, earlier_result, keep_result
from subgraphs.common.ids import new_id
from subgraphs.common.outbox import record
from subgraphs.movies.artwork import artwork
from subgraphs.movies.events import CREATED, RENAMED, RETIRED, movie_event
from subgraphs.movies.models import (
    CollectionRow,
    CreditKind,
    CreditRow,
    GenreRow,
    Idempotency,
    MovieGenreRow,
    MovieRow,
    Outbox,
    PersonRow,
)
from subgraphs.movies.search import FILMS, film_entry, put_into_index, said
from subgraphs.movies.service.adding import free_slugs, numbered_by_id, people_by_slug
from subgraphs.movies.service.changes import Changes, CreditDraft, faults
from subgraphs.movies.spelling import learn
from subgraphs.movies.wording import release_key, slug, sort_key


@dataclass(frozen=True, slots=True)
class Edit:
    """Which film or collection, as it was when it was looked at."""

    id: str
    expected_version: int


async def create_movie(session: AsyncSession, changes: Changes, request: Request, now: datetime) -> MovieRow:
    """Puts a film into the catalogue; the same request again gives the same film.

    Raises:
        Refused: `InvalidInput` or `IdempotencyKeyReused`.
    """
    earlier = await earlier_result(session, Idempotency, request, now)
    if earlier is not None:
        return await session.get_one(MovieRow, earlier["movie"])
    _check(changes)
    movie = await _blank_movie(session, changes, now)
    await _apply(session, movie, changes)
    record(session, Outbox, movie_event(CREATED, movie, now))
    await keep_result(session, Idempotency, request, {"movie": movie.id})
    return movie


async def update_movie(session: AsyncSession, edit: Edit, changes: Changes, now: datetime) -> MovieRow:
    """Changes the fields that are given, if nobody else changed the film meanwhile.

    Raises:
        Refused: `InvalidInput`, `NotFound` or `VersionConflict`.
    """
    _check(changes)
    movie = await _claimed(session, edit, now)
    before = (movie.name, movie.certification)
    await _apply(session, movie, changes)
    if (movie.name, movie.certification) != before:
        record(session, Outbox, movie_event(RENAMED, movie, now))
    return movie


async def retire_movie(session: AsyncSession, edit: Edit, now: datetime) -> MovieRow:
    """Takes a film out of the catalogue; one that is out already stays as it is.

    Raises:
        Refused: `NotFound` or `VersionConflict`.
    """
    movie = await _claimed(session, edit, now)
    if movie.retired_at is None:
        movie.retired_at = now
        record(session, Outbox, movie_event(RETIRED, movie, now))
    return movie


def _check(changes: Changes) -> None:
    if found := faults(changes):
        raise Refused(*found)


async def _claimed(session: AsyncSession, edit: Edit, now: datetime) -> MovieRow:
    """The film with its version raised, so that whoever comes later with the old one is told."""
    claimed = await session.execute(
        update(MovieRow)
        .where(MovieRow.id == edit.id, MovieRow.version == edit.expected_version)
        .values(version=edit.expected_version + 1, updated_at=now)
        .returning(MovieRow.id)
    )
    won = claimed.first() is not None
    movie = await session.get(MovieRow, edit.id, populate_existing=True)
    if movie is None:
        raise Refused(not_found("film", "id"))
    if not won:
        raise Refused(version_conflict(movie.version))
    return movie


async def _blank_movie(session: AsyncSession, changes: Changes, now: datetime) -> MovieRow:
    movie_id = new_id("mov")
    name = str(changes.name)
    palette, layout = artwork(movie_id)
    assert isinstance(changes.release_date, date)  # noqa: S101 - the contract asks for it
    wanted = {movie_id: f"{slug(name)}-{changes.release_date.year}"}
    return MovieRow(
        id=movie_id,
        slug=(await free_slugs(session, wanted))[movie_id],
        palette=palette,
        layout=layout,
        release_year=changes.release_date.year,
        version=1,
        created_at=now,
        updated_at=now,
    )


async def _store(session: AsyncSession, movie: MovieRow) -> None:
    """Writes the film; where somebody else took its slug at the same instant, under one that nobody can have."""
    try:
        async with session.begin_nested():
            session.add(movie)
    except IntegrityError:
        movie.slug = numbered_by_id(movie.slug, movie.id)
        session.add(movie)
        await session.flush()


async def _apply(session: AsyncSession, movie: MovieRow, changes: Changes) -> None:
    given = changes.given()
    await _apply_collection(session, given)
    if "synopsis" in given and given["synopsis"] != movie.synopsis:
        movie.synopsis_source = (
            None  # other words are from elsewhere; where the change says from where, that holds
        )
    for name, value in _columns(given).items():
        setattr(movie, name, value)
    if movie.synopsis is None:
        movie.synopsis_source = None
    movie.name_key = sort_key(movie.name)
    movie.release_key = release_key(movie.release_date, movie.release_year)
    movie.runtime_key = movie.runtime_minutes or 0
    await _store(session, movie)
    if "genres" in given:
        await _replace_genres(session, movie, given["genres"])
    elif given.keys() & {"name", "release_date", "runtime_minutes"}:
        of_the_film = update(MovieGenreRow).where(MovieGenreRow.movie_id == movie.id)
        await session.execute(of_the_film.values(**_sort_keys(movie)))
    if "credits" in given:
        await _replace_credits(session, movie.id, given["credits"] or ())
    await session.flush()
    people = await _names_of_people(session, movie)
    entry = film_entry(movie.id, (movie.name, movie.original_name), people, movie.synopsis)
    await put_into_index(session, FILMS, [entry])
    await learn(session, said([entry]))


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    columns = {
        name: value for name, value in given.items() if name not in {"genres", "credits", "wholesale_cost"}
    }
    if (released := given.get("release_date")) is not None:
        columns["release_year"] = released.year
    if "wholesale_cost" in given:
        cost = given["wholesale_cost"]
        columns["wholesale_minor"] = cost.amount_minor if cost else None
        columns["wholesale_currency"] = cost.currency if cost else None
    return columns


async def _apply_collection(session: AsyncSession, given: Mapping[str, Any]) -> None:
    wanted = given.get("collection_id")
    if wanted is not None and await session.get(CollectionRow, wanted) is None:
        raise Refused(invalid_input("There is no such collection.", "collectionId"))


async def _replace_genres(session: AsyncSession, movie: MovieRow, genres: tuple[str, ...]) -> None:
    slugs = list(dict.fromkeys(slug(genre) for genre in genres))
    known = {
        row.slug: row.id for row in await session.scalars(select(GenreRow).where(GenreRow.slug.in_(slugs)))
    }
    if unknown := [genre for genre in genres if slug(genre) not in known]:
        raise Refused(invalid_input(f"The catalogue has no genre {unknown[0]!r}; see `genres`.", "genres"))
    await session.execute(delete(MovieGenreRow).where(MovieGenreRow.movie_id == movie.id))
    session.add_all(
        MovieGenreRow(movie_id=movie.id, genre_id=known[name], position=place, **_sort_keys(movie))
        for place, name in enumerate(slugs)
    )


def _sort_keys(movie: MovieRow) -> dict[str, Any]:
    return {
        "name_key": movie.name_key,
        "release_key": movie.release_key,
        "runtime_key": movie.runtime_key,
    }


async def _replace_credits(session: AsyncSession, movie_id: str, drafts: tuple[CreditDraft, ...]) -> None:
    await session.execute(delete(CreditRow).where(CreditRow.movie_id == movie_id))
    await _check_people(session, drafts)
    named = await people_by_slug(session, (draft.person_name for draft in drafts if draft.person_name))
    order = sorted(drafts, key=lambda credit: (list(CreditKind).index(credit.kind), credit.billing or 10_000))
    session.add_all(
        CreditRow(
            id=new_id("crd"),
            movie_id=movie_id,
            person_id=draft.person_id or named[slug(str(draft.person_name))],
            kind=draft.kind,
            character=draft.character,
            billing=draft.billing,
            position=place,
        )
        for place, draft in enumerate(order)
    )


async def _check_people(session: AsyncSession, drafts: tuple[CreditDraft, ...]) -> None:
    wanted = {draft.person_id for draft in drafts if draft.person_id is not None}
    known = set(await session.scalars(select(PersonRow.id).where(PersonRow.id.in_(wanted))))
    if unknown := sorted(wanted - known):
        raise Refused(invalid_input(f"There is no person {unknown[0]!r}.", "credits"))


async def _names_of_people(session: AsyncSession, movie: MovieRow) -> list[str]:
    people = select(PersonRow.name).join(CreditRow, CreditRow.person_id == PersonRow.id)
    return list(await session.scalars(people.where(CreditRow.movie_id == movie.id).distinct()))
