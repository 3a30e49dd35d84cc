"""Where a subgraph is."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from supergraph.upstream.encoding import Codings
from supergraph.upstream.transport import Transport
from supergraph.upstream.turns import Turns


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a subgraph is, and what is granted to it.

    `timeout` is in seconds, for one whole reply or for the start of a stream; `limit` in bytes, for one
    reply or event. `headers` go with each request. `replicas` are further URLs at which the same subgraph is.
    `remote` says that it is reached over a network, and not in this process. `discover` has DNS say at which
    addresses it is. `server` is the name of the server where the URL has its address. `websocket` is the path
    at which subscriptions go over WebSocket (empty: the URL's own), and None where they go as server-sent events.
    `tls` says whom to trust over WebSocket. `timeout_header` tells the subgraph how many milliseconds a query may take.
    `codings` say how bodies are compressed on the way, and `turns` how many requests may be on their way at a time.
    """

    url: str
    transport: Transport
    timeout: float = 30.0
    limit: int = 32 * 1024 * 1024
    headers: Mapping[str, str] = field(default_factory=dict)
    replicas: tuple[str, ...] = ()
    remote: bool = False
    discover: bool = False
    server: str = ""
    websocket: str | None = None
    timeout_header: str = ""
    tls: ssl.SSLContext | None = None
    codings: Codings | None = None
    turns: Turns | None = None
