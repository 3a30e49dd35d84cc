"""What operators see of the router at work."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from supergraph.configuration.section import Section

ClientAddress = Literal["full", "prefix", "none"]
"""How much of a client's address is logged: all of it, its network (/24, or /48 of IPv6), or nothing."""


class AccessLogConfiguration(Section):
    """One event a request in the log, if `enabled`; `client_address` says how much of that stands in it."""

    enabled: bool = False
    client_address: ClientAddress = "prefix"


class TracesConfiguration(Section):
    """OpenTelemetry traces, for the collector at `endpoint` (OTLP over HTTP, `http://127.0.0.1:4318/v1/traces`).

    `sample` is the share of the traces that is kept, whoever began them. Headers for the collector, which may be
    secrets, stand in the environment: `OTEL_EXPORTER_OTLP_HEADERS`.
    """

    endpoint: str = Field(default="", pattern=r"^(https?://.+)?$")
    sample: float = Field(default=1.0, ge=0, le=1)
    service_name: str = Field(default="supergraph", min_length=1)


class MetricsExportConfiguration(Section):
    """OpenTelemetry metrics, for the collector at `endpoint` (OTLP over HTTP, `http://127.0.0.1:4318/v1/metrics`).

    Every `interval_seconds` it is sent what Prometheus would be told. Each process has a `service.instance.id` of its
    own; its `service.name` is that of the traces. Headers stand in the environment, as for traces.
    """

    endpoint: str = Field(default="", pattern=r"^(https?://.+)?$")
    interval_seconds: float = Field(default=60, gt=0)


class ErrorRecordsConfiguration(Section):
    """Records of errors whose cause clients were not told, for `supergraph explain-error`, if `enabled`.

    The latest `kept` are there. They are in the process, and asked for on the operators' listener; with a `folder` they
    are files there, which outlive the process and are shared by several.
    """

    enabled: bool = False
    kept: int = Field(default=200, ge=1, le=10_000)
    folder: Path | None = None


class TelemetryConfiguration(Section):
    """What operators see of the router at work: nothing, unless it is switched on.

    What they ask for is answered at `host` and `port`, never where clients are. `metrics` answers
    `GET /metrics` there, for Prometheus. An operation has a label of its own in the metrics if it stands in the
    trusted documents or in `operations`, or is one of the first `operation_names` others.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=9464, ge=0, le=65535)
    metrics: bool = False
    metrics_export: MetricsExportConfiguration = MetricsExportConfiguration()
    access_log: AccessLogConfiguration = AccessLogConfiguration()
    traces: TracesConfiguration = TracesConfiguration()
    errors: ErrorRecordsConfiguration = ErrorRecordsConfiguration()
    operation_names: int = Field(default=100, ge=0, le=10_000)

    @property
    def asked(self) -> bool:
        """Whether operators have anything to ask for. What stands in a folder is read there."""
        return self.metrics or (self.errors.enabled and self.errors.folder is None)
