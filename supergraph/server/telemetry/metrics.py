"""Metrics for Prometheus. They count this process's requests: of several router processes each is scraped by itself.

Nothing that a client or a subgraph makes up becomes a label without bound (`BoundedNames`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from supergraph.execution import Engine
from supergraph.server.telemetry.endpoint_metrics import EndpointMetrics
from supergraph.server.telemetry.observation import (
    LONGEST_NAME,
    MOST_CODES,
    OTHER,
    Observation,
    ObservedFetch,
    Observer,
    Stage,
)
from supergraph.upstream import Outages

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
COSTS = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
_OPERATION = re.compile(r"\b(?:query|mutation|subscription)\s+([_A-Za-z]\w*)", re.ASCII)


class BoundedNames:
    """Lets the known names through, and the first `learned` others that come; all further ones are `other`."""

    def __init__(self, known: Iterable[str], learned: int) -> None:
        self._names = set(known)
        self._size = len(self._names) + learned

    def know(self, names: Iterable[str]) -> None:
        """Lets these names through too."""
        for name in names:
            if name not in self._names:
                self._names.add(name)
                self._size += 1

    def label(self, name: str) -> str:
        """The name as a label."""
        if name in self._names:
            return name
        if len(self._names) >= self._size or len(name) >= LONGEST_NAME:
            return OTHER
        self._names.add(name)
        return name


def operation_names(documents: Iterable[str]) -> set[str]:
    """The names of the operations in documents."""
    return {name for document in documents for name in _OPERATION.findall(document)}


class Metrics(Observer):
    """Counts and times requests, fetches and errors; `names` are the operations that have a label of their own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, names: BoundedNames) -> None:
        self._names = names
        self._codes = BoundedNames((), MOST_CODES)
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        by_operation = ("kind", "operation")
        self._requests = Counter(
            "supergraph_requests",
            "Requests that were answered, by operation and class of HTTP status.",
            (*by_operation, "status"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "supergraph_request_duration_seconds",
            "How long requests took; subscriptions are left out.",
            by_operation,
            buckets=SECONDS,
            registry=registry,
        )
        self._in_flight = Gauge(
            "supergraph_requests_in_flight", "Requests that are being answered.", registry=registry
        )
        self._fetch_seconds = Histogram(
            "supergraph_fetch_duration_seconds",
            "How long subgraphs took to answer, by what came of it; subscriptions are left out.",
            ("subgraph", "outcome"),
            buckets=SECONDS,
            registry=registry,
        )
        self._subscriptions = Gauge(
            "supergraph_subscriptions_open", "Subscriptions held open at subgraphs.", registry=registry
        )
        self._errors = Counter(
            "supergraph_errors", "Errors that clients were sent, by code.", ("code",), registry=registry
        )
        self._costs = Histogram(
            "supergraph_operation_cost",
            "What operations were estimated to cost, and, where that is measured, did.",
            ("stage",),
            buckets=COSTS,
            registry=registry,
        )
        self._lookups = Counter(
            "supergraph_operation_cache_lookups",
            "Operations that were found prepared, with their plans (hit), or had to be (miss).",
            ("result",),
            registry=registry,
        )
        self._reloads = Counter(
            "supergraph_reloads", "Reloads, by what came of them.", ("outcome",), registry=registry
        )
        self._generation = Gauge(
            "supergraph_generation", "The number of the generation that is served.", registry=registry
        )
        self._generation.set(1)
        self._endpoints = EndpointMetrics()
        registry.register(self._endpoints)
        self._kept = Gauge(
            "supergraph_operation_cache_size", "Operations that are kept prepared.", registry=registry
        )

    def watch(self, engine: Engine, documents: Iterable[str], outages: Outages) -> None:
        """Shows how many operations the engine keeps, and how the subgraphs' endpoints are.

        The documents' operations have labels of their own.
        """
        self._endpoints.outages = outages
        self._names.know(operation_names(documents))
        self._kept.set_function(lambda: engine.operations_kept)

    def reloaded(self, generation: int, *, succeeded: bool) -> None:
        """Counts a reload, or one whose files could not be used."""
        self._reloads.labels("succeeded" if succeeded else "refused").inc()
        self._generation.set(generation)

    def text(self) -> bytes:
        """All metrics in Prometheus's text format."""
        return generate_latest(self.registry)

    def request_begins(self, observation: Observation) -> None:  # noqa: ARG002 - the signature is the observer's
        self._in_flight.inc()

    def looked_up(self, *, hit: bool) -> None:
        self._lookups.labels("hit" if hit else "miss").inc()

    def reckoned(self, stage: Stage, cost: int) -> None:
        self._costs.labels(stage).observe(cost)

    def fetch_begins(self, observation: Observation, fetch: ObservedFetch) -> None:  # noqa: ARG002
        if fetch.subscription:
            self._subscriptions.inc()

    def fetch_ends(self, observation: Observation, fetch: ObservedFetch) -> None:  # noqa: ARG002
        if fetch.subscription:
            self._subscriptions.dec()
        else:
            self._fetch_seconds.labels(fetch.subgraph, fetch.outcome).observe(fetch.seconds)

    def request_ends(self, observation: Observation) -> None:
        self._in_flight.dec()
        kind, name = observation.kind, self._name(observation)
        status = "websocket" if observation.status is None else f"{observation.status // 100}xx"
        self._requests.labels(kind, name, status).inc()
        if kind != "subscription":
            self._request_seconds.labels(kind, name).observe(observation.seconds)
        for code, times in observation.codes.items():
            self._errors.labels(self._codes.label(code)).inc(times)

    def _name(self, observation: Observation) -> str:
        return "" if observation.name is None else self._names.label(observation.name)
