"""How requests travel to the subgraphs."""

from __future__ import annotations

from pydantic import Field

from supergraph.configuration.section import Section


class EjectionConfiguration(Section):
    """When one of several endpoints of a subgraph is left out: after `failures` in a row, for `pause_seconds`.

    Each failure after its return doubles the pause, up to `longest_pause_seconds`.
    """

    failures: int = Field(default=5, ge=1)
    pause_seconds: float = Field(default=10, gt=0)
    longest_pause_seconds: float = Field(default=300, gt=0)


class RetriesConfiguration(Section):
    """How often a query that failed is sent again: `attempts` in all, the first among them.

    `budget` is how many retries there may be to a request, on average: 0.1 is one to ten.
    """

    attempts: int = Field(default=2, ge=1, le=5)
    budget: float = Field(default=0.1, ge=0, le=1)


class CircuitBreakerConfiguration(Section):
    """When an endpoint is no longer asked: where `failure_share` of its requests failed.

    Counted are those that ended within `window_seconds`, once there are `requests`. After `pause_seconds` one
    request at a time tries, until `trials` in a row succeeded.
    """

    enabled: bool = True
    requests: int = Field(default=20, ge=1)
    failure_share: float = Field(default=0.5, gt=0, le=1)
    window_seconds: float = Field(default=30, gt=0)
    pause_seconds: float = Field(default=10, gt=0)
    trials: int = Field(default=3, ge=1)


class UpstreamConfiguration(Section):
    """How requests travel to the subgraphs.

    `deduplicate_reads`: of identical queries that are in flight at the same time, for the same identity, one is sent.
    """

    deduplicate_reads: bool = True
    retries: RetriesConfiguration = RetriesConfiguration()
    ejection: EjectionConfiguration = EjectionConfiguration()
    circuit_breaker: CircuitBreakerConfiguration = CircuitBreakerConfiguration()
