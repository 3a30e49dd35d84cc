"""A small business in a folder: two subgraphs, as schemas and as applications."""

import asyncio
import logging
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from supergraph.__main__ import app

PRODUCTS = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

type Query {
  products: [Product!]!
}

type Product @key(fields: "id") {
  id: ID!
  name: String!
}
"""

REVIEWS = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

type Query {
  reviewed: Int!
}

type Product @key(fields: "id") {
  id: ID!
  stars: Int
}
"""

APPLICATION = '''
"""A subgraph of the test business: its answers are constants, its life is told in a file."""

import json
import os
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

LIFE = Path(__file__).parent / "life.txt"
ANSWER = {answer}


def tell(line):
    with LIFE.open("a") as file:
        file.write(f"{name} {{line}}\\n")


@asynccontextmanager
async def lifespan(app):
    if os.environ.get("FAIL") == "{name}":
        raise RuntimeError("the stock room is locked")
    tell("starts")
    yield
    tell("ends")


async def graphql(request):
    if os.environ.get("DIE") == "{name}":
        os._exit(7)
    return JSONResponse({{"data": ANSWER}})


async def run(stop):
    tell("works for " + os.environ["GREETING"])
    await stop.wait()
    tell("rests")


app = Starlette(routes=[Route("/graphql", graphql, methods=["POST"])], lifespan=lifespan)
'''


@pytest.fixture
def business(tmp_path: Path) -> Path:
    """The folder of a configured business that is not composed yet."""
    (tmp_path / "products.graphql").write_text(PRODUCTS)
    (tmp_path / "reviews.graphql").write_text(REVIEWS)
    products = '{"products": [{"__typename": "Product", "id": "1", "name": "Kettle"}]}'
    reviews = '{"_entities": [{"__typename": "Product", "stars": 5}]}'
    (tmp_path / "shop_products.py").write_text(APPLICATION.format(name="products", answer=products))
    (tmp_path / "shop_reviews.py").write_text(APPLICATION.format(name="reviews", answer=reviews))
    (tmp_path / "operations").mkdir()
    (tmp_path / "operations" / "Shelf.graphql").write_text(
        "query Shelf {\n  products {\n    name\n    stars\n  }\n}\n"
    )
    (tmp_path / "supergraph.yaml").write_text(
        f"""
supergraph: supergraph.graphql
api: api.graphql
operations: [operations]
client: client
subgraphs:
  products:
    schema: products.graphql
    url: http://127.0.0.1:{free_port()}/graphql
    app: shop_products:app
    worker: shop_products:run
  reviews:
    schema: reviews.graphql
    url: http://127.0.0.1:{free_port()}/graphql
    app: shop_reviews:app
identity:
  internal_tokens: true
dev:
  environment: {{GREETING: customers}}
  announce: ["the till is open"]
"""
    )
    return tmp_path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


Command = Callable[..., Result]


@pytest.fixture
def command(business: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs `supergraph` in the folder of the business; what it set up for logging is undone."""
    monkeypatch.chdir(business)
    handlers = logging.root.handlers[:]
    runner = CliRunner()
    yield lambda *arguments, **keywords: runner.invoke(app, arguments, **keywords)
    logging.root.handlers[:] = handlers
    structlog.reset_defaults()


Started = Callable[..., AbstractAsyncContextManager[Process]]


@pytest.fixture
def started(business: Path) -> Started:
    """Starts `supergraph` as a process in the folder of the business; stops it with SIGTERM if it runs on."""

    @asynccontextmanager
    async def start(*arguments: str, **environment: str) -> AsyncIterator[Process]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "supergraph",
            *arguments,
            cwd=business,
            env={**os.environ, "NO_COLOR": "1", **environment},
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(
                90
            ):  # a busy machine takes its time; one that hangs is noticed all the same
                await process.wait()

    return start


async def heard(process: Process, words: str) -> str:
    """What the process says up to the line with these words."""
    assert process.stdout is not None
    text = ""
    async with asyncio.timeout(180):
        while line := await process.stdout.readline():
            text += line.decode()
            if words in text:
                return text
    assert process.stderr is not None
    raise AssertionError(f"never said {words!r}: {text} {(await process.stderr.read()).decode()}")
