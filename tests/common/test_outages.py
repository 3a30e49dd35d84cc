"""A subgraph whose store is away says so, in the words by which a router spares it."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime

from subgraphs.common.caller import Caller
from subgraphs.common.database import Database
from subgraphs.common.gate import mint_token
from subgraphs.common.outages import is_outage
from subgraphs.movies.app import create as create_movies
from subgraphs.movies.settings import Settings as MoviesSettings
from subgraphs.rentals.app import create as create_rentals
from subgraphs.rentals.settings import Settings as RentalsSettings
from subgraphs.users.app import create as create_users
from subgraphs.users.settings import Settings as UsersSettings
from supergraph.upstream.faults import is_fault
from supergraph.upstream.request import SubgraphReply
from tests.conftest import postgresql_url
from tests.journeys.conftest import free_port

KEY = "a key for tests, at least 32 bytes long"
SOMEBODY = Caller(subject="usr_1")
MOVIES = (create_movies, MoviesSettings, "movies")
USERS = (create_users, UsersSettings, "users")
RENTALS = (create_rentals, RentalsSettings, "rentals")
ENTITY = '{ _entities(representations: [{__typename: "%s", id: "x"}]) { __typename } }'
RENT = 'mutation { rentMovie(input: {offerToken: "x", idempotencyKey: "k"}) { errors { __typename } } }'


def away(kind: str, folder: Path) -> str:
    """The URL of a database that cannot be reached."""
    if kind == "sqlite":
        return f"sqlite+aiosqlite:///{folder / 'nowhere' / 'test.sqlite'}"
    return f"postgresql+asyncpg://postgres@127.0.0.1:{free_port()}/postgres"


@asynccontextmanager
async def served(part: Any, url: str, folder: Path) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Asks a subgraph that was started while its database was there."""
    create, settings, name = part
    app = create(settings.model_validate({"var": folder, "internal_key": KEY, "database_url": url}))
    token = mint_token(KEY.encode(), name, SOMEBODY, timedelta(minutes=1))
    headers = {"authorization": f"Bearer {token}"}
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://subgraph", headers=headers) as http:

        async def ask(query: str) -> Any:
            return (await http.post("/graphql", json={"query": query})).json()

        yield ask


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    ("part", "query"),
    [
        (MOVIES, "{ genres { name } }"),
        (MOVIES, ENTITY % "Movie"),
        (USERS, "{ viewer { id } }"),
        (USERS, ENTITY % "User"),
        (RENTALS, "{ stores { id } }"),
        (RENTALS, RENT),
    ],
    ids=lambda value: value if isinstance(value, str) else value[-1],
)
async def test_a_subgraph_whose_store_is_away_is_spared_by_a_router(
    part: Any, query: str, kind: str, tmp_path: Path
) -> None:
    async with served(part, away(kind, tmp_path), tmp_path) as ask:
        answer = await ask(query)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    assert "ask again" in error["message"]
    assert is_fault(SubgraphReply(answer["data"], answer["errors"]))


async def test_what_can_be_answered_is_answered_while_the_store_is_away(tmp_path: Path) -> None:
    async with served(MOVIES, away("sqlite", tmp_path), tmp_path) as ask:
        answer = await ask("{ __typename genres { name } }")
    assert answer["data"] == {"__typename": "Query", "genres": None}


@pytest.mark.needs("postgresql")
async def test_a_connection_that_is_cut_is_an_outage_and_the_next_one_works() -> None:
    database = Database(postgresql_url())
    try:
        with pytest.raises(DBAPIError) as cut:
            async with database.read() as session:
                await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert is_outage(cut.value)
        async with database.read() as session:
            assert await session.scalar(text("SELECT 1")) == 1
    finally:
        await database.close()


def refused(code: int) -> DBAPIError:
    error = sqlite3.OperationalError("no")
    error.sqlite_errorcode = code
    return DBAPIError("SELECT 1", None, error)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectionRefusedError(), True),
        (NoConnectionInTime(), True),
        (refused(sqlite3.SQLITE_BUSY), True),
        (refused(sqlite3.SQLITE_IOERR_READ), True),
        (refused(sqlite3.SQLITE_INTERRUPT), False),
        (refused(sqlite3.SQLITE_ERROR), False),
        (KeyError("id"), False),
        (None, False),
    ],
    ids=repr,
)
def test_what_is_away_is_told_from_what_is_wrong(error: BaseException | None, *, expected: bool) -> None:
    assert is_outage(error) is expected
