"""OpenTelemetry traces: a span for each request, one below it for each fetch, in the trace that the client began.

The context arrives and leaves as W3C Trace Context (`traceparent`, `tracestate`); baggage is not passed on.
"""

from __future__ import annotations

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, format_trace_id, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from supergraph.configuration import TracesConfiguration
from supergraph.server.causes import MaskedError
from supergraph.server.telemetry.observation import Observation, ObservedFetch, Observer

EXPORTED_WITHIN_S = 5.0
SUCCEEDED = frozenset({"ok", "errors"})


def create_traces(configuration: TracesConfiguration) -> Traces:
    """Traces that go to the configured collector, in the background.

    Of the traces that clients began the same share is kept as of our own: nobody outside decides what they cost.
    """
    share = TraceIdRatioBased(configuration.sample)
    provider = TracerProvider(
        sampler=ParentBased(share, remote_parent_sampled=share),
        resource=Resource.create({SERVICE_NAME: configuration.service_name}),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(configuration.endpoint, timeout=EXPORTED_WITHIN_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Traces(provider)


class Traces(Observer):
    """Begins and ends spans; what is logged while a request is answered carries its `trace_id`."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._closed = False
        self._tracer = provider.get_tracer("supergraph")
        self._propagator = TraceContextTextMapPropagator()
        self._requests: dict[Observation, Span] = {}
        self._fetches: dict[ObservedFetch, Span] = {}

    def close(self) -> None:
        """Sends what is left to send; that may take some seconds. Once is enough."""
        if not self._closed:
            self._closed = True
            self._provider.shutdown()

    def request_begins(self, observation: Observation) -> None:
        parent = self._propagator.extract(observation.client.trace_context, Context())
        span = self._tracer.start_span("request", parent, SpanKind.SERVER)
        self._requests[observation] = span
        observation.trace_id = format_trace_id(span.get_span_context().trace_id)
        structlog.contextvars.bind_contextvars(trace_id=observation.trace_id)

    def fetch_begins(self, observation: Observation, fetch: ObservedFetch) -> None:
        parent = set_span_in_context(self._requests[observation], Context())
        span = self._tracer.start_span("fetch", parent, SpanKind.CLIENT)
        span.set_attribute("supergraph.subgraph", fetch.subgraph)
        if fetch.number is not None:
            span.set_attribute("supergraph.fetch", fetch.number)
        self._fetches[fetch] = span
        self._propagator.inject(fetch.trace_context, set_span_in_context(span, Context()))

    def fetch_ends(self, observation: Observation, fetch: ObservedFetch) -> None:  # noqa: ARG002 - the signature is the observer's
        span = self._fetches.pop(fetch)
        span.set_attribute("supergraph.outcome", fetch.outcome)
        if fetch.outcome not in SUCCEEDED:
            span.set_attribute("error.type", fetch.outcome)
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def error_masked(self, observation: Observation, error: MaskedError) -> None:
        span = self._requests[observation]
        span.add_event(
            "error", {"supergraph.error_id": error.error_id, "supergraph.subgraph": error.subgraph or ""}
        )

    def request_ends(self, observation: Observation) -> None:
        structlog.contextvars.unbind_contextvars("trace_id")
        span = self._requests.pop(observation)
        span.update_name(observation.kind if observation.kind != "unknown" else "request")
        span.set_attribute("graphql.operation.type", observation.kind)
        if observation.name is not None:
            span.set_attribute("graphql.operation.name", observation.name)
        if observation.status is not None:
            span.set_attribute("http.response.status_code", observation.status)
            if observation.status >= 500:
                span.set_status(Status(StatusCode.ERROR))
        if observation.codes:
            span.set_attribute("supergraph.errors", sorted(observation.codes))
        span.end()
