"""How requests travel to the subgraphs."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from supergraph.configuration.protocol import Coding
from supergraph.configuration.section import Section
from supergraph.configuration.tls import TlsConfiguration

HeaderName = Annotated[str, Field(pattern=r"^[a-z0-9-]*$")]
"""In lower case; empty for none."""


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


class ConnectionsConfiguration(Section):
    """Connections to subgraphs.

    `most` requests at a time go to one subgraph; further ones wait. A connection is closed after `idle_seconds`
    without use, and none is used for longer than `age_seconds`, so that they follow a name that moves.
    """

    most: int = Field(default=100, ge=1)
    idle_seconds: float = Field(default=4, gt=0)
    age_seconds: float = Field(default=300, gt=0)


class UpstreamCompressionConfiguration(Section):
    """Compression between router and subgraphs.

    Replies are asked for in one of the codings that it may `accept`. Requests of `smallest_bytes` or more are sent in
    the coding `send`: not by default, since not every server reads it.
    """

    accept: tuple[Coding, ...] = ("zstd", "br", "gzip")
    send: Coding | None = None
    smallest_bytes: int = Field(default=2_048, ge=0)


class DnsConfiguration(Section):
    """How often names are resolved again for `discover: dns`."""

    interval_seconds: float = Field(default=10, gt=0)


class ProbesConfiguration(Section):
    """Asking every endpoint how it is, where `enabled`.

    Asked is a GET of `path` at its server, or, where none is given, the smallest query. Each `interval_seconds` an
    endpoint has `timeout_seconds` to answer; after `unhealthy` failures in a row it is left out, after `healthy`
    successes in a row it is taken back. While one of the `required` subgraphs has no endpoint that is well, `/ready`
    says no.
    """

    enabled: bool = False
    path: str = Field(default="", pattern=r"^(/.*)?$")
    interval_seconds: float = Field(default=10, gt=0)
    timeout_seconds: float = Field(default=2, gt=0)
    unhealthy: int = Field(default=3, ge=1)
    healthy: int = Field(default=2, ge=1)
    required: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _somebody_who_asks(self) -> Self:
        if self.required and not self.enabled:
            raise ValueError("`required` needs probes that are `enabled`")
        return self


class DeadlinesConfiguration(Section):
    """How the time for an operation (`limits.deadline_seconds`) is shared out and told.

    Of what is left, `later_share` is kept for each step of the plan that waits for a fetch. Subgraphs are told in
    `header` how many milliseconds a query may take (empty: they are not). A client that sends milliseconds in
    `client_header`, where one is named, waits for no longer than that.
    """

    later_share: float = Field(default=0.2, ge=0, lt=1)
    header: HeaderName = "x-request-timeout-ms"
    client_header: HeaderName = ""


class UpstreamConfiguration(Section):
    """How requests travel to the subgraphs.

    `timeout_seconds` is for one request, in the time that its operation has left. `reply_bytes` is the most that is
    read of one reply, once it is decoded.
    A reply without `data` all of whose errors carry one of the `failure_codes` counts as a failure of its endpoint.
    `http2`: subgraphs are spoken to by HTTP/2, and nothing else. `tls` says whom to trust. A subgraph that has one of
    the two itself goes by that.
    `deduplicate_reads`: of identical queries that are in flight at the same time, for the same identity, one is sent.
    """

    timeout_seconds: float = Field(default=30, gt=0)
    reply_bytes: int = Field(default=32 * 1024 * 1024, gt=0)
    http2: bool = False
    tls: TlsConfiguration = TlsConfiguration()
    deduplicate_reads: bool = True
    failure_codes: tuple[str, ...] = ("SERVICE_UNAVAILABLE", "GATEWAY_TIMEOUT")
    connections: ConnectionsConfiguration = ConnectionsConfiguration()
    compression: UpstreamCompressionConfiguration = UpstreamCompressionConfiguration()
    deadlines: DeadlinesConfiguration = DeadlinesConfiguration()
    dns: DnsConfiguration = DnsConfiguration()
    probes: ProbesConfiguration = ProbesConfiguration()
    retries: RetriesConfiguration = RetriesConfiguration()
    ejection: EjectionConfiguration = EjectionConfiguration()
    circuit_breaker: CircuitBreakerConfiguration = CircuitBreakerConfiguration()
