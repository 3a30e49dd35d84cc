"""What operators see of the router at work."""

from __future__ import annotations

from pydantic import Field

from supergraph.configuration.section import Section


class TelemetryConfiguration(Section):
    """What operators see of the router at work: nothing, unless it is switched on.

    What they ask for is answered at `host` and `port`, never where clients are. `metrics` answers
    `GET /metrics` there, for Prometheus. An operation has a label of its own in the metrics if it stands in the
    trusted documents or in `operations`, or is one of the first `operation_names` others.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=9464, ge=0, le=65535)
    metrics: bool = False
    operation_names: int = Field(default=100, ge=0, le=10_000)
