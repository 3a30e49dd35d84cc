"""`supergraph.yaml`: what a router serves, and how.

Every value can also be set in the environment, which wins: `SUPERGRAPH_LIMITS__BODY_BYTES=65536` or
`SUPERGRAPH_SUBGRAPHS__MOVIES__URL=http://movies:4001/graphql`. Secrets stand in the environment only.
Relative paths start at the folder of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, JsonValue, PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from supergraph.configuration.connections import ConnectionsConfiguration
from supergraph.configuration.contracts import ContractConfiguration
from supergraph.configuration.headers import HeadersConfiguration
from supergraph.configuration.identity import IdentityConfiguration
from supergraph.configuration.lifecycle import ReloadConfiguration, ShutdownConfiguration
from supergraph.configuration.limits import LimitsConfiguration
from supergraph.configuration.protocol import (
    BatchingConfiguration,
    CompressionConfiguration,
    CorsConfiguration,
    HostName,
    PersistedDocumentsConfiguration,
    StatusProfile,
)
from supergraph.configuration.rates import (
    ConcurrencyConfiguration,
    Network,
    RateLimitsConfiguration,
    RedisConfiguration,
    StreamsConfiguration,
)
from supergraph.configuration.section import ConfigurationError
from supergraph.configuration.subgraphs import DevelopmentConfiguration, SubgraphConfiguration
from supergraph.configuration.suggesting import suggestion
from supergraph.configuration.telemetry import TelemetryConfiguration
from supergraph.configuration.upstream import UpstreamConfiguration


class Configuration(BaseSettings):
    """All of `supergraph.yaml`; the defaults are the safe ones.

    `supergraph` is what the router loads, `api` where `compose` writes the clients' schema, `contracts`
    are parts of the graph by name, which `compose` writes too. `operations` are folders of operations that `check`
    plans and GraphiQL offers as examples. `client` is the folder of a
    built web client, served at `/`; what it is to know of where it runs are its `client_settings`, at
    `/client.json`. `var` is where `dev` keeps what it makes, a key for internal tokens for
    example. `error_services` tells clients from which subgraph an error came. `override_labels` are the
    labels of progressive overrides that are on. Of `trusted_proxies` alone it is believed for whom they ask
    (`X-Forwarded-For`).

    `allowed_hosts` are the names by which clients may call, besides those of this machine: `shop.example`,
    `*.shop.example`, or `*` for any. Where none is given any is good, but for a router that listens on loopback without
    `trusted_proxies`: that takes those of this machine alone, so that no page of another site can make it its own.
    """

    model_config = SettingsConfigDict(
        env_prefix="SUPERGRAPH_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    supergraph: Path = Path("schema/supergraph.graphql")
    api: Path = Path("schema/api.graphql")
    operations: tuple[Path, ...] = ()
    client: Path | None = None
    client_settings: dict[str, JsonValue] = Field(default_factory=dict)
    var: Path = Path("var")
    subgraphs: dict[str, SubgraphConfiguration] = Field(default_factory=dict)
    contracts: dict[str, ContractConfiguration] = Field(default_factory=dict)

    host: str = "127.0.0.1"
    allowed_hosts: tuple[HostName, ...] = ()
    port: int = Field(default=4000, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=256)
    reload: ReloadConfiguration = ReloadConfiguration()
    shutdown: ShutdownConfiguration = ShutdownConfiguration()
    introspection: bool = False
    graphiql: bool = False
    mask_errors: bool = True
    error_services: bool = False
    csrf_prevention: bool = True
    statuses: StatusProfile = "audit"
    batching: BatchingConfiguration = BatchingConfiguration()
    persisted_documents: PersistedDocumentsConfiguration = PersistedDocumentsConfiguration()
    cors: CorsConfiguration = CorsConfiguration()
    compression: CompressionConfiguration = CompressionConfiguration()
    limits: LimitsConfiguration = LimitsConfiguration()
    connections: ConnectionsConfiguration = ConnectionsConfiguration()
    rate_limits: RateLimitsConfiguration = RateLimitsConfiguration()
    concurrency: ConcurrencyConfiguration = ConcurrencyConfiguration()
    streams: StreamsConfiguration = StreamsConfiguration()
    trusted_proxies: tuple[Network, ...] = ()
    redis: RedisConfiguration = RedisConfiguration()
    identity: IdentityConfiguration = IdentityConfiguration()
    headers: HeadersConfiguration = HeadersConfiguration()
    upstream: UpstreamConfiguration = UpstreamConfiguration()
    override_labels: tuple[str, ...] = ()
    telemetry: TelemetryConfiguration = TelemetryConfiguration()
    dev: DevelopmentConfiguration = DevelopmentConfiguration()

    internal_key: SecretStr = SecretStr("")

    _folder: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _a_redis_to_share(self) -> Self:
        users = {
            "rate_limits.store": self.rate_limits.store,
            "persisted_documents.store": self.persisted_documents.store,
        }
        for key, store in users.items():
            if store == "redis" and not self.redis.url:
                raise ValueError(f"`{key}: redis` needs `redis.url`")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file."""
        return env_settings, init_settings

    def at(self, path: Path) -> Path:
        """A configured path, seen from the current directory."""
        return self._folder / path

    @classmethod
    def of(cls, values: Mapping[str, Any], folder: Path = Path()) -> Self:
        """The configuration with these values, the environment's over them; paths start at `folder`.

        Raises:
            pydantic.ValidationError: a key is unknown, or a value wrong.
        """
        configuration = cls(**values)
        configuration._folder = folder
        return configuration


def read_configuration(file: Path | None) -> Configuration:
    """The configuration in a YAML file; without one, of the environment alone.

    Raises:
        ConfigurationError: it cannot be read, is no YAML, or says something that the router does not know.
    """
    values, folder = ({}, Path()) if file is None else (_read_yaml(file), file.parent)
    try:
        return Configuration.of(values, folder)
    except ValidationError as error:
        lines = [f"{file or 'environment'}: {_explain(detail)}" for detail in error.errors()]
        raise ConfigurationError("\n".join(lines)) from error
    except SettingsError as error:
        raise ConfigurationError(f"environment: {error}: it must be JSON.") from error


def _read_yaml(file: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: is no YAML: {error}") from error
    if values is None:
        return {}
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ConfigurationError(
            f"{file}: must hold keys and values, like `supergraph: schema/supergraph.graphql`."
        )
    return values


def _explain(detail: ErrorDetails) -> str:
    key = ".".join(str(part) for part in detail["loc"]) or "the whole"
    if detail["type"] == "extra_forbidden":
        meant = suggestion(Configuration, detail["loc"])
        return f"{key}: there is no such key." + (f" Did you mean `{meant}`?" if meant else "")
    if detail["type"] == "missing":
        return f"{key}: is missing."
    message = detail["msg"].removeprefix("Value error, ")
    return f"{key}: {message[0].lower()}{message[1:]}."
