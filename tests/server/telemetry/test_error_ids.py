"""From the error that a client has to its cause in the log."""

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import orjson
import pytest
import structlog
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.types import ASGIApp

from supergraph.commands.logs import log_json
from tests.server.telemetry.conftest import LocalTransport, Routers

Client = Callable[[ASGIApp], httpx2.AsyncClient]
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
TRACED = {"traces": {"endpoint": "http://127.0.0.1:4318/v1/traces"}}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines that are logged; spans stay here, and what was set up for logging is undone."""
    module = "supergraph.server.telemetry.traces"
    monkeypatch.setattr(f"{module}.OTLPSpanExporter", lambda *_args, **_keywords: InMemorySpanExporter())
    monkeypatch.setattr(f"{module}.BatchSpanProcessor", SimpleSpanProcessor)
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    handlers = logging.root.handlers[:]
    log_json()
    yield lambda: [orjson.loads(line) for line in stream.getvalue().splitlines()]
    logging.root.handlers[:] = handlers
    structlog.reset_defaults()


async def ask(client: httpx2.AsyncClient, query: str) -> dict[str, Any]:
    answer = await client.post("/graphql", json={"query": query}, headers={"traceparent": TRACEPARENT})
    [error] = answer.json()["errors"]
    return error


async def test_the_cause_of_an_outage_is_logged_under_its_id_with_subgraph_and_trace(
    router: Routers,
    client_of: Client,
    subgraph: LocalTransport,
    written: Callable[[], list[dict[str, Any]]],
) -> None:
    subgraph.down = True
    error = await ask(client_of(router(TRACED)), "{ hello }")

    [line] = written()
    assert line["error_id"] == error["extensions"]["errorId"]
    assert (line["subgraph"], line["trace_id"]) == ("local", TRACE_ID)
    assert "connection to 10.1.2.3 refused" in line["event"]
    assert "local" not in str(error)


async def test_a_fault_of_the_router_is_logged_under_its_id_with_the_trace(
    router: Routers, client_of: Client, written: Callable[[], list[dict[str, Any]]]
) -> None:
    error = await ask(client_of(router(TRACED)), "{ crash }")

    [line] = written()
    assert line["error_id"] == error["extensions"]["errorId"]
    assert line["trace_id"] == TRACE_ID
    assert "a secret of the router" in line["exception"]
    assert "secret" not in str(error)


async def test_clients_are_told_the_subgraph_where_that_is_configured(
    router: Routers, client_of: Client
) -> None:
    error = await ask(client_of(router({}, error_services=True)), "{ broken }")

    assert error["extensions"] == {"code": "OUT_OF_ORDER", "service": "local"}
