"""`supergraph.yaml`: what a router serves, and how.

Every value can also be set in the environment, which wins: `SUPERGRAPH_LIMITS__BODY_BYTES=65536` or
`SUPERGRAPH_SUBGRAPHS__MOVIES__URL=http://movies:4001/graphql`. Secrets stand in the environment only.
Relative paths start at the folder of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

Algorithm = Literal["EdDSA", "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]


class ConfigurationError(Exception):
    """The configuration cannot be used; each line of the message names the file, the key, and what to do."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SubgraphConfiguration(_Section):
    """One subgraph.

    `schema` is its SDL file, for composition. `url` is its GraphQL endpoint, in place of the one in the
    supergraph. `app` (an ASGI application) and `worker` (`async def run(stop: asyncio.Event)`) are import
    strings, for `supergraph dev`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, protected_namespaces=())

    contract: Path | None = Field(default=None, alias="schema")
    url: str = ""
    app: str = ""
    worker: str = ""


class KeySetConfiguration(_Section):
    """Where the issuer's JSON Web Key Set is: at `url`, or at `path` of a subgraph's host."""

    url: str = ""
    subgraph: str = ""
    path: str = "/.well-known/jwks.json"

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.url) == bool(self.subgraph):
            raise ValueError("give either `url`, or `subgraph` with `path`")
        return self


class AccessTokensConfiguration(_Section):
    """What an access token (RFC 9068) must be, to be believed. `leeway_seconds` allows for unequal clocks."""

    key_set: KeySetConfiguration
    issuer: str
    audience: str
    algorithms: tuple[Algorithm, ...] = ("EdDSA",)
    leeway_seconds: float = Field(default=10, ge=0, le=300)


class IdentityConfiguration(_Section):
    """Who asks, and how the subgraphs learn it.

    Without `access_tokens` everybody is anonymous. With `internal_tokens` each subgraph request carries a
    token of the router's, signed with the key in the environment variable `SUPERGRAPH_INTERNAL_KEY`.
    """

    access_tokens: AccessTokensConfiguration | None = None
    internal_tokens: bool = False


class LimitsConfiguration(_Section):
    """What one request may weigh; more is refused before any work is done.

    `deadline_seconds` is for a whole operation: what is late by then is null.
    """

    body_bytes: int = Field(default=1_000_000, gt=0)
    tokens: int = Field(default=15_000, gt=0)
    deadline_seconds: float = Field(default=30, gt=0)


class CorsConfiguration(_Section):
    """Which other origins' pages may call: none, unless they are listed (`https://shop.example`)."""

    origins: tuple[str, ...] = ()


class DevelopmentConfiguration(_Section):
    """What `supergraph dev` adds.

    `environment` holds variables that the subgraphs see unless they are set already. `announce` are lines to
    print once everything listens.
    """

    environment: dict[str, str] = Field(default_factory=dict)
    announce: tuple[str, ...] = ()


class Configuration(BaseSettings):
    """All of `supergraph.yaml`; the defaults are the safe ones.

    `supergraph` is what the router loads, `api` where `compose` writes the clients' schema, `operations` are
    folders of operations that `check` plans and GraphiQL offers as examples. `client` is the folder of a
    built web client, served at `/`. `var` is where `dev` keeps what it makes, a key for internal tokens for
    example.
    """

    model_config = SettingsConfigDict(
        env_prefix="SUPERGRAPH_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    supergraph: Path = Path("schema/supergraph.graphql")
    api: Path = Path("schema/api.graphql")
    operations: tuple[Path, ...] = ()
    client: Path | None = None
    var: Path = Path("var")
    subgraphs: dict[str, SubgraphConfiguration] = Field(default_factory=dict)

    host: str = "127.0.0.1"
    port: int = Field(default=4000, ge=0, le=65535)
    introspection: bool = False
    graphiql: bool = False
    mask_errors: bool = True
    csrf_prevention: bool = True
    cors: CorsConfiguration = CorsConfiguration()
    limits: LimitsConfiguration = LimitsConfiguration()
    identity: IdentityConfiguration = IdentityConfiguration()
    dev: DevelopmentConfiguration = DevelopmentConfiguration()

    internal_key: SecretStr = SecretStr("")

    _folder: Path = PrivateAttr(default=Path())

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


def read_configuration(file: Path) -> Configuration:
    """The configuration in a YAML file.

    Raises:
        ConfigurationError: it cannot be read, is no YAML, or says something that the router does not know.
    """
    values = _read_yaml(file)
    try:
        return Configuration.of(values, file.parent)
    except ValidationError as error:
        lines = [f"{file}: {_explain(detail)}" for detail in error.errors()]
        raise ConfigurationError("\n".join(lines)) from error


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
        return f"{key}: there is no such key."
    if detail["type"] == "missing":
        return f"{key}: is missing."
    message = detail["msg"].removeprefix("Value error, ")
    return f"{key}: {message[0].lower()}{message[1:]}."
