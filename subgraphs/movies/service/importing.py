"""Loading a catalogue file: in batches, each whole or not at all, and each film once however often it is loaded."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database
from subgraphs.movies.events import CREATED, movie_event
from subgraphs.movies.models import CreditKind, CreditRow, GenreRow, MovieRow, Outbox, PersonRow
from subgraphs.movies.service.adding import NewFilm, add_films, insert_rows
from subgraphs.movies.service.catalogue_file import FilmLine, Remark, UnreadableFile
from subgraphs.movies.wording import slug, sort_key

BATCH = 200


@dataclass
class Tally:
    """How many films came in, were there already, or stayed outside."""

    added: int = 0
    known: int = 0
    refused: int = 0


async def import_catalogue(
    database: Database,
    lines: Iterable[FilmLine],
    now: datetime,
    remark: Callable[[Remark], None],
    progress: Callable[[int, Tally], None],
) -> Tally:
    """Puts the films of a file into the catalogue and tells the other subgraphs of each.

    A film is known by its page, or by title, year and director; one that is there stays as it is, so that a
    load that was broken off is taken up by loading again. `remark` gets what is wrong with lines; `progress`, after
    each batch, the place in the file (bytes) and how it stands.
    """
    tally = Tally()
    first_lines: dict[str, int] = {}
    shelves = await _Shelves.of(database)
    looked_at = 0
    for batch in _batches(lines):
        films: dict[int, NewFilm] = {}
        for line in batch:
            for said in line.remarks:
                remark(said)
            if line.film is None:
                tally.refused += 1
            elif (first := first_lines.setdefault(line.film.id, line.number)) != line.number:
                remark(Remark(line.number, f"it is the film of line {first} again.", refused=True))
                tally.refused += 1
            else:
                films[line.number] = shelves.placed(line.film)
        await _load(database, films, now, tally, remark)
        progress(batch[-1].position, tally)
        if (
            tally.added > 2 * looked_at
        ):  # a database that believes its tables small would read all of them each time
            await database.take_statistics()
            looked_at = tally.added
    if tally.added > looked_at:
        await database.take_statistics()
    return tally


async def _load(
    database: Database,
    films: dict[int, NewFilm],
    now: datetime,
    tally: Tally,
    remark: Callable[[Remark], None],
) -> None:
    """One transaction for all; where the database refuses one of them, one for each, so that it alone stays outside."""
    try:
        added = await _add_unknown(database, list(films.values()), now)
    except (DataError, IntegrityError) as error:
        if len(films) > 1:
            for number, film in films.items():
                await _load(database, {number: film}, now, tally, remark)
            return
        remark(Remark(next(iter(films)), f"the database refuses it: {error.orig}", refused=True))
        tally.refused += 1
        return
    tally.added += added
    tally.known += len(films) - added


async def _add_unknown(database: Database, films: Sequence[NewFilm], now: datetime) -> int:
    async with database.transaction() as session:
        known = await _known(session, films)
        unknown = [film for film in films if film.id not in known]
        if unknown:
            rows = await add_films(session, unknown, now)
            told = [movie_event(CREATED, MovieRow(**row), now) for row in rows]
            await insert_rows(session, Outbox, [asdict(message) for message in told])
    return len(unknown)


async def _known(session: AsyncSession, films: Sequence[NewFilm]) -> set[str]:
    """The ids of those films that the catalogue has: under that id, or of that title, year and director."""
    ids = {film.id for film in films}
    known = set(await session.scalars(select(MovieRow.id).where(MovieRow.id.in_(ids))))
    alike: dict[tuple[str, int], set[str | None]] = defaultdict(set)
    namesakes = (
        select(MovieRow.name_key, MovieRow.release_year, PersonRow.slug)
        .outerjoin(CreditRow, (CreditRow.movie_id == MovieRow.id) & (CreditRow.kind == CreditKind.DIRECTOR))
        .outerjoin(PersonRow, PersonRow.id == CreditRow.person_id)
        .where(MovieRow.name_key.in_({sort_key(film.name) for film in films}))
    )
    for name, year, director in await session.execute(namesakes):
        alike[name, year].add(director)
    for film in films:
        directors = alike.get((sort_key(film.name), film.release_year))
        if directors is not None and (not (made_by := _directors(film)) or made_by & directors):
            known.add(film.id)
    return known


def _directors(film: NewFilm) -> set[str]:
    return {slug(credit.name) for credit in film.credits if credit.kind is CreditKind.DIRECTOR}


@dataclass
class _Shelves:
    """The genres by slug. "Sport" and "Sports" are one: the one that was there first."""

    names: dict[str, str]

    @classmethod
    async def of(cls, database: Database) -> "_Shelves":
        async with database.read() as session:
            rows = await session.execute(select(GenreRow.slug, GenreRow.name))
            return cls({row.slug: row.name for row in rows})

    def placed(self, film: NewFilm) -> NewFilm:
        """The film with its genres by the names that the catalogue has for them."""
        return replace(film, genres=tuple(dict.fromkeys(self._name(genre) for genre in film.genres)))

    def _name(self, genre: str) -> str:
        key = slug(genre)
        alike = (key, f"{key}s", key.removesuffix("s"))
        known = next((other for other in alike if other in self.names), key)
        return self.names.setdefault(known, genre)


def _batches(lines: Iterable[FilmLine]) -> Iterator[list[FilmLine]]:
    """The lines, so many at a time; those before the place where a file cannot be read on too."""
    batch: list[FilmLine] = []
    try:
        for line in lines:
            batch.append(line)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except UnreadableFile:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
