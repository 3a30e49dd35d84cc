"""Alembic, run from code: each subgraph keeps its revisions in its own `migrations/` folder."""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from subgraphs.common.database import Database

LOCK = 4_000
"""The number of the migrations' lock; any will do, for no other lock of the database is taken by number."""


async def migrate(database: Database, package: str, metadata: MetaData, revision: str = "head") -> None:
    """Brings the database to `revision` by the revisions of `package` (`subgraphs.movies`).

    Use "base" to take every revision back. Of several processes that do so at once, one does it, and the others
    wait for it.
    """
    if database.is_sqlite and database.engine.url.database:
        Path(database.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = database.engine.execution_options(writes=True, unhurried=True)
    async with engine.begin() as connection:
        if not database.is_sqlite:
            await _wait_for_others(connection)
        await connection.run_sync(_move, package, metadata, revision)


async def _wait_for_others(connection: AsyncConnection) -> None:
    # On SQLite the transaction itself waits: it begins with the lock on all that is written.
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
    await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _move(connection: Connection, package: str, metadata: MetaData, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(files(package) / "migrations"))
    config.attributes.update(connection=connection, metadata=metadata)
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def run(environment: EnvironmentContext) -> None:
    """What a subgraph's `migrations/env.py` does: run the wanted revisions on the connection at hand."""
    attributes = environment.config.attributes
    environment.configure(
        connection=attributes["connection"],
        target_metadata=attributes["metadata"],
        render_as_batch=attributes["connection"].dialect.name == "sqlite",
    )
    with environment.begin_transaction():
        environment.run_migrations()


def heads(package: str) -> list[str]:
    """The newest revisions of a package: one, unless two people wrote side by side."""
    config = Config()
    config.set_main_option("script_location", str(files(package) / "migrations"))
    return list(ScriptDirectory.from_config(config).get_heads())
