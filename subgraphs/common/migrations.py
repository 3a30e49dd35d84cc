"""Alembic, run from code: each subgraph keeps its revisions in its own `migrations/` folder."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, MetaData, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from subgraphs.common.database import Database

LOCK = 4_000
"""The number of the migrations' lock; any will do, for no other lock of the database is taken by number."""


class NoWayBack(Exception):
    """What is in the database does not fit an earlier revision; nothing was changed. The message says what to do."""


class UnknownRevision(Exception):
    """There is no such revision; the message names those that there are."""


async def migrate(
    database: Database, package: str, metadata: MetaData, revision: str = "head"
) -> Sequence[str]:
    """Brings the database to `revision` by the revisions of `package` (`subgraphs.movies`), up or down.

    Use "base" to take every revision back. Of several processes that do so at once, one does it, and the others
    wait for it. Gives what was lost on a way down, a line for each table or column: a revision names them in `FORGETS`.

    Raises:
        NoWayBack: going down would lose what must not be lost.
        UnknownRevision: there is no such revision.
    """
    if database.is_sqlite and database.engine.url.database:
        Path(database.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = database.engine.execution_options(writes=True, unhurried=True)
    async with engine.begin() as connection:
        if not database.is_sqlite:
            await _wait_for_others(connection)
        return await connection.run_sync(_move, package, metadata, revision)


async def _wait_for_others(connection: AsyncConnection) -> None:
    # On SQLite the transaction itself waits: it begins with the lock on all that is written.
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
    await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _move(connection: Connection, package: str, metadata: MetaData, revision: str) -> Sequence[str]:
    config = _config(package)
    config.attributes.update(connection=connection, metadata=metadata)
    taken_back = _taken_back(config, MigrationContext.configure(connection).get_current_revision(), revision)
    if not taken_back and revision != "base":
        command.upgrade(config, revision)
        return ()
    command.downgrade(config, revision)
    forgotten = [getattr(each.module, "FORGETS", {}) for each in taken_back]
    return [f"{what}: {words}" for forgets in forgotten for what, words in forgets.items()]


def _taken_back(config: Config, current: str | None, revision: str) -> Sequence[Script]:
    """The revisions between the current one and an earlier one, the newest first; none on the way up."""
    newest_first = list(ScriptDirectory.from_config(config).walk_revisions())
    names = [each.revision for each in newest_first]
    if revision not in {*names, "head", "base"}:
        raise UnknownRevision(f"There is no revision {revision}; there are {', '.join(reversed(names))}.")
    if current is None or revision == "head":
        return ()
    end = len(names) if revision == "base" else names.index(revision)
    return newest_first[names.index(current) : end]


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
    return list(ScriptDirectory.from_config(_config(package)).get_heads())


def _config(package: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(package) / "migrations"))
    return config
