"""Search in films and people, by what each database does best: FTS5 on SQLite, tsvector on PostgreSQL.

Both index the same plain words, field by field, and find where every word of the search begins one of its words. How
well something is found is told by the field that has all the words (its names before people, people before synopsis)
and by nothing that changes when other films come or go, so that a page goes on where the one before it ended.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, product

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    String,
    Subquery,
    TextClause,
    bindparam,
    column,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database
from subgraphs.common.prepared import Values
from subgraphs.movies.models import CreditRow, MovieRow, PersonRow
from subgraphs.movies.spelling import LEARN, lessons, similar_words
from subgraphs.movies.wording import words

LONGEST_SEARCH = 12
"""Words of a search that count; more would only narrow what is empty already."""
MOST_PHRASES = 40
"""Ways of reading a mistyped search by which names are ranked; what they leave out is found all the same."""
REBUILT_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The texts by which things of one kind are found, best field first; `shown` rules out what no list shows."""

    thing: str
    owners: str
    fields: tuple[str, ...]
    shown: str = "1 = 1"

    def put(self) -> TextClause:
        """The statement that puts a thing's texts into the index, in place of what it held of them."""
        columns = (f"{self.thing}_id", *self.fields)
        return text(
            f"""INSERT INTO {self.thing}_texts ({", ".join(columns)})
                VALUES ({", ".join(f":{name}" for name in columns)})
                ON CONFLICT ({self.thing}_id) DO UPDATE
                SET {", ".join(f"{field} = excluded.{field}" for field in self.fields)}"""  # noqa: S608 - our own names
        )


FILMS = SearchIndex("movie", "movies", ("names", "people", "synopsis"), "retired_at IS NULL")
PEOPLE = SearchIndex("person", "people", ("names",))
_WEIGHTS = "ABD"


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """The texts by which a film or a person is found: one for each field of the index."""

    owner: str
    texts: tuple[str, ...]

    def plain(self, index: SearchIndex) -> dict[str, str]:
        """The entry as plain words, ready for the index."""
        plain = (" ".join(words(text)) for text in self.texts)
        return {f"{index.thing}_id": self.owner, **dict(zip(index.fields, plain, strict=True))}


def film_entry(
    movie_id: str, names: Iterable[str | None], people: Iterable[str], synopsis: str | None
) -> SearchEntry:
    """A film as it is found: by its names, by the names of those who made it, and by its synopsis."""
    named = " ".join(name for name in names if name)
    return SearchEntry(movie_id, (named, " ".join(dict.fromkeys(people)), synopsis or ""))


async def put_into_index(session: AsyncSession, index: SearchIndex, entries: Sequence[SearchEntry]) -> None:
    """Makes the things found by these texts and no others."""
    if entries:
        await session.execute(index.put(), [entry.plain(index) for entry in entries])


@dataclass(frozen=True, slots=True)
class Reading:
    """A search as it is understood: the spellings of each word, the one that was typed first.

    `corrected` says that nothing was found as it was typed, so that words of one other letter count too.
    """

    spellings: tuple[tuple[str, ...], ...]
    corrected: bool = False

    def phrases(self) -> list[str]:
        """The search as it may have been meant, written out; as it was typed first."""
        return [" ".join(phrase) for phrase in islice(product(*self.spellings), MOST_PHRASES)]


async def read_search(
    database: Database, index: SearchIndex, search: str, *, corrected: bool = False
) -> Reading | None:
    """How a search is understood: as it was typed where that finds anything, else with the nearest spellings.

    `corrected` holds the reading to the latter, for the further pages of a list that began so. None when the
    search holds no word, so that it narrows nothing.
    """
    typed = words(search)[:LONGEST_SEARCH]
    if not typed:
        return None
    reading = Reading(tuple((word,) for word in typed))
    if not corrected and await _finds_any(database, index, reading):
        return reading
    async with database.read() as session:
        similar = await similar_words(session, typed)
    if not any(similar.values()):
        return reading
    return Reading(tuple((word, *similar.get(word, ())) for word in typed), corrected=True)


@cache
def hits(index: SearchIndex, *, is_sqlite: bool) -> Subquery:
    """What a search finds, by the values of `asked_of`: (owner, field), the field 1 where the first has all words."""
    worded = _fts5_hits(index) if is_sqlite else _tsvector_hits(index)
    asked = [bindparam(f"within_{place}", type_=String) for place, _ in enumerate(index.fields, 1)]
    found = text(worded).bindparams(*asked).columns(column("owner", String), column("field", Integer))
    return found.subquery("hits")


def asked_of(index: SearchIndex, reading: Reading, *, is_sqlite: bool) -> Values:
    """The search in the database's own words, within the first field, the first two, and so on."""
    query = _fts5_query if is_sqlite else _tsquery
    return {
        f"within_{place}": query(reading, index.fields[:place]) for place, _ in enumerate(index.fields, 1)
    }


def rebuild(connection: Connection) -> None:
    """Fills the indexes of films and people, and the spellings, from the rows that are there."""
    people = connection.execute(select(PersonRow.id, PersonRow.name)).all()
    named = {person.id: person.name for person in people}
    made_by: dict[str, list[str]] = {}
    for movie_id, person_id in connection.execute(select(CreditRow.movie_id, CreditRow.person_id)):
        made_by.setdefault(movie_id, []).append(named[person_id])
    films = select(MovieRow.id, MovieRow.name, MovieRow.original_name, MovieRow.synopsis)
    entries = [
        film_entry(film.id, (film.name, film.original_name), sorted(made_by.get(film.id, ())), film.synopsis)
        for film in connection.execute(films)
    ]
    _fill(connection, FILMS, entries)
    _fill(connection, PEOPLE, [SearchEntry(person_id, (name,)) for person_id, name in named.items()])


def _fill(connection: Connection, index: SearchIndex, entries: Sequence[SearchEntry]) -> None:
    for start in range(0, len(entries), REBUILT_AT_ONCE):
        some = entries[start : start + REBUILT_AT_ONCE]
        connection.execute(index.put(), [entry.plain(index) for entry in some])
        if learned := lessons(said(some)):
            connection.execute(LEARN, learned)


def said(entries: Iterable[SearchEntry]) -> Iterator[str]:
    """Every text of the entries."""
    for entry in entries:
        yield from entry.texts


def _fts5_hits(index: SearchIndex) -> str:
    found = " UNION ALL ".join(
        f"""SELECT rowid AS number, {place} AS field FROM {index.thing}_words
            WHERE {index.thing}_words MATCH :within_{place}"""  # noqa: S608 - our own names
        for place, _ in enumerate(index.fields, 1)
    )
    return f"""SELECT {index.thing}_id AS owner, MIN(field) AS field
               FROM ({found}) AS found JOIN {index.thing}_texts USING (number) GROUP BY number"""  # noqa: S608 - our own names


def _tsvector_hits(index: SearchIndex) -> str:
    last = len(index.fields)
    places = " ".join(
        f"WHEN document @@ to_tsquery('simple', :within_{place}) THEN {place}" for place in range(1, last)
    )
    field = f"CASE {places} ELSE {last} END" if places else "1"
    return f"""SELECT {index.thing}_id AS owner, {field} AS field FROM {index.thing}_texts
               WHERE document @@ to_tsquery('simple', :within_{last})"""  # noqa: S608 - our own names


# All that matches is read before any of it is looked at: told that one row is enough, PostgreSQL hopes to meet it soon
# and reads the table, to the end where there is none.
_ANY = {
    "sqlite": """SELECT 1 AS found FROM {thing}_words JOIN {thing}_texts ON {thing}_texts.number = {thing}_words.rowid
                 JOIN {owners} ON {owners}.id = {thing}_id
                 WHERE {thing}_words MATCH :{within} AND {shown} LIMIT 1""",
    "postgresql": """WITH found AS MATERIALIZED (
                         SELECT {thing}_id FROM {thing}_texts WHERE document @@ to_tsquery('simple', :{within})
                     )
                     SELECT 1 AS found FROM found JOIN {owners} ON {owners}.id = {thing}_id WHERE {shown} LIMIT 1""",
}


async def _finds_any(database: Database, index: SearchIndex, reading: Reading) -> bool:
    """Whether a search finds anything at all."""
    is_sqlite = database.is_sqlite
    asked = asked_of(index, reading, is_sqlite=is_sqlite)
    return bool(await database.rows(_any(index, is_sqlite=is_sqlite), asked))


@cache
def _any(index: SearchIndex, *, is_sqlite: bool) -> Select[int]:
    within = f"within_{len(index.fields)}"
    worded = _ANY["sqlite" if is_sqlite else "postgresql"].format(
        thing=index.thing, owners=index.owners, shown=index.shown, within=within
    )
    found = text(worded).bindparams(bindparam(within, type_=String)).columns(column("found", Integer))
    return select(found.subquery("any").c.found)


def _fts5_query(reading: Reading, fields: Sequence[str]) -> str:
    wanted = (
        " OR ".join([f'"{typed}"*', *(f'"{word}"' for word in others)])
        for typed, *others in reading.spellings
    )
    return f"{{{' '.join(fields)}}} : ({' AND '.join(f'({spellings})' for spellings in wanted)})"


def _tsquery(reading: Reading, fields: Sequence[str]) -> str:
    weights = _WEIGHTS[: len(fields)]
    wanted = (
        " | ".join([f"'{typed}':*{weights}", *(f"'{word}':{weights}" for word in others)])
        for typed, *others in reading.spellings
    )
    return " & ".join(f"({spellings})" for spellings in wanted)
