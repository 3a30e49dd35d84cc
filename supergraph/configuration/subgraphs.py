"""Where the subgraphs are, and how they run on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from supergraph.configuration.headers import SubgraphHeadersConfiguration
from supergraph.configuration.section import Section
from supergraph.configuration.tls import TlsConfiguration


class SubgraphSubscriptionsConfiguration(Section):
    """How subscriptions go to a subgraph: as server-sent events, or over WebSocket by `graphql-transport-ws`.

    `path` is where its server takes WebSocket connections, if not where it takes requests.
    """

    protocol: Literal["sse", "graphql-transport-ws"] = "sse"
    path: str = Field(default="", pattern=r"^(/.*)?$")


class SubgraphConfiguration(Section):
    """One subgraph.

    `schema` is its SDL file, for composition. `url` is its GraphQL endpoint, in place of the one in the
    supergraph; `urls` are several, where the same subgraph runs more than once. `discover: dns` makes an endpoint of
    each address that DNS has for their names. `app` (an ASGI application) and
    `worker` (`async def run(stop: asyncio.Event)`) are import strings, for `supergraph dev`. `headers` pass
    to and from it besides those of all subgraphs. `http2`, `tls`, `timeout_seconds` and `probe_path` hold for it in
    place of those in `upstream`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, protected_namespaces=())

    contract: Path | None = Field(default=None, alias="schema")
    url: str = ""
    urls: tuple[str, ...] = ()
    discover: Literal["none", "dns"] = "none"
    subscriptions: SubgraphSubscriptionsConfiguration = SubgraphSubscriptionsConfiguration()
    http2: bool | None = None
    tls: TlsConfiguration | None = None
    timeout_seconds: float | None = Field(default=None, gt=0)
    probe_path: str | None = Field(default=None, pattern=r"^(/.*)?$")
    app: str = ""
    worker: str = ""
    headers: SubgraphHeadersConfiguration = SubgraphHeadersConfiguration()

    @model_validator(mode="after")
    def _one_way_to_say_where(self) -> Self:
        if self.url and self.urls:
            raise ValueError("give either `url`, or `urls`")
        if len(set(self.urls)) < len(self.urls):
            raise ValueError("`urls` names an endpoint twice")
        return self

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The URLs that are configured, if any."""
        return self.urls or ((self.url,) if self.url else ())


class DevelopmentConfiguration(Section):
    """What `supergraph dev` adds.

    `environment` holds variables that the subgraphs see unless they are set already. `announce` are lines to
    print once everything listens. `client_settings` join the client's own.
    """

    environment: dict[str, str] = Field(default_factory=dict)
    announce: tuple[str, ...] = ()
    client_settings: dict[str, JsonValue] = Field(default_factory=dict)
