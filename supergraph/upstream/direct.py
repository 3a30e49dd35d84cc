"""The upstream with nothing in between: each request goes straight to its subgraph's one endpoint."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing, contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from supergraph.upstream.errors import (
    MalformedReply,
    ReplyTooLarge,
    SubgraphError,
    SubgraphTimeout,
    SubgraphUnreachable,
)
from supergraph.upstream.graphql_transport_ws import subscribe as subscribe_over_websocket
from supergraph.upstream.graphql_transport_ws import websocket_url
from supergraph.upstream.reply import read_reply, read_response
from supergraph.upstream.request import SubgraphReply, SubgraphRequest
from supergraph.upstream.server_sent_events import ServerSentEvent, read_events
from supergraph.upstream.transport import (
    ResponseTooLarge,
    Transport,
    TransportError,
    TransportRequest,
    TransportResponse,
    TransportStream,
)

ACCEPT_JSON = "application/graphql-response+json, application/json;q=0.9"
NOTHING: Mapping[str, str] = MappingProxyType({})
ACCEPT_EVENTS = "text/event-stream, application/graphql-response+json;q=0.9, application/json;q=0.8"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a subgraph is, and what is granted to it.

    `timeout` is in seconds, for one whole reply or for the start of a stream; `limit` in bytes, for one
    reply or event. `headers` go with each request. `replicas` are further URLs at which the same subgraph is.
    `remote` says that it is reached over a network, and not in this process. `discover` has DNS say at which
    addresses it is. `server` is the name of the server where the URL has its address. `websocket` is the path
    at which subscriptions go over WebSocket (empty: the URL's own), and None where they go as server-sent events.
    `tls` says whom to trust over WebSocket. `timeout_header` tells the subgraph how many milliseconds a query may take.
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


class DirectUpstream:
    """Subgraphs by name, each with one endpoint."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = dict(endpoints)

    async def fetch(self, request: SubgraphRequest) -> SubgraphReply:
        """Send a query or mutation over its endpoint's transport; raises `SubgraphError`."""
        endpoint = self._endpoint(request)
        seconds = _seconds(request, endpoint)
        with _outages(request.subgraph, seconds):
            async with asyncio.timeout(seconds):
                response = await endpoint.transport.send(
                    _outgoing(request, endpoint, ACCEPT_JSON, _granted(request, endpoint, seconds))
                )
        return read_response(request.subgraph, response)

    def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Send a subscription, as its endpoint is configured; raises `SubgraphError`."""
        endpoint = self._endpoints.get(request.subgraph)
        if endpoint is None or endpoint.websocket is None:
            return self._events(request)
        url = websocket_url(endpoint.url, endpoint.websocket)
        headed = replace(request, headers={**endpoint.headers, **request.headers})
        return subscribe_over_websocket(
            headed, url, endpoint.server, _seconds(request, endpoint), endpoint.limit, endpoint.tls
        )

    async def _events(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Send a subscription as a POST that asks for server-sent events (GraphQL over SSE, distinct mode).

        A subgraph that refuses it answers in JSON: that is then the only reply. Raises `SubgraphError`.
        """
        endpoint = self._endpoint(request)
        seconds = _seconds(request, endpoint)
        exchange = endpoint.transport.stream(_outgoing(request, endpoint, ACCEPT_EVENTS))
        with _outages(request.subgraph, seconds):
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(seconds):
                    stream = await stack.enter_async_context(exchange)
                replies = _replies(request.subgraph, stream, endpoint.limit)
                async for reply in await stack.enter_async_context(aclosing(replies)):
                    yield reply

    def _endpoint(self, request: SubgraphRequest) -> Endpoint:
        try:
            return self._endpoints[request.subgraph]
        except KeyError:
            raise SubgraphUnreachable(request.subgraph, "no endpoint is configured") from None


def _seconds(request: SubgraphRequest, endpoint: Endpoint) -> float:
    return endpoint.timeout if request.timeout is None else max(0.0, min(request.timeout, endpoint.timeout))


def _granted(request: SubgraphRequest, endpoint: Endpoint, seconds: float) -> dict[str, str]:
    """What tells a subgraph how long a query may take. A mutation is not to be broken off half-way."""
    if not endpoint.timeout_header or not request.repeatable:
        return {}
    return {endpoint.timeout_header: str(int(seconds * 1000))}


def _outgoing(
    request: SubgraphRequest, endpoint: Endpoint, accept: str, granted: Mapping[str, str] = NOTHING
) -> TransportRequest:
    headers = {
        "content-type": "application/json",
        "accept": accept,
        **request.trace_context,
        **endpoint.headers,
        **request.headers,
        **granted,
    }
    return TransportRequest(endpoint.url, request.body, headers, endpoint.limit, server=endpoint.server)


@contextmanager
def _outages(subgraph: str, seconds: float) -> Iterator[None]:
    """Say of what a transport raises which subgraph it was."""
    try:
        yield
    except SubgraphError:
        raise
    except TimeoutError as error:
        raise SubgraphTimeout(subgraph, seconds) from error
    except ResponseTooLarge as error:
        raise ReplyTooLarge(subgraph, str(error)) from error
    except TransportError as error:
        raise SubgraphUnreachable(subgraph, str(error)) from error


async def _replies(subgraph: str, stream: TransportStream, limit: int) -> AsyncGenerator[SubgraphReply]:
    if not stream.headers.get("content-type", "").startswith("text/event-stream"):
        body = await _gathered(stream.chunks, limit)
        yield read_response(subgraph, TransportResponse(stream.status, stream.headers, body))
        return
    async with aclosing(read_events(stream.chunks, limit)) as events:
        async for event in events:
            if event.event == "complete":
                return
            if (reply := _event_reply(subgraph, event)) is not None:
                yield reply
    raise MalformedReply(subgraph, "the event stream ended without `complete`")


def _event_reply(subgraph: str, event: ServerSentEvent) -> SubgraphReply | None:
    return read_reply(subgraph, event.data) if event.event in {"next", "message"} else None


async def _gathered(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise ResponseTooLarge(f"the response has more than {limit} bytes")
    return bytes(body)
