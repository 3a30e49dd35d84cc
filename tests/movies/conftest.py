"""A catalogue of the demo world on a temporary store, and a way to ask it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from subgraphs.common.caller import Caller
from subgraphs.common.database import Database
from subgraphs.common.gate import mint_token
from subgraphs.movies.app import PACKAGE, create
from subgraphs.movies.models import Base
from subgraphs.movies.seed import seed
from subgraphs.movies.settings import Settings
from tests.databases import KINDS, Template, template
from tests.statements import noted

KEY = "a key for tests, at least 32 bytes long"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CLERK = Caller(subject="usr_clerk", scopes=frozenset({"catalog:write"}))


@dataclass
class Catalogue:
    """The subgraph, asked through its ASGI application."""

    client: httpx2.AsyncClient
    database: Database

    async def ask(self, query: str, caller: Caller = CLERK, **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        token = mint_token(KEY.encode(), "movies", caller, timedelta(minutes=1))
        answer = await self.client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {token}"},
        )
        return answer.json()

    async def data(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def statements(self, query: str, **variables: Any) -> list[str]:
        """The SQL statements that answering takes, transaction marks left out."""
        with noted(self.database) as sent:
            await self.data(query, **variables)
        return [each.sql for each in sent]


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=KINDS)
async def seeded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Template]:
    """The demo catalogue, made once a run for each kind of database."""
    folder = tmp_path_factory.mktemp("movies")

    async def fill(database: Database) -> None:
        await seed(database, NOW)

    async with template(request.param, folder, PACKAGE, Base.metadata, fill) as filled:
        yield filled


@pytest.fixture
async def catalogue(seeded: Template, tmp_path: Path) -> AsyncIterator[Catalogue]:
    """A catalogue of the demo world that a test may change."""
    async with served(await seeded.to_change(tmp_path), tmp_path) as catalogue:
        yield catalogue


@asynccontextmanager
async def served(url: str, var: Path) -> AsyncIterator[Catalogue]:
    """The subgraph on this database."""
    settings = Settings(database_url=url, internal_key=KEY, var=var)  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
    app = create(settings, lambda: NOW)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://movies") as client:
        yield Catalogue(client, app.state.database)
    await app.state.database.close()
