"""Traces, from the client's through the router to the subgraph."""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

import httpx2
import orjson
import pytest
import websockets
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from supergraph.configuration import TelemetryConfiguration
from supergraph.server.closing import Closing
from supergraph.server.telemetry import serving_operators
from tests.server.telemetry.conftest import LocalTransport, Routers

Client = Callable[[ASGIApp], httpx2.AsyncClient]
Served = Callable[[ASGIApp, Closing | asyncio.Event], AbstractAsyncContextManager[str]]
ON = {"traces": {"endpoint": "http://127.0.0.1:4318/v1/traces"}}
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """The spans of routers that are made from now on, kept in place of being sent."""
    exporter = InMemorySpanExporter()
    monkeypatch.setattr(
        "supergraph.server.telemetry.traces.OTLPSpanExporter", lambda *_args, **_keywords: exporter
    )
    monkeypatch.setattr("supergraph.server.telemetry.traces.BatchSpanProcessor", SimpleSpanProcessor)
    return exporter


def context_of(span: ReadableSpan) -> SpanContext:
    assert span.context is not None
    return span.context


def parent_of(span: ReadableSpan, spans: Sequence[ReadableSpan]) -> ReadableSpan | None:
    parent = span.parent
    return next((each for each in spans if parent and context_of(each).span_id == parent.span_id), None)


async def ask(client: httpx2.AsyncClient, query: str, **headers: str) -> httpx2.Response:
    return await client.post("/graphql", json={"query": query}, headers=headers)


async def test_a_request_is_a_span_and_each_fetch_one_below_it(
    router: Routers, client_of: Client, spans: InMemorySpanExporter
) -> None:
    await ask(client_of(router(ON)), "query Greet { hello }")

    fetch, request = ended = spans.get_finished_spans()
    assert (request.name, request.parent) == ("query", None)
    assert request.attributes == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Greet",
        "http.response.status_code": 200,
    }
    assert (fetch.name, parent_of(fetch, ended)) == ("fetch", request)
    assert fetch.attributes == {
        "supergraph.subgraph": "local",
        "supergraph.fetch": 0,
        "supergraph.outcome": "ok",
    }


async def test_the_subgraph_goes_on_with_the_span_of_its_fetch(
    router: Routers, client_of: Client, spans: InMemorySpanExporter, subgraph: LocalTransport
) -> None:
    await ask(client_of(router(ON)), "{ hello }")

    context = context_of(spans.get_finished_spans()[0])
    traceparent = subgraph.requests[0].headers["traceparent"]
    assert traceparent.startswith(f"00-{context.trace_id:032x}-{context.span_id:016x}-")


async def test_the_router_goes_on_with_the_clients_trace(
    router: Routers, client_of: Client, spans: InMemorySpanExporter, subgraph: LocalTransport
) -> None:
    await ask(client_of(router(ON)), "{ hello }", traceparent=TRACEPARENT, tracestate="shop=7")

    request = spans.get_finished_spans()[-1]
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert subgraph.requests[0].headers["traceparent"].startswith(f"00-{TRACE_ID}-")
    assert subgraph.requests[0].headers["tracestate"] == "shop=7"


async def test_a_traceparent_that_is_none_begins_a_trace(
    router: Routers, client_of: Client, spans: InMemorySpanExporter
) -> None:
    await ask(client_of(router(ON)), "{ hello }", traceparent="nonsense")

    assert spans.get_finished_spans()[-1].parent is None


async def test_values_and_documents_stay_out_of_spans(
    router: Routers, client_of: Client, spans: InMemorySpanExporter
) -> None:
    await ask(client_of(router(ON)), 'query Greet { hello(name: "a secret") broken }')

    ended = spans.get_finished_spans()
    assert len(ended) == 2
    assert all("secret" not in span.to_json() for span in ended)


async def test_an_outage_is_an_error_of_its_fetch(
    router: Routers, client_of: Client, spans: InMemorySpanExporter, subgraph: LocalTransport
) -> None:
    subgraph.down = True
    await ask(client_of(router(ON)), "{ hello }")

    fetch, request = spans.get_finished_spans()
    assert not fetch.status.is_ok
    assert fetch.attributes is not None
    assert fetch.attributes["error.type"] == "SUBREQUEST_HTTP_ERROR"
    assert request.attributes is not None
    assert request.attributes["supergraph.errors"] == ("SUBREQUEST_HTTP_ERROR",)


async def test_a_client_does_not_decide_what_is_sampled(
    router: Routers, client_of: Client, spans: InMemorySpanExporter
) -> None:
    app = router({"traces": {**ON["traces"], "sample": 0}})
    await ask(client_of(app), "{ hello }", traceparent=TRACEPARENT)

    assert spans.get_finished_spans() == ()


async def test_reads_of_two_traces_still_share_a_flight(
    router: Routers, spans: InMemorySpanExporter, subgraph: LocalTransport
) -> None:
    app = router(ON, upstream={"deduplicate_reads": True})
    # In process, so that the second is asked while the first is on its way.
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost")
    await asyncio.gather(ask(client, "{ hello }"), ask(client, "{ hello }"))

    assert len({context_of(span).trace_id for span in spans.get_finished_spans()}) == 2
    assert len(subgraph.requests) == 1


async def test_an_operation_over_websocket_goes_on_with_its_connections_trace(
    router: Routers, served: Served, spans: InMemorySpanExporter, subgraph: LocalTransport
) -> None:
    app = router(ON)
    async with (
        served(app, app.closing) as address,
        websockets.connect(
            f"ws://{address}/graphql",
            subprotocols=["graphql-transport-ws"],  # pyright: ignore[reportArgumentType] - a plain string will do
            additional_headers={"traceparent": TRACEPARENT},
        ) as socket,
    ):
        await socket.send('{"type": "connection_init"}')
        await socket.recv()
        payload = {"query": "subscription { numbers(to: 1) }"}
        await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload}).decode())
        received = [orjson.loads(await socket.recv())["type"] for _ in range(2)]

    assert received == ["next", "complete"]
    assert [f"{context_of(span).trace_id:032x}" for span in spans.get_finished_spans()] == [
        TRACE_ID,
        TRACE_ID,
    ]
    assert TRACE_ID in subgraph.requests[0].headers["traceparent"]


async def test_the_access_log_carries_the_trace(
    router: Routers, client_of: Client, spans: InMemorySpanExporter
) -> None:
    app = router({**ON, "access_log": {"enabled": True}})
    with capture_logs() as logs:
        await ask(client_of(app), "{ hello }", traceparent=TRACEPARENT)

    assert [line["trace_id"] for line in logs] == [TRACE_ID]


async def test_what_is_logged_meanwhile_carries_the_trace_and_what_comes_after_does_not(
    router: Routers, client_of: Client, spans: InMemorySpanExporter, subgraph: LocalTransport
) -> None:
    seen = []
    reply = subgraph.upstream.reply

    def looking(request):  # noqa: ANN001, ANN202 - as the method it stands for
        seen.append(get_contextvars().get("trace_id"))
        return reply(request)

    subgraph.upstream.reply = looking
    await ask(client_of(router(ON)), "{ hello }", traceparent=TRACEPARENT)

    assert seen == [TRACE_ID]
    assert "trace_id" not in get_contextvars()


async def test_without_a_collector_no_context_is_passed_on(
    router: Routers, client_of: Client, subgraph: LocalTransport
) -> None:
    await ask(client_of(router({})), "{ hello }", traceparent=TRACEPARENT)

    assert "traceparent" not in subgraph.requests[0].headers


async def test_a_collector_has_all_spans_when_the_router_has_stopped(
    router: Routers, client_of: Client, served: Served
) -> None:
    names: list[str] = []

    async def collector(scope: Scope, receive: Receive, send: Send) -> None:
        exported = ExportTraceServiceRequest.FromString(await Request(scope, receive).body())
        names.extend(
            span.name
            for resource in exported.resource_spans
            for scoped in resource.scope_spans
            for span in scoped.spans
        )
        await Response(media_type="application/x-protobuf")(scope, receive, send)

    async with served(collector, asyncio.Event()) as address:
        app = router({"traces": {"endpoint": f"http://{address}/v1/traces"}})
        async with serving_operators(TelemetryConfiguration(), app.telemetry):
            await ask(client_of(app), "{ hello }")

    assert sorted(names) == ["fetch", "query"]


@pytest.mark.parametrize("endpoint", ["127.0.0.1:4318", "ftp://collector"])
def test_an_endpoint_that_is_no_address_of_http_is_refused(endpoint: str) -> None:
    with pytest.raises(ValueError, match=re.escape("endpoint")):
        TelemetryConfiguration.model_validate({"traces": {"endpoint": endpoint}})
