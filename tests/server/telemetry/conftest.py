"""A router with telemetry in front of one subgraph that answers from a schema of this process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from supergraph.configuration import Configuration
from supergraph.model import Supergraph
from supergraph.server.router import Router, create_router
from supergraph.upstream import (
    Endpoint,
    SubgraphRequest,
    TransportError,
    TransportRequest,
    TransportResponse,
    TransportStream,
)
from tests.server.local_upstream import LocalUpstream


@dataclass
class LocalTransport:
    """Carries requests to the local schema, and remembers them; `down` refuses every one."""

    upstream: LocalUpstream
    requests: list[TransportRequest] = field(default_factory=list)
    down: bool = False

    async def send(self, request: TransportRequest) -> TransportResponse:
        self.requests.append(request)
        if self.down:
            raise TransportError("connection to 10.1.2.3 refused")
        reply = self.upstream.reply(SubgraphRequest("local", request.body, request.headers))
        body = orjson.dumps({"data": reply.data, "errors": list(reply.errors)})
        return TransportResponse(200, {"content-type": "application/json"}, body)

    @asynccontextmanager
    async def stream(self, request: TransportRequest) -> AsyncIterator[TransportStream]:
        self.requests.append(request)

        async def chunks() -> AsyncIterator[bytes]:
            async for reply in self.upstream.subscribe(SubgraphRequest("local", request.body)):
                yield b"event: next\ndata: " + orjson.dumps({"data": reply.data}) + b"\n\n"
            yield b"event: complete\n\n"

        yield TransportStream(200, {"content-type": "text/event-stream"}, chunks())


@pytest.fixture
def subgraph(upstream: LocalUpstream) -> LocalTransport:
    return LocalTransport(upstream)


Routers = Callable[..., Router]


@pytest.fixture
def router(supergraph: Supergraph, subgraph: LocalTransport) -> Routers:
    """A router with these values in its section `telemetry`, and others beside it."""

    def with_telemetry(values: dict[str, Any], folder: Path = Path(), **others: Any) -> Router:
        configuration = Configuration.of({"telemetry": values, **others}, folder)
        endpoints = {"local": Endpoint("http://local/graphql", subgraph)}
        return create_router(configuration, supergraph, endpoints, subgraph)

    return with_telemetry
