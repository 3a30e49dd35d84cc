"""`python -m subgraphs.movies`: the subgraph's own command line."""

from subgraphs.common.command import subgraph_command
from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate
from subgraphs.common.reconciling import add_reconciliation
from subgraphs.movies.app import PACKAGE
from subgraphs.movies.books import BOOKS
from subgraphs.movies.models import Base
from subgraphs.movies.settings import NAME, Settings
from subgraphs.movies.worker import run


def _database() -> Database:
    return Database(Settings().database(NAME))


async def _migrate() -> None:
    database = _database()
    await migrate(database, PACKAGE, Base.metadata)
    await database.close()


if __name__ == "__main__":
    command = subgraph_command(NAME, 4001, Settings, run, _migrate)
    add_reconciliation(command, _database, BOOKS)
    command()
