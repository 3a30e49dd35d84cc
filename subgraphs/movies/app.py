"""The movies subgraph as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from subgraphs.common.app import create_app
from subgraphs.common.caller import Caller
from subgraphs.common.clock import Clock, utc_now
from subgraphs.common.database import Database
from subgraphs.common.gate import TokenReader
from subgraphs.common.migrations import migrate
from subgraphs.common.tracing import open_tracing
from subgraphs.movies.context import Context
from subgraphs.movies.loaders import Loaders
from subgraphs.movies.models import Base
from subgraphs.movies.schema import schema
from subgraphs.movies.seed import seed
from subgraphs.movies.settings import NAME, Settings

PACKAGE = "subgraphs.movies"


def create(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The application on these settings; its stores are made ready when it starts."""
    database = Database(settings.database(NAME))
    tracing = open_tracing(NAME, settings.traces_endpoint, database.engine)

    def context(caller: Caller) -> Context:
        return Context(caller=caller, now=clock(), database=database, loaders=Loaders(database))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        settings.identity_key()
        await migrate(database, PACKAGE, Base.metadata)
        if settings.demo:
            await seed(database, clock())
        yield
        await database.close()

    application = create_app(schema, context, lifespan, TokenReader(settings.identity_key, NAME), tracing)
    application.state.database = database
    return application


app = create(Settings())
