"""`python -m subgraphs.rentals`: the subgraph's own command line."""

from collections.abc import Sequence

from subgraphs.common.command import subgraph_command
from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate
from subgraphs.common.reconciling import add_reconciliation
from subgraphs.listeners import RENTALS_QUEUES
from subgraphs.rentals.app import PACKAGE
from subgraphs.rentals.books import BOOKS
from subgraphs.rentals.models import Base
from subgraphs.rentals.settings import NAME, Settings
from subgraphs.rentals.worker import run


def _database() -> Database:
    return Database(Settings().database(NAME))


async def _migrate(revision: str) -> Sequence[str]:
    database = _database()
    try:
        return await migrate(database, PACKAGE, Base.metadata, revision)
    finally:
        await database.close()


if __name__ == "__main__":
    command = subgraph_command(NAME, 4003, Settings, run, _migrate, RENTALS_QUEUES)
    add_reconciliation(command, _database, BOOKS)
    command()
