"""The users subgraph as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Response

from subgraphs.common.app import create_app
from subgraphs.common.caller import Caller
from subgraphs.common.clock import Clock, utc_now
from subgraphs.common.gate import TokenReader
from subgraphs.common.migrations import migrate
from subgraphs.common.tracing import open_tracing
from subgraphs.users.context import Context
from subgraphs.users.models import Base
from subgraphs.users.resources import Resources
from subgraphs.users.schema import schema
from subgraphs.users.seed import seed
from subgraphs.users.settings import NAME, Settings

PACKAGE = "subgraphs.users"
KEY_SET_PATH = "/.well-known/jwks.json"
KEY_SET_LASTS_S = 300


def create(settings: Settings, resources: Resources | None = None, clock: Clock = utc_now) -> FastAPI:
    """The application on these settings; its stores are made ready when it starts.

    `resources` are made from the settings where none are given.
    """
    held = resources or Resources.of(settings)
    tracing = open_tracing(NAME, settings.traces_endpoint, held.database.engine)

    def context(caller: Caller) -> Context:
        return Context.of(caller, clock(), held)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        settings.identity_key()
        held.keyring.key_set()
        await migrate(held.database, PACKAGE, Base.metadata)
        if settings.demo:
            await seed(held, clock())
        yield
        await held.close()

    app = create_app(
        schema,
        context,
        lifespan,
        TokenReader(settings.identity_key, NAME),
        tracing,
        frozenset({KEY_SET_PATH}),
    )

    @app.get(KEY_SET_PATH)
    async def key_set(response: Response) -> dict[str, Any]:
        response.headers["cache-control"] = f"public, max-age={KEY_SET_LASTS_S}"
        return held.keyring.key_set()

    return app


app = create(Settings())
