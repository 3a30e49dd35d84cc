"""One trace, from the client through the router, over HTTP or in one process, to a subgraph's SQL statements."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
import uvicorn
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import text

from subgraphs.common.caller import Caller
from subgraphs.common.database import Database
from subgraphs.common.gate import mint_token
from subgraphs.common.logs import log_json
from subgraphs.rentals.app import create
from subgraphs.rentals.settings import Settings
from supergraph.composition import read
from supergraph.configuration import Configuration
from supergraph.server.router import create_router
from supergraph.upstream import AsgiTransport, Endpoint, HttpTransport
from tests.rentals.conftest import ADA, BAMBI, furnish

KEY = "a key for tests, at least 32 bytes long"
COLLECTOR = "http://127.0.0.1:4318/v1/traces"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
SUPERGRAPH = Path(__file__).parent.parent.parent / "schema" / "supergraph.graphql"


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """The spans of routers and subgraphs that are made from now on, kept in place of being sent."""
    exporter = InMemorySpanExporter()
    for place in (
        "opentelemetry.exporter.otlp.proto.http.trace_exporter",
        "supergraph.server.telemetry.traces",
    ):
        monkeypatch.setattr(f"{place}.OTLPSpanExporter", lambda *_arguments, **_named: exporter)
    for place in ("opentelemetry.sdk.trace.export", "supergraph.server.telemetry.traces"):
        monkeypatch.setattr(f"{place}.BatchSpanProcessor", SimpleSpanProcessor)
    return exporter


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({"var": tmp_path, "internal_key": KEY, "traces_endpoint": COLLECTOR})


@asynccontextmanager
async def counter(settings: Settings) -> AsyncIterator[str]:
    """A running counter's address, its stores filled."""
    server = uvicorn.Server(uvicorn.Config(create(settings), port=0, log_config=None))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - there is nothing that would tell
            await asyncio.sleep(0.02)
    database = Database(settings.database("rentals"))
    await furnish(database)
    await database.close()
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}/graphql"
    server.should_exit = True
    await asyncio.wait_for(serving, 10)


@asynccontextmanager
async def routed(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a router before this counter."""
    monkeypatch.setenv("SUPERGRAPH_INTERNAL_KEY", KEY)
    traces = {"traces": {"endpoint": COLLECTOR}}
    configuration = Configuration.of({"identity": {"internal_tokens": True}, "telemetry": traces})
    router = create_router(
        configuration, read(SUPERGRAPH.read_text()), {"rentals": endpoint}, endpoint.transport
    )
    transport = httpx2.ASGITransport(router)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def stores(client: httpx2.AsyncClient) -> None:
    answer = await client.post(
        "/graphql", json={"query": "{ stores { name } }"}, headers={"traceparent": TRACEPARENT}
    )
    assert answer.json() == {"data": {"stores": [{"name": "Hudson"}, {"name": "Venice"}]}}


def way_to(name: str, spans: Sequence[ReadableSpan]) -> list[str]:
    """The names of the spans from the outermost to the first of this name."""
    by_id = {span.context.span_id: span for span in spans if span.context}
    span = next((each for each in spans if each.name == name), None)
    way: list[str] = []
    while span is not None:
        way.insert(0, span.name)
        span = by_id.get(span.parent.span_id) if span.parent else None
    return way


async def test_over_http_a_statement_stands_in_the_clients_trace(
    settings: Settings, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        counter(settings) as url,
        HttpTransport() as transport,
        routed(Endpoint(url, transport), monkeypatch) as client,
    ):
        await stores(client)

    ended = spans.get_finished_spans()
    assert way_to("SELECT", ended) == ["query", "fetch", "request", "Query.stores", "SELECT"]
    assert {f"{span.context.trace_id:032x}" for span in ended if span.context} == {TRACE_ID}
    services = {span.name: span.resource.attributes["service.name"] for span in ended}
    assert (services["fetch"], services["request"], services["SELECT"]) == (
        "supergraph",
        "rentals",
        "rentals",
    )


async def test_in_one_process_it_does_too(
    settings: Settings, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create(settings)
    async with app.router.lifespan_context(app):
        database = Database(settings.database("rentals"))
        await furnish(database)
        await database.close()
        endpoint = Endpoint("http://rentals/graphql", AsgiTransport(app))
        async with routed(endpoint, monkeypatch) as client:
            await stores(client)

    ended = spans.get_finished_spans()
    assert way_to("SELECT", ended) == ["query", "fetch", "request", "Query.stores", "SELECT"]


async def test_entities_have_a_span_for_each_type_and_no_value_stands_in_any(
    settings: Settings, spans: InMemorySpanExporter
) -> None:
    query = """query ($these: [_Any!]!) {
      _entities(representations: $these) { ... on Movie { availability { copiesTotal } } ... on Store { name } }
    }"""
    these = [
        {"__typename": "Movie", "id": BAMBI},
        {"__typename": "Movie", "id": "a-secret-film"},
        {"__typename": "Store", "id": "a-secret-store"},
    ]
    async with counter(settings) as url, httpx2.AsyncClient() as client:
        await ask(client, url, query, ADA, these=these)

    ended = spans.get_finished_spans()
    found = {span.name: span.attributes for span in ended}
    assert found["_entities Movie"] == {"graphql.entities": 2}
    assert found["_entities Store"] == {"graphql.entities": 1}
    assert way_to("SELECT", ended) in (
        ["request", "_entities Store", "SELECT"],
        ["request", "Movie.availability", "SELECT"],
    )
    statements = [span for span in ended if span.name == "SELECT"]
    assert all("FROM" in str((span.attributes or {})["db.query.text"]) for span in statements)
    written = "".join(span.to_json() for span in ended)
    assert "secret" not in written
    assert BAMBI not in written
    assert str(ADA.subject) not in written


async def ask(client: httpx2.AsyncClient, url: str, query: str, caller: Caller, **variables: Any) -> Any:
    """The answer to a request that the router has signed, in a trace."""
    token = mint_token(KEY.encode(), "rentals", caller, timedelta(minutes=1))
    headers = {"authorization": f"Bearer {token}", "traceparent": TRACEPARENT}
    return (await client.post(url, json={"query": query, "variables": variables}, headers=headers)).json()


async def test_a_fault_is_an_error_of_its_span_by_its_type_alone(
    settings: Settings, spans: InMemorySpanExporter
) -> None:
    async with counter(settings) as url, httpx2.AsyncClient() as client:
        database = Database(settings.database("rentals"))
        async with database.transaction() as session:
            await session.execute(text("DROP TABLE stores"))
        await database.close()
        await ask(client, url, "{ stores { name } }", ADA)

    ended = spans.get_finished_spans()
    failed = {span.name: (span.attributes or {}).get("error.type") for span in ended if not span.status.is_ok}
    assert failed == {"SELECT": "OperationalError", "Query.stores": "OperationalError"}
    assert all(not span.events for span in ended)


async def test_what_the_router_does_not_trace_is_not_traced(
    settings: Settings, spans: InMemorySpanExporter
) -> None:
    async with counter(settings) as url, httpx2.AsyncClient() as client:
        token = mint_token(KEY.encode(), "rentals", ADA, timedelta(minutes=1))
        for unsampled in ({}, {"traceparent": TRACEPARENT[:-1] + "0"}):
            headers = {"authorization": f"Bearer {token}"} | unsampled
            await client.post(url, json={"query": "{ stores { name } }"}, headers=headers)

    assert spans.get_finished_spans() == ()


async def test_what_a_subgraph_logs_is_json_with_the_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], logging_as_before: None
) -> None:
    app = create(Settings.model_validate({"var": tmp_path, "internal_key": KEY}))
    transport = httpx2.ASGITransport(app)
    log_json()
    async with httpx2.AsyncClient(transport=transport, base_url="http://rentals") as client:
        answer = await ask(client, "/graphql", "{ stores { name } }", ADA)  # there are no tables

    [error] = answer["errors"]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [line] = [line for line in lines if line.get("error_id") == error["extensions"]["errorId"]]
    assert line["trace_id"] == TRACE_ID
    assert "no such table" in json.dumps(line["exception"])
