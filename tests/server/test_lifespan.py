"""Starting and stopping ASGI applications in our process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from supergraph.server.lifespan import StartupFailed, lifespan


async def test_an_application_is_started_and_shut_down_around_the_context() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        seen.append("started")
        yield
        seen.append("stopped")

    async with lifespan(Starlette(lifespan=life)):
        seen.append("serving")

    assert seen == ["started", "serving", "stopped"]


async def test_an_application_that_cannot_start_says_why() -> None:
    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        raise OSError("the database is away")
        yield

    with pytest.raises(StartupFailed, match="the database is away"):
        async with lifespan(Starlette(lifespan=life)):
            pytest.fail("it must not start")


async def test_an_application_without_a_lifespan_counts_as_started() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"

    async with lifespan(app) as state:
        assert state == {}


async def test_the_state_that_a_lifespan_leaves_is_handed_out() -> None:
    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[dict[str, int]]:
        yield {"answer": 42}

    async with lifespan(Starlette(lifespan=life)) as state:
        assert state == {"answer": 42}
