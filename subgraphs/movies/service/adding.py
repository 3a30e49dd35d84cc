"""Many films at once: what they name is looked up or made, and every table is written by one statement."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import insert_into
from subgraphs.common.ids import derived_id
from subgraphs.movies.models import (
    Certification,
    CollectionRow,
    CreditKind,
    CreditRow,
    GenreRow,
    MovieGenreRow,
    MovieRow,
    PersonRow,
)
from subgraphs.movies.search import FILMS, PEOPLE, SearchEntry, film_entry, put_into_index, said
from subgraphs.movies.spelling import learn
from subgraphs.movies.wording import name_key, release_key, slug, sort_key

NUMBERED_SLUGS = 9


@dataclass(frozen=True, slots=True)
class NewCredit:
    """What somebody did for a film; `billing` is the place in it, 1 first."""

    kind: CreditKind
    name: str
    character: str | None = None
    billing: int | None = None


@dataclass(frozen=True, slots=True)
class NewFilm:
    """A film that the catalogue has not got yet, its people, genres and collection by name.

    `runtime_minutes` is whole minutes, `wholesale_minor` US cents; `palette` and `layout` are its poster's.
    """

    id: str
    slug: str
    name: str
    release_year: int
    genres: tuple[str, ...]
    credits: tuple[NewCredit, ...]
    palette: tuple[str, ...]
    layout: int
    certification: str = Certification.UNRATED
    original_name: str | None = None
    synopsis: str | None = None
    synopsis_source: str | None = None
    release_date: date | None = None
    runtime_minutes: int | None = None
    collection: str | None = None
    wholesale_minor: int | None = None

    def row(self, now: datetime, slug: str, collection_id: str | None) -> dict[str, Any]:
        """The film as a row of its table."""
        return {
            "id": self.id,
            "slug": slug,
            "name": self.name,
            "original_name": self.original_name,
            "synopsis": self.synopsis,
            "synopsis_source": self.synopsis_source,
            "release_date": self.release_date,
            "release_year": self.release_year,
            "runtime_minutes": self.runtime_minutes,
            "certification": self.certification,
            "collection_id": collection_id,
            "palette": list(self.palette),
            "layout": self.layout,
            "wholesale_minor": self.wholesale_minor,
            "wholesale_currency": None if self.wholesale_minor is None else "USD",
            "version": 1,
            "created_at": now,
            "updated_at": now,
            **self.sort_keys(),
        }

    def sort_keys(self) -> dict[str, Any]:
        """By what lists sort the film; it stands beside its genres too."""
        return {
            "name_key": sort_key(self.name),
            "release_key": release_key(self.release_date, self.release_year),
            "runtime_key": self.runtime_minutes or 0,
        }


async def add_films(session: AsyncSession, films: Sequence[NewFilm], now: datetime) -> list[dict[str, Any]]:
    """Puts films into the catalogue with all they name, ready to be found; gives the rows of the films.

    A dozen statements, however many films. Nothing is told to other subgraphs: that is the caller's to do.
    """
    genres = await _named(session, GenreRow, "gen", (name for film in films for name in film.genres))
    collections = await _named(session, CollectionRow, "col", (film.collection or "" for film in films))
    people = await people_by_slug(session, (credit.name for film in films for credit in film.credits))
    slugs = await free_slugs(session, {film.id: film.slug for film in films})
    rows = [
        film.row(now, slugs[film.id], film.collection and collections[slug(film.collection)])
        for film in films
    ]
    await insert_rows(session, MovieRow, rows)
    await insert_rows(session, MovieGenreRow, (row for film in films for row in _genres(film, genres)))
    await insert_rows(session, CreditRow, (row for film in films for row in _credits(film, people)))
    entries = [_entry(film) for film in films]
    await put_into_index(session, FILMS, entries)
    await learn(session, said(entries))
    return rows


async def people_by_slug(session: AsyncSession, names: Iterable[str]) -> dict[str, str]:
    """The ids of people by the slugs of their names; those whom the catalogue does not know are put into it."""
    wanted = _by_slug(names)
    known = await _ids(session, PersonRow, wanted)
    unknown = {key: name for key, name in wanted.items() if key not in known}
    if not unknown:
        return known
    rows = [
        {"id": derived_id("per", key), "slug": key, "name": name, "name_key": name_key(name)}
        for key, name in unknown.items()
    ]
    await session.execute(insert_into(session, PersonRow).on_conflict_do_nothing(), rows)
    people = known | await _ids(session, PersonRow, unknown)
    await put_into_index(
        session, PEOPLE, [SearchEntry(people[key], (name,)) for key, name in unknown.items()]
    )
    return people


async def free_slugs(session: AsyncSession, wanted: Mapping[str, str]) -> dict[str, str]:
    """A slug that no film has for each film id: the one that is wanted, else with a number, else with the id's end."""
    taken = await _taken_slugs(session, wanted.values())
    seen = Counter(wanted.values())
    disputed = {movie_id: base for movie_id, base in wanted.items() if base in taken or seen[base] > 1}
    choices = {movie_id: list(_choices(movie_id, base)) for movie_id, base in disputed.items()}
    taken |= await _taken_slugs(session, (choice for some in choices.values() for choice in some))
    taken |= {base for movie_id, base in wanted.items() if movie_id not in disputed}
    free = dict(wanted)
    for movie_id, some in choices.items():
        free[movie_id] = next(choice for choice in some if choice not in taken)
        taken.add(free[movie_id])
    return free


def numbered_by_id(base: str, movie_id: str) -> str:
    """The slug that nobody else can have."""
    return f"{base}-{movie_id[-12:]}"


async def _taken_slugs(session: AsyncSession, slugs: Iterable[str]) -> set[str]:
    looked_up = list(slugs)
    if not looked_up:
        return set()
    return set(await session.scalars(select(MovieRow.slug).where(MovieRow.slug.in_(looked_up))))


def _choices(movie_id: str, base: str) -> Iterable[str]:
    yield base
    for number in range(2, NUMBERED_SLUGS + 1):
        yield f"{base}-{number}"
    yield numbered_by_id(base, movie_id)


def _by_slug(names: Iterable[str]) -> dict[str, str]:
    """Each name once, under its slug; in an order in which no two writers block each other."""
    found: dict[str, str] = {}
    for name in names:
        if name:
            found.setdefault(slug(name), " ".join(name.split()))
    return dict(sorted(found.items()))


async def _ids(session: AsyncSession, table: Any, wanted: Iterable[str]) -> dict[str, str]:
    found = await session.execute(select(table.slug, table.id).where(table.slug.in_(list(wanted))))
    return {row[0]: row[1] for row in found}


async def _named(session: AsyncSession, table: Any, prefix: str, names: Iterable[str]) -> dict[str, str]:
    """The ids of what only has a name, by slug; what is not there yet is put there."""
    wanted = _by_slug(names)
    known = await _ids(session, table, wanted) if wanted else {}
    rows = [
        {"id": derived_id(prefix, key), "slug": key, "name": name}
        for key, name in wanted.items()
        if key not in known
    ]
    if not rows:
        return known
    await session.execute(insert_into(session, table).on_conflict_do_nothing(), rows)
    return await _ids(session, table, wanted)


async def insert_rows(session: AsyncSession, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Writes rows of a table, by one statement however many."""
    # The table itself, for rows of the mapped class are sorted by which of their values are null: a statement for each.
    if some := list(rows):
        await session.execute(insert(table.__table__), some)


def _genres(film: NewFilm, genres: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    keys = film.sort_keys()
    for place, key in enumerate(dict.fromkeys(slug(name) for name in film.genres)):
        yield {"movie_id": film.id, "genre_id": genres[key], "position": place, **keys}


def _credits(film: NewFilm, people: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    for place, credit in enumerate(film.credits):
        yield {
            "id": derived_id("crd", f"{film.id}/{place}"),
            "movie_id": film.id,
            "person_id": people[slug(credit.name)],
            "kind": credit.kind,
            "character": credit.character,
            "billing": credit.billing,
            "position": place,
        }


def _entry(film: NewFilm) -> SearchEntry:
    people = (credit.name for credit in film.credits)
    return film_entry(film.id, (film.name, film.original_name), people, film.synopsis)
