"""`python -m subgraphs.movies`: the subgraph's own command line."""

from subgraphs.common.command import subgraph_command
from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate
from subgraphs.movies.app import PACKAGE
from subgraphs.movies.models import Base
from subgraphs.movies.settings import NAME, Settings
from subgraphs.movies.worker import run


async def _migrate() -> None:
    database = Database(Settings().database(NAME))
    await migrate(database, PACKAGE, Base.metadata)
    await database.close()


if __name__ == "__main__":
    subgraph_command(NAME, 4001, Settings, run, _migrate)()
