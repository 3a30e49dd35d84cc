"""Metrics of the subgraphs' endpoints, read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from supergraph.upstream import Outages


class EndpointMetrics(Collector):
    """How many endpoints take requests, and how many requests did without a subgraph; `outages` are those of now."""

    def __init__(self) -> None:
        self.outages = Outages({})

    def collect(self) -> Iterator[Metric]:
        endpoints = GaugeMetricFamily(
            "supergraph_endpoints",
            "Endpoints of subgraphs, by whether they take requests.",
            labels=("subgraph", "state"),
        )
        for subgraph, available, out in self.outages.endpoints():
            endpoints.add_metric((subgraph, "available"), available)
            endpoints.add_metric((subgraph, "out"), out)
        yield endpoints
        yield CounterMetricFamily(
            "supergraph_operations_rerouted",
            "Operations that were planned around a subgraph that was down.",
            value=self.outages.avoidances,
        )
