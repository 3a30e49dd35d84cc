"""The way to the subgraphs, put together from its wrappers here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from supergraph.configuration import Configuration, UpstreamConfiguration
from supergraph.upstream import (
    BalancedUpstream,
    Circuit,
    CircuitBreakingUpstream,
    CircuitRule,
    DeduplicatingUpstream,
    DirectUpstream,
    EjectionRule,
    Endpoint,
    Member,
    Pool,
    RetryBudget,
    RetryingUpstream,
    Upstream,
)


def create_upstream(configuration: Configuration, endpoints: Mapping[str, Endpoint]) -> Upstream:
    """The upstream as configured, to the subgraphs at these endpoints, by name."""
    wanted = configuration.upstream
    upstream: Upstream = BalancedUpstream(
        {name: _pool(wanted, name, endpoint) for name, endpoint in endpoints.items()}
    )
    if wanted.retries.attempts > 1 and wanted.retries.budget > 0:
        upstream = RetryingUpstream(
            upstream,
            attempts=wanted.retries.attempts,
            budget=lambda: RetryBudget(wanted.retries.budget),
        )
    if wanted.deduplicate_reads:
        upstream = DeduplicatingUpstream(upstream)
    return upstream


def _pool(wanted: UpstreamConfiguration, subgraph: str, endpoint: Endpoint) -> Pool:
    urls = (endpoint.url, *endpoint.replicas)
    return Pool(_member(wanted, subgraph, replace(endpoint, url=url, replicas=())) for url in urls)


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
