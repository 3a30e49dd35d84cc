"""What carries requests to one endpoint."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol, runtime_checkable

from supergraph.upstream.codec import Codec
from supergraph.upstream.endpoint import Endpoint
from supergraph.upstream.exchange import EndpointExchange, Exchange
from supergraph.upstream.http1 import Line
from supergraph.upstream.request import Ended, SubgraphReply, SubgraphRequest
from supergraph.upstream.subscribing import subscribe


class Channel(Protocol):
    """Carries requests to one endpoint."""

    def exchange(self, request: SubgraphRequest, ended: Ended) -> Exchange:
        """Make the exchange for a query or mutation, which tells how it ended once it was started."""
        ...

    def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Send a subscription, and give a reply for each event; raises `SubgraphError`, at any time."""
        ...


@runtime_checkable
class Wired(Protocol):
    """A transport over connections of our own, which exchanges may use themselves."""

    def line(self, url: str, server: str) -> Line | None:
        """Give the way to a URL, where there is one."""
        ...


class EndpointChannel:
    """Carries requests to an endpoint, over its transport."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._codec = Codec(endpoint)
        transport = endpoint.transport
        self._line = transport.line(endpoint.url, endpoint.server) if isinstance(transport, Wired) else None

    def exchange(self, request: SubgraphRequest, ended: Ended) -> EndpointExchange:
        """Make the exchange for a query or mutation."""
        return EndpointExchange(self._codec, self._line, request, ended)

    def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Send a subscription, as the endpoint is configured; raises `SubgraphError`."""
        return subscribe(self._endpoint, request)
