"""What a page costs the databases: a fixed number of statements, whatever the number of films on it."""

import importlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import IntValueNode, parse, print_ast, visit
from graphql.language import Visitor

from subgraphs.common.caller import ANONYMOUS
from subgraphs.common.gate import mint_token
from supergraph.composition import read
from supergraph.execution import Caller, Engine
from supergraph.server.lifespan import lifespan
from supergraph.upstream import AsgiTransport, DirectUpstream, Endpoint
from tests.journeys.test_browsing import operation
from tests.statements import noted

ROOT = Path(__file__).parent.parent.parent
KEY = "a key for tests, at least 32 bytes long"
NAMES = ("movies", "users", "rentals")

STATEMENTS = {"movies": 1, "users": 1, "rentals": 2}
"""BrowsePage: the page of films; their ratings; their stock, and their availability."""


def authorization(subgraph: str) -> dict[str, str]:
    """The header by which a subgraph knows that the router asks, for somebody who is not signed in."""
    token = mint_token(KEY.encode(), subgraph, ANONYMOUS, timedelta(minutes=1))
    return {"authorization": f"Bearer {token}"}


def page_of(size: int) -> str:
    """The browse page with so many films."""

    class Resize(Visitor):
        def enter_int_value(self, node: IntValueNode, *_: Any) -> IntValueNode:
            return IntValueNode(value=str(size), loc=node.loc)

    return print_ast(visit(parse(operation("BrowsePage")), Resize()))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    """The router's engine over the three subgraphs in this process, with the demo world in them."""
    endpoints = {}
    async with AsyncExitStack() as stack:
        for name in NAMES:
            settings = importlib.import_module(f"subgraphs.{name}.settings").Settings(
                var=tmp_path, internal_key=KEY, demo=True
            )
            app = importlib.import_module(f"subgraphs.{name}.app").create(settings)
            state = await stack.enter_async_context(lifespan(app))
            endpoints[name] = Endpoint(f"http://{name}/graphql", AsgiTransport(app, state=state or None))
        supergraph = read((ROOT / "schema" / "supergraph.graphql").read_text())
        yield Engine(supergraph, DirectUpstream(endpoints))


async def statements(engine: Engine, query: str) -> Counter[str]:
    """How many statements each subgraph's database gets for a query; transaction marks do not count."""
    with noted() as sent:
        response = await engine.execute(engine.prepare(query, None), {}, Caller(headers=authorization))
    assert not response.errors, response.errors
    return Counter(each.database for each in sent)


@pytest.mark.parametrize("size", [5, 50])
async def test_the_browse_page_costs_as_many_statements_for_5_films_as_for_50(
    engine: Engine, size: int
) -> None:
    assert await statements(engine, page_of(size)) == STATEMENTS
