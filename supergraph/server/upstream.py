"""The way to the subgraphs, put together from its wrappers here and nowhere else."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace

from supergraph.configuration import Configuration, UpstreamConfiguration
from supergraph.server.parts import Parts
from supergraph.upstream import (
    BalancedUpstream,
    BoundedTransport,
    Circuit,
    CircuitBreakingUpstream,
    CircuitRule,
    DeduplicatingUpstream,
    DirectUpstream,
    EjectionRule,
    EncodingTransport,
    Endpoint,
    Flights,
    Member,
    Pool,
    RetryBudget,
    RetryingUpstream,
    Upstream,
)


def create_upstream(
    configuration: Configuration, endpoints: Mapping[str, Endpoint], parts: Parts | None = None
) -> Upstream:
    """The upstream as configured, to the subgraphs at these endpoints, by name.

    Where nothing has changed it is the former router's, with all that it knows of the subgraphs; and where only some
    endpoints have, what is known of the others stays.
    """
    parts = Parts() if parts is None else parts
    where = tuple((name, _made_from(endpoint)) for name, endpoint in sorted(endpoints.items()))
    made_from = ("upstream", configuration.upstream.model_dump_json(), where)
    return parts.part(made_from, lambda: _create(configuration.upstream, endpoints, parts))


def _create(wanted: UpstreamConfiguration, endpoints: Mapping[str, Endpoint], parts: Parts) -> Upstream:
    upstream: Upstream = BalancedUpstream(
        {name: _pool(wanted, name, endpoint, parts) for name, endpoint in endpoints.items()}
    )
    if wanted.retries.attempts > 1 and wanted.retries.budget > 0:
        upstream = RetryingUpstream(
            upstream,
            attempts=wanted.retries.attempts,
            budget=lambda: RetryBudget(wanted.retries.budget),
        )
    if wanted.deduplicate_reads:
        upstream = DeduplicatingUpstream(upstream, parts.part("flights", Flights))
    return upstream


def _with_transport(
    wanted: UpstreamConfiguration, subgraph: str, endpoint: Endpoint, parts: Parts
) -> Endpoint:
    """The endpoint with the subgraph's own share of the transport, and bodies that are compressed on the way."""
    if not endpoint.remote:
        return endpoint
    connections, compression = wanted.connections, wanted.compression
    made_from = ("transport", subgraph, id(endpoint.transport), connections.most, compression)
    transport = parts.part(
        made_from,
        lambda: EncodingTransport(
            BoundedTransport(endpoint.transport, connections.most),
            compression.accept,
            compression.send or "",
            compression.smallest_bytes,
        ),
    )
    return replace(endpoint, transport=transport)


def _pool(wanted: UpstreamConfiguration, subgraph: str, endpoint: Endpoint, parts: Parts) -> Pool:
    endpoint = _with_transport(wanted, subgraph, endpoint, parts)
    urls = (endpoint.url, *endpoint.replicas)
    return Pool(
        _kept_member(wanted, subgraph, replace(endpoint, url=url, replicas=()), parts) for url in urls
    )


def _kept_member(wanted: UpstreamConfiguration, subgraph: str, endpoint: Endpoint, parts: Parts) -> Member:
    rules = (wanted.ejection.model_dump_json(), wanted.circuit_breaker.model_dump_json())
    made_from = ("member", subgraph, _made_from(endpoint), rules)
    return parts.part(made_from, lambda: _member(wanted, subgraph, endpoint))


def _made_from(endpoint: Endpoint) -> Hashable:
    granted = (endpoint.timeout, endpoint.limit, tuple(sorted(endpoint.headers.items())))
    place = (endpoint.url, endpoint.replicas, endpoint.server, endpoint.remote)
    return (place, id(endpoint.transport), granted)


def _member(wanted: UpstreamConfiguration, subgraph: str, endpoint: Endpoint) -> Member:
    direct = DirectUpstream({subgraph: endpoint})
    rule = EjectionRule(
        wanted.ejection.failures, wanted.ejection.pause_seconds, wanted.ejection.longest_pause_seconds
    )
    breaker = wanted.circuit_breaker
    if not breaker.enabled:
        return Member(endpoint.url, direct, rule=rule)
    circuit = Circuit(
        CircuitRule(
            breaker.requests,
            breaker.failure_share,
            breaker.window_seconds,
            breaker.pause_seconds,
            breaker.trials,
        )
    )
    return Member(
        endpoint.url, CircuitBreakingUpstream(direct, circuit), admits=lambda: circuit.admits, rule=rule
    )
