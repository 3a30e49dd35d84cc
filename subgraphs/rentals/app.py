"""The rentals subgraph as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import FastAPI

from subgraphs.common.app import create_app
from subgraphs.common.caller import Caller
from subgraphs.common.clock import Clock, utc_now
from subgraphs.common.database import Database
from subgraphs.common.gate import TokenReader
from subgraphs.common.migrations import migrate
from subgraphs.common.tracing import open_tracing
from subgraphs.rentals.context import Context, Counter
from subgraphs.rentals.feed import Feed
from subgraphs.rentals.models import Base
from subgraphs.rentals.offers import open_seal
from subgraphs.rentals.payments import open_provider
from subgraphs.rentals.schema import schema
from subgraphs.rentals.seed import seed
from subgraphs.rentals.settings import NAME, Settings

PACKAGE = "subgraphs.rentals"


def create(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The application on these settings; its stores and keys are made ready when it starts."""
    database = Database(settings.database(NAME))
    tracing = open_tracing(NAME, settings.traces_endpoint, database.engine)
    feed = Feed(database, clock)

    @cache
    def counter() -> Counter:
        sealing = open_seal(settings.offer_key.get_secret_value(), settings.offer_key_file())
        return Counter(database, sealing, open_provider(settings), feed, clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        settings.identity_key()
        counter()
        await migrate(database, PACKAGE, Base.metadata)
        if settings.demo:
            await seed(database, clock())
        yield
        feed.close()
        await database.close()

    def context(caller: Caller) -> Context:
        return Context(counter(), caller)

    return create_app(schema, context, lifespan, TokenReader(settings.identity_key, NAME), tracing)


app = create(Settings())
