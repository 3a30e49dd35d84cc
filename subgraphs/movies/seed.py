"""The demo world's films, put into an empty catalogue."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database
from subgraphs.common.demo import DemoFilm, films
from subgraphs.common.ids import derived_id
from subgraphs.movies.models import (
    UNKNOWN_DATE,
    CollectionRow,
    CreditKind,
    CreditRow,
    GenreRow,
    MovieGenreRow,
    MovieRow,
    PersonRow,
)
from subgraphs.movies.search import SearchEntry, index
from subgraphs.movies.wording import slug, sort_key, words

Rows = list[dict[str, Any]]


async def seed(database: Database, now: datetime) -> None:
    """Fills the catalogue with the demo world's films, unless it holds any film."""
    async with database.transaction() as session:
        if await session.scalar(select(func.count()).select_from(MovieRow)):
            return
        catalogue = films()
        for table, rows in _rows(catalogue, now).items():
            await session.execute(insert(table), rows)
        await _index(session, catalogue)


def _rows(catalogue: tuple[DemoFilm, ...], now: datetime) -> dict[Any, Rows]:
    genres = {name: None for film in catalogue for name in film.genres}
    collections = {film.collection: None for film in catalogue if film.collection}
    people = {name: None for film in catalogue for name in _people(film)}
    return {
        CollectionRow: [
            {"id": derived_id("col", slug(name)), "slug": slug(name), "name": name} for name in collections
        ],
        GenreRow: [
            {"id": derived_id("gen", slug(name)), "slug": slug(name), "name": name} for name in genres
        ],
        PersonRow: [
            {
                "id": derived_id("per", slug(name)),
                "slug": slug(name),
                "name": name,
                "name_key": " ".join(words(name)),
            }
            for name in people
        ],
        MovieRow: [_movie(film, now) for film in catalogue],
        MovieGenreRow: [
            {"movie_id": film.id, "genre_id": derived_id("gen", slug(name)), "position": place}
            for film in catalogue
            for place, name in enumerate(film.genres)
        ],
        CreditRow: [row for film in catalogue for row in _credits(film)],
    }


def _movie(film: DemoFilm, now: datetime) -> dict[str, Any]:
    return {
        "id": film.id,
        "slug": film.slug,
        "name": film.name,
        "original_name": film.original_name,
        "synopsis": film.synopsis,
        "release_date": film.release_date,
        "release_year": film.release_date.year,
        "runtime_minutes": film.runtime_minutes,
        "certification": film.certification,
        "collection_id": film.collection and derived_id("col", slug(film.collection)),
        "palette": list(film.palette),
        "layout": film.layout,
        "wholesale_minor": film.wholesale_cost_minor,
        "wholesale_currency": None if film.wholesale_cost_minor is None else "USD",
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "name_key": sort_key(film.name),
        "release_key": film.release_date.isoformat() if film.release_date else UNKNOWN_DATE,
        "runtime_key": film.runtime_minutes or 0,
    }


def _credits(film: DemoFilm) -> Rows:
    made: list[tuple[CreditKind, str, str | None, int | None]] = [
        *((CreditKind.CAST, name, role, place) for place, (name, role) in enumerate(film.cast, 1)),
        *((CreditKind.DIRECTOR, name, None, None) for name in film.directors),
        *((CreditKind.WRITER, name, None, None) for name in film.writers),
    ]
    return [
        {
            "id": derived_id("crd", f"{film.slug}/{kind}/{name}/{character}"),
            "movie_id": film.id,
            "person_id": derived_id("per", slug(name)),
            "kind": kind,
            "character": character,
            "billing": billing,
            "position": place,
        }
        for place, (kind, name, character, billing) in enumerate(made)
    ]


def _people(film: DemoFilm) -> list[str]:
    return [*film.directors, *film.writers, *(name for name, _ in film.cast)]


async def _index(session: AsyncSession, catalogue: tuple[DemoFilm, ...]) -> None:
    entries = [
        SearchEntry(
            movie_id=film.id,
            names=f"{film.name} {film.original_name or ''}",
            people=" ".join(_people(film)),
            synopsis=film.synopsis,
        )
        for film in catalogue
    ]
    await index(session, entries)
