"""Each subgraph's revisions lead to exactly its models, and back to nothing, on both databases."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, inspect, text

from subgraphs.common.database import Database
from subgraphs.common.migrations import heads, migrate
from subgraphs.movies.models import Base as Movies
from subgraphs.rentals.models import Base as Rentals
from subgraphs.users.models import Base as Users
from tests.databases import KINDS, empty_database

MODELS = {
    "subgraphs.movies": Movies.metadata,
    "subgraphs.users": Users.metadata,
    "subgraphs.rentals": Rentals.metadata,
}
SEARCH_INDEX = ("movie_texts", "movie_words", "person_texts", "person_words")
"""Each database has its own, so no model describes it."""


@pytest.fixture(params=KINDS)
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with nothing in it."""
    async with empty_database(request.param, tmp_path) as url:
        database = Database(url)
        yield database
        await database.close()


def differences(connection: Connection, models: MetaData) -> list[object]:
    """What alembic would still change."""
    options = {
        "include_name": lambda name, kind, _: not (kind == "table" and str(name).startswith(SEARCH_INDEX))
    }
    return compare_metadata(MigrationContext.configure(connection, opts=options), models)


def left(connection: Connection) -> set[str]:
    """The tables and functions that are there."""
    tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
    if connection.dialect.name == "sqlite":
        return tables
    functions = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    return tables | set(connection.scalars(text(functions)))


@pytest.mark.parametrize("package", MODELS)
async def test_the_revisions_lead_to_the_models(empty: Database, package: str) -> None:
    await migrate(empty, package, MODELS[package])
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(differences, MODELS[package]) == []


@pytest.mark.parametrize("package", MODELS)
async def test_the_revisions_can_be_taken_back(empty: Database, package: str) -> None:
    await migrate(empty, package, MODELS[package])
    await migrate(empty, package, MODELS[package], "base")
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(left) == set()


@pytest.mark.parametrize("package", MODELS)
def test_there_is_one_newest_revision(package: str) -> None:
    assert len(heads(package)) == 1


MIGRATING = """
import asyncio, sys
from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate
from subgraphs.rentals.models import Base

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(migrate(Database(sys.argv[1]), "subgraphs.rentals", Base.metadata))
"""


async def ready(url: str) -> Process:
    """A process that migrates as soon as it is told to."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MIGRATING, url, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    return process


async def test_two_processes_may_migrate_at_once(empty: Database) -> None:
    url = empty.engine.url.render_as_string(hide_password=False)
    processes = await asyncio.gather(ready(url), ready(url))
    ends = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0, 0], [errors.decode() for _, errors in ends]
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(differences, Rentals.metadata) == []
