"""Settings that every subgraph has, read once at start from the environment."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(RuntimeError):
    """A setting is missing or wrong; the message says which and what to do."""


class SubgraphSettings(BaseSettings):
    """What a subgraph runs on. A subclass sets `env_prefix` (`MOVIES_`), so `MOVIES_DATABASE_URL` and so on.

    `var` is the folder of the embedded stores. `database_url` is an SQLAlchemy URL (SQLite below `var` where
    empty); `broker_url` an `amqp://` URL (the embedded broker where empty), and `broker_prefix` begins the names of
    exchange and queues there, where several businesses share a virtual host. `internal_key` signs the identity
    tokens that the router passes on; where it is empty, the file `internal.key` below `var` holds it.
    `demo` seeds an empty store with the demo world. `traces_endpoint` is the collector of traces, the same setting as
    the router's; empty: there are none.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    var: Path = Field(default=Path("var"), validation_alias="SUPERGRAPH_VAR")
    database_url: str = ""
    broker_url: str = Field(default="", validation_alias="BROKER_URL")
    broker_prefix: str = Field(default="", validation_alias="BROKER_PREFIX")
    internal_key: SecretStr = Field(default=SecretStr(""), validation_alias="SUPERGRAPH_INTERNAL_KEY")
    traces_endpoint: str = Field(default="", validation_alias="SUPERGRAPH_TELEMETRY__TRACES__ENDPOINT")
    demo: bool = Field(default=False, validation_alias="SUPERGRAPH_DEMO")

    def database(self, name: str) -> str:
        """The URL of this subgraph's database: the one that is set, else an SQLite file below `var`."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.var / f'{name}.sqlite').resolve()}"

    def identity_key(self) -> bytes:
        """The key of the internal identity tokens.

        Raises:
            SettingsError: there is none, so that no caller could be told from another.
        """
        if secret := self.internal_key.get_secret_value():
            return secret.encode()
        file = self.var / "internal.key"
        if file.is_file():
            return file.read_text().strip().encode()
        raise SettingsError(
            f"No key for identity tokens: set SUPERGRAPH_INTERNAL_KEY (32 bytes or more), or put it into {file}."
        )
