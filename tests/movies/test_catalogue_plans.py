"""In a catalogue of 16,000 films no list, filter, sort or search reads a whole table."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate
from subgraphs.movies.app import PACKAGE
from subgraphs.movies.models import Base
from tests.databases import KINDS, empty_database
from tests.movies.conftest import Catalogue, served
from tests.statements import noted

SMALL = {"genres", "collections"}
"""Tables that do not grow with the catalogue; databases rightly read them whole."""

# One text for both databases: each row is made of its number, so that 16,000 take a moment.
NUMBERS = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 16000)"
WORDS = {word: f"'{word}' || (n % 4000) || 'x'" for word in ("name", "actor", "story")}
FILL = [
    """INSERT INTO genres (id, slug, name) SELECT 'gen_' || n, 'genre-' || n, 'Genre ' || n
       FROM numbers WHERE n <= 40""",
    "INSERT INTO people (id, slug, name, name_key) SELECT 'per_' || n, 'person-' || n, {actor}, {actor} FROM numbers",
    """INSERT INTO movies (id, slug, name, release_year, runtime_minutes, certification, palette, layout,
           version, created_at, updated_at, name_key, release_key, runtime_key)
       SELECT 'mov_' || n, 'film-' || n, {name}, 1900 + n % 120, 60 + n % 120,
           CASE n % 200 WHEN 0 THEN 'NC_17' WHEN 1 THEN 'G' ELSE 'R' END, '[]', 0, 1,
           '2026-01-01 00:00:00', '2026-01-01 00:00:00', {name}, (1900 + n % 120) || '-05-01', 60 + n % 120
       FROM numbers""",
    """INSERT INTO movie_genres (movie_id, genre_id, position, name_key, release_key, runtime_key)
       SELECT 'mov_' || n, 'gen_' || (n % 40 + 1), 0, {name}, (1900 + n % 120) || '-05-01', 60 + n % 120
       FROM numbers""",
    """INSERT INTO credits (id, movie_id, person_id, kind, position)
       SELECT 'crd_' || n, 'mov_' || n, 'per_' || (n % 5000 + 1), 'CAST', 0 FROM numbers""",
    """INSERT INTO movie_texts (movie_id, names, people, synopsis)
       SELECT 'mov_' || n, {name}, {actor}, {story} FROM numbers""",
    "INSERT INTO person_texts (person_id, names) SELECT 'per_' || n, {actor} FROM numbers",
    *(
        f"""INSERT INTO spellings (length, word, reversed)
            SELECT length({word}), {word}, 'x' || n || 'y' FROM numbers WHERE n < 4000"""  # noqa: S608 - our own words
        for word in WORDS.values()
    ),
]
LIST = "query ($search: String, $filter: MovieFilter, $sort: MovieSort, $after: String) {"
LIST += " movies(search: $search, filter: $filter, sort: $sort, after: $after, first: 5) {"
LIST += " totalCount edges { node { name } } pageInfo { endCursor } } }"
PAGE = LIST.replace("totalCount ", "")
PEOPLE = "query ($search: String!) { people(search: $search, first: 5) { edges { node { name } } } }"


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=KINDS)
async def large(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """The URL of a catalogue of 16,000 films, made once a run for each kind of database."""
    async with empty_database(request.param, tmp_path_factory.mktemp("large")) as url:
        database = Database(url)
        await migrate(database, PACKAGE, Base.metadata)
        async with database.transaction() as session:
            if not database.is_sqlite:
                await session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in FILL:
                await session.execute(text(f"{NUMBERS} {statement.format(**WORDS)}"))
        async with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.exec_driver_sql("ANALYZE")
        await database.close()
        yield url


@pytest.fixture
async def catalogue(large: str, tmp_path: Path) -> AsyncIterator[Catalogue]:
    """The large catalogue, which nobody here changes."""
    async with served(large, tmp_path) as catalogue:
        yield catalogue


Reader = Callable[[Any, str, Any], Awaitable[list[str]]]
"""What is amiss in the plan of a statement with its parameters."""


async def scans(catalogue: Catalogue, query: str, **variables: Any) -> list[str]:
    """Where the statements of a request read a whole table, by the database's own plan."""
    read = _sqlite_scans if catalogue.database.is_sqlite else _postgresql_scans
    return await _amiss(catalogue, read, query, variables)


async def inner_sorts(catalogue: Catalogue, query: str, **variables: Any) -> list[str]:
    """Where the statements of a request sort more than what they give out, by the database's own plan."""
    read = _sqlite_inner_sorts if catalogue.database.is_sqlite else _postgresql_inner_sorts
    return await _amiss(catalogue, read, query, variables)


async def sorts(catalogue: Catalogue, query: str, **variables: Any) -> list[str]:
    """Where the statements of a request sort films that no index has in order, by the database's own plan."""
    read = _sqlite_sorts if catalogue.database.is_sqlite else _postgresql_sorts
    return await _amiss(catalogue, read, query, variables)


async def _amiss(catalogue: Catalogue, read: Reader, query: str, variables: dict[str, Any]) -> list[str]:
    with noted(catalogue.database) as sent:
        await catalogue.data(query, **variables)
    found: list[str] = []
    async with catalogue.database.engine.connect() as connection:
        for _, statement, parameters in sent:
            found += [f"{step}: {statement}" for step in await read(connection, statement, parameters)]
    return found


async def _sqlite_scans(connection: Any, statement: str, parameters: Any) -> list[str]:
    rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    steps = [row[3] for row in rows]
    tables = set(Base.metadata.tables) | {"movie_texts", "movie_words", "person_texts", "person_words"}
    return [step for step in steps if _table_scanned(step) in tables - SMALL]


def _table_scanned(step: str) -> str | None:
    scanned = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX| VIRTUAL TABLE INDEX \d+:\w*M)?", step)
    return scanned[1] if scanned and scanned[0] == f"SCAN {scanned[1]}" else None


async def _sqlite_sorts(connection: Any, statement: str, parameters: Any) -> list[str]:
    steps = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [step for _, _, _, step in steps if "TEMP B-TREE" in step]


async def _postgresql_sorts(connection: Any, statement: str, parameters: Any) -> list[str]:
    nodes = await _postgresql_plan(connection, statement, parameters)
    return [node["Node Type"] for node in nodes if node["Node Type"] in {"Sort", "Incremental Sort"}]


async def _sqlite_inner_sorts(connection: Any, statement: str, parameters: Any) -> list[str]:
    steps = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [step for _, parent, _, step in steps if parent != 0 and "TEMP B-TREE" in step]


async def _postgresql_scans(connection: Any, statement: str, parameters: Any) -> list[str]:
    nodes = await _postgresql_plan(connection, statement, parameters)
    return [
        f"{node['Node Type']} {node['Relation Name']}"
        for node in nodes
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] not in SMALL
    ]


async def _postgresql_inner_sorts(connection: Any, statement: str, parameters: Any) -> list[str]:
    _outermost, *inner = await _postgresql_plan(connection, statement, parameters)
    sorts = {"Sort", "Incremental Sort", "WindowAgg"}
    return [node["Node Type"] for node in inner if node["Node Type"] in sorts]


async def _postgresql_plan(connection: Any, statement: str, parameters: Any) -> list[Any]:
    """The steps of a plan, the outermost first."""
    plan = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)).scalar_one()
    return list(_nodes(json.loads(plan) if isinstance(plan, str) else plan))


def _nodes(plan: Any) -> Any:
    if isinstance(plan, list):
        for part in plan:
            yield from _nodes(part)
    elif isinstance(plan, dict):
        if "Node Type" in plan:
            yield plan
        for part in plan.values():
            yield from _nodes(part)


FILTERS = [
    {"genres": ["genre-7"]},
    {"certifications": ["NC_17"]},
    {"certifications": ["NC_17", "G"]},
    {"releaseYear": {"gte": 1950, "lte": 1951}},
    {"releaseYear": {"gte": 2018}},
    {"releaseYear": {"lte": 1901}},
    {"runtimeMinutes": {"lte": 61}},
    {"runtimeMinutes": {"gte": 178, "lte": 179}},
    {"personId": "per_7"},
    {"genres": ["genre-7"], "certifications": ["G", "NC_17"], "releaseYear": {"gte": 1950, "lte": 1955}},
]
SORTS = [
    {"key": key, "direction": direction}
    for key in ("NAME", "RELEASE_DATE", "RUNTIME")
    for direction in ("ASC", "DESC")
]


@pytest.mark.parametrize("filter_", FILTERS, ids=str)
async def test_a_filter_reads_and_counts_by_an_index(catalogue: Catalogue, filter_: dict[str, Any]) -> None:
    assert await scans(catalogue, LIST, filter=filter_) == []


@pytest.mark.parametrize("filter_", FILTERS, ids=str)
@pytest.mark.parametrize("key", ["RELEASE_DATE", "RUNTIME"])
async def test_a_filtered_list_is_sorted_without_reading_all(
    catalogue: Catalogue, filter_: dict[str, Any], key: str
) -> None:
    sort = {"key": key, "direction": "DESC"}
    assert await scans(catalogue, PAGE, filter=filter_, sort=sort) == []


@pytest.mark.parametrize("sort", SORTS, ids=str)
async def test_every_page_of_a_sort_is_read_by_an_index(catalogue: Catalogue, sort: dict[str, str]) -> None:
    first = (await catalogue.data(PAGE, sort=sort))["movies"]
    assert await scans(catalogue, PAGE, sort=sort) == []
    assert await scans(catalogue, PAGE, sort=sort, after=first["pageInfo"]["endCursor"]) == []


SHELVES = [
    {"genres": ["genre-7"]},
    {"genres": ["genre-7"], "certifications": ["R"]},
    {"genres": ["genre-7", "genre-8"]},
    {"certifications": ["R"]},
    {"certifications": ["NC_17"]},
]
"""What the shop lets people choose from, alone and together."""


@pytest.mark.parametrize("sort", SORTS, ids=str)
async def test_a_genres_films_come_in_each_order_from_an_index_a_page_at_a_time(
    catalogue: Catalogue, sort: dict[str, str]
) -> None:
    wanted = {"filter": SHELVES[0], "sort": sort}
    first = (await catalogue.data(PAGE, **wanted))["movies"]
    assert await sorts(catalogue, PAGE, **wanted) == await scans(catalogue, PAGE, **wanted) == []
    assert await sorts(catalogue, PAGE, **wanted, after=first["pageInfo"]["endCursor"]) == []


@pytest.mark.parametrize("large", ["sqlite"], indirect=True)
@pytest.mark.parametrize("sort", SORTS, ids=str)
@pytest.mark.parametrize("filter_", SHELVES, ids=str)
async def test_no_shelf_is_sorted_as_a_whole_to_show_a_page_of_it(
    catalogue: Catalogue, filter_: dict[str, Any], sort: dict[str, str]
) -> None:
    first = (await catalogue.data(PAGE, filter=filter_, sort=sort))["movies"]
    assert await sorts(catalogue, PAGE, filter=filter_, sort=sort) == []
    after = first["pageInfo"]["endCursor"]
    assert await sorts(catalogue, PAGE, filter=filter_, sort=sort, after=after) == []


async def test_a_query_that_sorts_would_be_seen(catalogue: Catalogue) -> None:
    read = _sqlite_sorts if catalogue.database.is_sqlite else _postgresql_sorts
    async with catalogue.database.engine.connect() as connection:
        assert await read(connection, "SELECT * FROM movies ORDER BY synopsis LIMIT 5", ()) != []


@pytest.mark.parametrize("search", ["name77x", "actor1234x name77x", "story77x", "story77xz", "name77"])
async def test_a_search_typed_well_or_badly_is_read_by_an_index(catalogue: Catalogue, search: str) -> None:
    assert await scans(catalogue, LIST, search=search) == []


@pytest.mark.parametrize("search", ["actor77x", "acter77x"])
async def test_people_are_searched_by_an_index(catalogue: Catalogue, search: str) -> None:
    assert await scans(catalogue, PEOPLE, search=search) == []


@pytest.mark.parametrize(
    "query",
    [
        '{ movie(slug: "film-7") { name genres { name } directors { name } credits { edges { node { id } } } } }',
        '{ person(slug: "person-7") { name credits { totalCount edges { node { movie { name } } } } } }',
        '{ collection(slug: "none") { name movies { name } } }',
    ],
)
async def test_a_page_of_one_thing_is_read_by_indexes(catalogue: Catalogue, query: str) -> None:
    assert await scans(catalogue, query) == []


GENRES = "{ genres { name movies(first: 5) { edges { node { name } } pageInfo { endCursor } } } }"
NEXT = """query ($after: String) { genres { name movies(first: 5, after: $after) { edges { node { name } } } } }"""


async def test_a_page_of_every_genre_is_read_by_an_index_and_no_film_besides(catalogue: Catalogue) -> None:
    first = (await catalogue.data(GENRES))["genres"][0]["movies"]
    assert await scans(catalogue, GENRES) == await inner_sorts(catalogue, GENRES) == []
    after = first["pageInfo"]["endCursor"]
    assert await scans(catalogue, NEXT, after=after) == await inner_sorts(catalogue, NEXT, after=after) == []


async def test_a_query_that_ranks_all_before_it_gives_out_few_would_be_seen(catalogue: Catalogue) -> None:
    ranked = "SELECT id, row_number() OVER (PARTITION BY layout ORDER BY synopsis) AS place FROM movies"
    few = f"SELECT id FROM ({ranked}) AS ranked WHERE place < 5 ORDER BY id"  # noqa: S608 - our own words
    read = _sqlite_inner_sorts if catalogue.database.is_sqlite else _postgresql_inner_sorts
    async with catalogue.database.engine.connect() as connection:
        assert await read(connection, few, ()) != []


async def test_a_query_without_an_index_would_be_seen(catalogue: Catalogue) -> None:
    reads_all = "SELECT * FROM movies WHERE synopsis = 'x'"
    read = _sqlite_scans if catalogue.database.is_sqlite else _postgresql_scans
    async with catalogue.database.engine.connect() as connection:
        assert len(await read(connection, reads_all, ())) == 1
