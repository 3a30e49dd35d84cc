"""What an OpenTelemetry collector is sent of the metrics, over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from supergraph.server.telemetry import metrics_export, serving_operators
from tests.server.local_upstream import until
from tests.server.telemetry.conftest import Routers

Client = Callable[[ASGIApp], httpx2.AsyncClient]
Served = Callable[..., AbstractAsyncContextManager[str]]


class Collector:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.requests: list[ExportMetricsServiceRequest] = []
        self.app = Starlette(routes=[Route("/v1/metrics", self._take, methods=["POST"])])
        self.endpoint = ""

    async def _take(self, request: Request) -> Response:
        self.requests.append(ExportMetricsServiceRequest.FromString(await request.body()))
        return Response(status_code=200)

    @property
    def resource(self) -> dict[str, str]:
        [sent] = self.requests[-1].resource_metrics
        return {each.key: each.value.string_value for each in sent.resource.attributes}

    def metric(self, name: str) -> Metric:
        [sent] = self.requests[-1].resource_metrics
        [metric] = [each for each in sent.scope_metrics[0].metrics if each.name == name]
        return metric


@pytest.fixture
async def collector(served: Served) -> AsyncIterator[Collector]:
    collector = Collector()
    async with served(collector.app, asyncio.Event()) as address:
        collector.endpoint = f"http://{address}/v1/metrics"
        yield collector


def labels(point: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in point.attributes}


async def test_requests_and_their_times_are_sent_when_the_router_stops(
    router: Routers, client_of: Client, collector: Collector
) -> None:
    app = router({"metrics_export": {"endpoint": collector.endpoint}})
    async with serving_operators(app.configuration.telemetry, app.telemetry) as port:
        for _ in range(3):
            await client_of(app).post("/graphql", json={"query": "query Greet { hello }"})

    [requests] = collector.metric("supergraph_requests").sum.data_points
    [seconds] = collector.metric("supergraph_request_duration_seconds").histogram.data_points
    assert port is None
    assert collector.metric("supergraph_requests").sum.is_monotonic
    assert (labels(requests), requests.as_double) == (
        {"kind": "query", "operation": "Greet", "status": "2xx"},
        3.0,
    )
    assert (labels(seconds), seconds.count) == ({"kind": "query", "operation": "Greet"}, 3)
    assert sum(seconds.bucket_counts) == 3
    assert len(seconds.bucket_counts) == len(seconds.explicit_bounds) + 1
    assert collector.resource["service.name"] == "supergraph"
    assert collector.resource["service.instance.id"]


async def test_metrics_are_sent_again_and_again(router: Routers, collector: Collector) -> None:
    app = router({"metrics_export": {"endpoint": collector.endpoint, "interval_seconds": 0.01}})
    async with serving_operators(app.configuration.telemetry, app.telemetry):
        await until(lambda: len(collector.requests) >= 3)

    [generation] = collector.metric("supergraph_generation").gauge.data_points
    assert generation.as_double == 1


async def test_a_collector_that_is_away_harms_nobody(
    router: Routers, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics_export, "EXPORTED_WITHIN_S", 0.05)
    app = router({"metrics_export": {"endpoint": "http://127.0.0.1:1/v1/metrics", "interval_seconds": 0.01}})
    async with serving_operators(app.configuration.telemetry, app.telemetry):
        await asyncio.sleep(0.05)
        response = await client_of(app).post("/graphql", json={"query": "{ hello }"})

    assert response.json() == {"data": {"hello": "Hello, you"}}
