"""Metrics for an OpenTelemetry collector, over OTLP/HTTP: what Prometheus is told, sent from time to time."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from uuid import uuid4

import structlog
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.metrics.export import Metric as SentMetric
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.samples import Sample

from supergraph.configuration import MetricsExportConfiguration

EXPORTED_WITHIN_S = 5.0
SCOPE = InstrumentationScope("supergraph")

_log = structlog.get_logger(__name__)


class MetricsExport:
    """Sends what a registry has, of this process, which has an instance id of its own among several."""

    def __init__(
        self, registry: CollectorRegistry, wanted: MetricsExportConfiguration, service_name: str
    ) -> None:
        self._registry = registry
        self._interval = wanted.interval_seconds
        self._exporter = OTLPMetricExporter(wanted.endpoint, timeout=EXPORTED_WITHIN_S)
        self._resource = Resource.create({SERVICE_NAME: service_name, SERVICE_INSTANCE_ID: str(uuid4())})
        self._began = time.time_ns()

    async def run(self) -> None:
        """Sends from time to time, until it is cancelled."""
        while True:
            await asyncio.sleep(self._interval)
            await self.send()

    async def send(self) -> None:
        """Sends what there is now; what cannot be sent is told of in the log, and is part of what is sent next."""
        data = self._data()
        try:
            await asyncio.to_thread(self._exporter.export, data)
        except Exception:  # noqa: BLE001 - logged
            _log.exception("the metrics could not be sent")

    def close(self) -> None:
        """Closes the connection."""
        self._exporter.shutdown()

    def _data(self) -> MetricsData:
        now = time.time_ns()
        metrics = [_metric(family, self._began, now) for family in self._registry.collect()]
        scope = ScopeMetrics(SCOPE, metrics, "")
        return MetricsData([ResourceMetrics(self._resource, [scope], "")])


def _metric(family: Metric, began: int, now: int) -> SentMetric:
    match family.type:
        case "counter":
            points = _numbers(family, f"{family.name}_total", began, now)
            data = Sum(points, AggregationTemporality.CUMULATIVE, is_monotonic=True)
        case "histogram":
            points = list(_histograms(family, began, now))
            data = Histogram(points, AggregationTemporality.CUMULATIVE)
        case _:
            data = Gauge(_numbers(family, family.name, began, now))
    unit = "s" if family.name.endswith("_seconds") else ""
    return SentMetric(family.name, family.documentation, unit, data)


def _numbers(family: Metric, name: str, began: int, now: int) -> list[NumberDataPoint]:
    return [
        NumberDataPoint(sample.labels, began, now, sample.value)
        for sample in family.samples
        if sample.name == name
    ]


def _histograms(family: Metric, began: int, now: int) -> Iterator[HistogramDataPoint]:
    by_labels: defaultdict[tuple[tuple[str, str], ...], list[Sample]] = defaultdict(list)
    for sample in family.samples:
        labels = {name: value for name, value in sample.labels.items() if name != "le"}
        by_labels[tuple(sorted(labels.items()))].append(sample)
    for labels, samples in by_labels.items():
        yield _histogram(family.name, dict(labels), samples, began, now)


def _histogram(
    name: str, labels: Mapping[str, str], samples: Iterable[Sample], began: int, now: int
) -> HistogramDataPoint:
    up_to: dict[float, int] = {}
    values: dict[str, float] = {}
    for sample in samples:
        if sample.name == f"{name}_bucket":
            up_to[float(sample.labels["le"])] = int(sample.value)
        else:
            values[sample.name] = sample.value
    bounds = sorted(up_to)
    before = [0, *(up_to[bound] for bound in bounds)]
    return HistogramDataPoint(
        labels,
        began,
        now,
        count=int(values[f"{name}_count"]),
        sum=values[f"{name}_sum"],
        bucket_counts=[after - former for former, after in itertools.pairwise(before)],
        explicit_bounds=bounds[:-1],  # the last one is no bound: it is infinite
        min=None,  # pyright: ignore[reportArgumentType] - not known, and left out
        max=None,  # pyright: ignore[reportArgumentType]
    )
