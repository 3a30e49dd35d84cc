"""Full-text search, by what each database does best: FTS5 on SQLite, tsvector on PostgreSQL.

Both index the same plain words under three weights (names, people, synopsis), and both find a film where every
word of the search begins one of its words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Float, String, TextualSelect, column, text
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.movies.wording import words

LONGEST_SEARCH = 12
"""Words of a search that count; more would only narrow what is empty already."""


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """The texts by which a film is found."""

    movie_id: str
    names: str
    people: str
    synopsis: str

    def plain(self) -> dict[str, str]:
        """The entry as plain words, ready for the index."""
        return {
            "movie_id": self.movie_id,
            "names": " ".join(words(self.names)),
            "people": " ".join(words(self.people)),
            "synopsis": " ".join(words(self.synopsis)),
        }


_CREATE = {
    "sqlite": [
        """CREATE VIRTUAL TABLE movie_search
           USING fts5 (movie_id UNINDEXED, names, people, synopsis, prefix = '2 3')"""
    ],
    "postgresql": [
        """CREATE TABLE movie_search (
               movie_id varchar(40) PRIMARY KEY REFERENCES movies (id) ON DELETE CASCADE,
               document tsvector NOT NULL
           )""",
        "CREATE INDEX ix_movie_search ON movie_search USING gin (document)",
    ],
}
_INSERT = {
    "sqlite": text("INSERT INTO movie_search VALUES (:movie_id, :names, :people, :synopsis)"),
    "postgresql": text(
        """INSERT INTO movie_search VALUES (
               :movie_id,
               setweight(to_tsvector('simple', :names), 'A')
               || setweight(to_tsvector('simple', :people), 'B')
               || setweight(to_tsvector('simple', :synopsis), 'D')
           )"""
    ),
}
_DELETE = text("DELETE FROM movie_search WHERE movie_id = :movie_id")
_MATCH = {
    "sqlite": """SELECT movie_id, bm25(movie_search, 0, 10, 5, 1) AS rank
                 FROM movie_search WHERE movie_search MATCH :search""",
    "postgresql": """SELECT movie_id, -ts_rank(document, query) AS rank
                     FROM movie_search, to_tsquery('simple', :search) query
                     WHERE document @@ query""",
}


def create_statements(dialect: str) -> list[str]:
    """What makes the index, for the migration."""
    return _CREATE[dialect]


async def index(session: AsyncSession, entries: Sequence[SearchEntry]) -> None:
    """Puts the films into the index, in place of what it held of them."""
    if not entries:
        return
    await session.execute(_DELETE, [{"movie_id": entry.movie_id} for entry in entries])
    await session.execute(_INSERT[_dialect(session)], [entry.plain() for entry in entries])


def matching(session: AsyncSession, search: str) -> TextualSelect | None:
    """A statement for the films that the search finds: (movie_id, rank), the lowest rank the best.

    None when the search holds no word, so that it narrows nothing.
    """
    wanted = words(search)[:LONGEST_SEARCH]
    if not wanted:
        return None
    dialect = _dialect(session)
    query = (
        " ".join(f'"{word}"*' for word in wanted)
        if dialect == "sqlite"
        else " & ".join(f"'{word}':*" for word in wanted)
    )
    statement = text(_MATCH[dialect]).bindparams(search=query)
    return statement.columns(column("movie_id", String), column("rank", Float))


def _dialect(session: AsyncSession) -> str:
    return session.get_bind().dialect.name
