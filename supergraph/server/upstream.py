"""The way to the subgraphs, put together from its wrappers here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from supergraph.configuration import Configuration
from supergraph.upstream import DeduplicatingUpstream, DirectUpstream, Endpoint, Upstream


def create_upstream(configuration: Configuration, endpoints: Mapping[str, Endpoint]) -> Upstream:
    """The upstream as configured, to the subgraphs at these endpoints, by name."""
    upstream: Upstream = DirectUpstream(endpoints)
    if configuration.upstream.deduplicate_reads:
        upstream = DeduplicatingUpstream(upstream)
    return upstream
