"""`python -m subgraphs.users`: the subgraph's own command line."""

from collections.abc import Sequence

import typer

from subgraphs.common.command import subgraph_command
from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate
from subgraphs.common.reconciling import add_reconciliation
from subgraphs.common.settings import SettingsError
from subgraphs.listeners import USERS_QUEUES
from subgraphs.users.app import PACKAGE
from subgraphs.users.books import BOOKS
from subgraphs.users.keyring import KNOWN_WITHIN_S, rotate_signing_key
from subgraphs.users.models import Base
from subgraphs.users.settings import NAME, Settings
from subgraphs.users.worker import run


def _database() -> Database:
    return Database(Settings().database(NAME))


async def _migrate(revision: str) -> Sequence[str]:
    database = _database()
    try:
        return await migrate(database, PACKAGE, Base.metadata, revision)
    finally:
        await database.close()


def rotate_key() -> None:
    """Publish a new key, sign access tokens with it once all can know it, and go on publishing the one before."""
    try:
        typer.echo(f"New key: {rotate_signing_key(Settings())}")
        typer.echo(
            f"It signs in {KNOWN_WITHIN_S:.0f} seconds, when everybody who verifies tokens can have it."
        )
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    command = subgraph_command(NAME, 4002, Settings, run, _migrate, USERS_QUEUES)
    command.command("rotate-key")(rotate_key)
    add_reconciliation(command, _database, BOOKS)
    command()
