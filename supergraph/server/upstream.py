"""The way to the subgraphs, put together from its wrappers here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from functools import partial

from supergraph.configuration import Configuration, ConfigurationError
from supergraph.configuration.upstream import (
    CircuitBreakerConfiguration,
    ProbesConfiguration,
    UpstreamConfiguration,
)
from supergraph.server.parts import Parts
from supergraph.upstream import (
    Circuit,
    CircuitRule,
    Codings,
    Discovery,
    EjectionRule,
    Endpoint,
    EndpointChannel,
    Flights,
    Member,
    Outages,
    Pool,
    PooledUpstream,
    Probe,
    ProbeRule,
    Probing,
    Retries,
    RetryBudget,
    Turns,
    Upstream,
    answers_path,
    answers_query,
    is_fault,
)


def create_pools(
    configuration: Configuration, endpoints: Mapping[str, Endpoint], parts: Parts
) -> Mapping[str, Pool]:
    """The endpoints of each subgraph, by its name.

    What has not changed is the former router's, with all that it knows of the subgraphs.
    """
    return {
        name: _pool(_wanted(configuration, name), name, endpoint, parts)
        for name, endpoint in endpoints.items()
    }


def create_outages(pools: Mapping[str, Pool], parts: Parts) -> Outages:
    """What knows which of these subgraphs are down."""
    return parts.part(("outages", _known_by(pools)), lambda: Outages(pools))


def lacking(configuration: Configuration, pools: Mapping[str, Pool]) -> Callable[[], str]:
    """What says what is missing, while a subgraph that is required has no endpoint that answers probes.

    Raises:
        ConfigurationError: there is no such subgraph.
    """
    required = configuration.upstream.probes.required
    for name in required:
        if name not in pools:
            raise ConfigurationError(f"upstream.probes.required: the supergraph has no subgraph {name!r}.")

    def reason() -> str:
        is_there = (any(not member.sick for member in pools[name].members) for name in required)
        return "" if all(is_there) else "a subgraph that is required does not answer"

    return reason


def create_upstream(configuration: Configuration, pools: Mapping[str, Pool], parts: Parts) -> Upstream:
    """The upstream as configured, to the subgraphs whose endpoints these are, by name.

    Where nothing has changed it is the former router's, with all that it knows of the subgraphs; and where only some
    endpoints have, what is known of the others stays.
    """
    wanted = configuration.upstream
    made_from = ("upstream", wanted.model_dump_json(), _known_by(pools))
    return parts.part(made_from, lambda: _create(wanted, pools, parts))


def _wanted(configuration: Configuration, subgraph: str) -> UpstreamConfiguration:
    """What holds for one subgraph."""
    wanted, configured = configuration.upstream, configuration.subgraphs.get(subgraph)
    if configured is None or configured.probe_path is None:
        return wanted
    probes = wanted.probes.model_copy(update={"path": configured.probe_path})
    return wanted.model_copy(update={"probes": probes})


def _known_by(pools: Mapping[str, Pool]) -> Hashable:
    return tuple((name, id(pool)) for name, pool in sorted(pools.items()))


def _create(wanted: UpstreamConfiguration, pools: Mapping[str, Pool], parts: Parts) -> PooledUpstream:
    return PooledUpstream(
        pools,
        retries=Retries(wanted.retries.attempts, lambda: RetryBudget(wanted.retries.budget)),
        flights=parts.part("flights", Flights) if wanted.deduplicate_reads else None,
    )


def _pool(wanted: UpstreamConfiguration, subgraph: str, endpoint: Endpoint, parts: Parts) -> Pool:
    settings = (wanted.ejection, wanted.circuit_breaker, wanted.failure_codes, wanted.dns, wanted.probes)
    endpoint = _granted(wanted, subgraph, endpoint, parts)
    made_from = ("pool", subgraph, _made_from(endpoint), settings)
    return parts.part(made_from, lambda: _new_pool(wanted, subgraph, endpoint, parts))


def _new_pool(wanted: UpstreamConfiguration, subgraph: str, endpoint: Endpoint, parts: Parts) -> Pool:
    urls = (endpoint.url, *endpoint.replicas)

    def at(url: str, server: str = "") -> Endpoint:
        return replace(endpoint, url=url, replicas=(), server=server)

    if endpoint.discover:
        discovery = Discovery(
            subgraph,
            urls,
            lambda url, server: _member(wanted, at(url, server)),
            wanted.dns.interval_seconds,
        )
        pool = parts.part(("discovery", id(discovery)), lambda: discovery).pool
    else:
        pool = Pool(_kept_member(wanted, subgraph, at(url), parts) for url in urls)
    if wanted.probes.enabled:
        probing = Probing(subgraph, pool, _probe_rule(wanted.probes))
        parts.part(("probing", id(probing)), lambda: probing)
    return pool


def _probe(wanted: ProbesConfiguration, endpoint: Endpoint) -> Probe:
    if wanted.path:
        return lambda: answers_path(endpoint, wanted.path)
    return lambda: answers_query(endpoint)


def _probe_rule(wanted: ProbesConfiguration) -> ProbeRule:
    return ProbeRule(wanted.interval_seconds, wanted.timeout_seconds, wanted.unhealthy, wanted.healthy)


def _granted(wanted: UpstreamConfiguration, subgraph: str, endpoint: Endpoint, parts: Parts) -> Endpoint:
    """The endpoint with the subgraph's turns, and bodies that are compressed on the way, where it is remote."""
    if not endpoint.remote:
        return endpoint
    most, compression = wanted.connections.most, wanted.compression
    turns = parts.part(("turns", subgraph, id(endpoint.transport), most), lambda: Turns(most))
    codings = Codings(tuple(compression.accept), compression.send or "", compression.smallest_bytes)
    return replace(endpoint, codings=codings, turns=turns)


def _kept_member(wanted: UpstreamConfiguration, subgraph: str, endpoint: Endpoint, parts: Parts) -> Member:
    settings = (wanted.ejection, wanted.circuit_breaker, wanted.failure_codes, wanted.probes)
    made_from = ("member", subgraph, _made_from(endpoint), settings)
    return parts.part(made_from, lambda: _member(wanted, endpoint))


def _made_from(endpoint: Endpoint) -> Hashable:
    granted = (endpoint.timeout, endpoint.limit, tuple(sorted(endpoint.headers.items())))
    place = (endpoint.url, endpoint.replicas, endpoint.server, endpoint.remote, endpoint.discover)
    place += (endpoint.websocket, endpoint.timeout_header, id(endpoint.tls))
    return (place, id(endpoint.transport), granted, endpoint.codings, id(endpoint.turns))


def _member(wanted: UpstreamConfiguration, endpoint: Endpoint) -> Member:
    ejection = wanted.ejection
    return Member(
        endpoint.url,
        EndpointChannel(endpoint),
        circuit=_circuit(wanted.circuit_breaker),
        rule=EjectionRule(ejection.failures, ejection.pause_seconds, ejection.longest_pause_seconds),
        probe=_probe(wanted.probes, endpoint),
        judge=partial(is_fault, codes=frozenset(wanted.failure_codes)),
    )


def _circuit(wanted: CircuitBreakerConfiguration) -> Circuit | None:
    if not wanted.enabled:
        return None
    return Circuit(
        CircuitRule(
            wanted.requests,
            wanted.failure_share,
            wanted.window_seconds,
            wanted.pause_seconds,
            wanted.trials,
        )
    )
