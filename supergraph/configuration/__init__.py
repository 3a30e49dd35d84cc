"""`supergraph.yaml`: what a router serves, and how; each part of it in a file of its own."""

from supergraph.configuration.connections import ConnectionsConfiguration
from supergraph.configuration.contracts import ContractConfiguration
from supergraph.configuration.headers import HeadersConfiguration, SubgraphHeadersConfiguration
from supergraph.configuration.identity import (
    AccessTokensConfiguration,
    IdentityConfiguration,
    KeySetConfiguration,
)
from supergraph.configuration.lifecycle import ReloadConfiguration, ShutdownConfiguration
from supergraph.configuration.limits import CostConfiguration, LimitsConfiguration
from supergraph.configuration.protocol import (
    BatchingConfiguration,
    CorsConfiguration,
    PersistedDocumentsConfiguration,
    StatusProfile,
)
from supergraph.configuration.rates import (
    ConcurrencyConfiguration,
    FieldRateConfiguration,
    PlacesConfiguration,
    RateConfiguration,
    RateLimitsConfiguration,
    RedisConfiguration,
    StreamsConfiguration,
)
from supergraph.configuration.root import Configuration, read_configuration
from supergraph.configuration.section import ConfigurationError
from supergraph.configuration.subgraphs import SubgraphConfiguration
from supergraph.configuration.telemetry import (
    ClientAddress,
    ErrorRecordsConfiguration,
    MetricsExportConfiguration,
    TelemetryConfiguration,
    TracesConfiguration,
)
from supergraph.configuration.tls import TlsConfiguration
from supergraph.configuration.upstream import UpstreamConfiguration

__all__ = [
    "AccessTokensConfiguration",
    "BatchingConfiguration",
    "ClientAddress",
    "ConcurrencyConfiguration",
    "Configuration",
    "ConfigurationError",
    "ConnectionsConfiguration",
    "ContractConfiguration",
    "CorsConfiguration",
    "CostConfiguration",
    "ErrorRecordsConfiguration",
    "FieldRateConfiguration",
    "HeadersConfiguration",
    "IdentityConfiguration",
    "KeySetConfiguration",
    "LimitsConfiguration",
    "MetricsExportConfiguration",
    "PersistedDocumentsConfiguration",
    "PlacesConfiguration",
    "RateConfiguration",
    "RateLimitsConfiguration",
    "RedisConfiguration",
    "ReloadConfiguration",
    "ShutdownConfiguration",
    "StatusProfile",
    "StreamsConfiguration",
    "SubgraphConfiguration",
    "SubgraphHeadersConfiguration",
    "TelemetryConfiguration",
    "TlsConfiguration",
    "TracesConfiguration",
    "UpstreamConfiguration",
    "read_configuration",
]
