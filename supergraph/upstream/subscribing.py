"""Subscriptions to one endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, contextmanager
from dataclasses import replace

from supergraph.upstream.codec import Codec
from supergraph.upstream.encoding import decoded_stream
from supergraph.upstream.endpoint import Endpoint
from supergraph.upstream.errors import MalformedReply
from supergraph.upstream.exchange import outage
from supergraph.upstream.graphql_transport_ws import subscribe as subscribe_over_websocket
from supergraph.upstream.graphql_transport_ws import websocket_url
from supergraph.upstream.reply import read_reply, read_response
from supergraph.upstream.request import SubgraphReply, SubgraphRequest
from supergraph.upstream.request_headers import ACCEPT_EVENTS
from supergraph.upstream.server_sent_events import ServerSentEvent, read_events
from supergraph.upstream.transport import ResponseTooLarge, TransportError, TransportStream


def subscribe(endpoint: Endpoint, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
    """Send a subscription, as its endpoint is configured; raises `SubgraphError`."""
    seconds = (
        endpoint.timeout if request.timeout is None else max(0.0, min(request.timeout, endpoint.timeout))
    )
    if endpoint.websocket is None:
        return _events(endpoint, request, seconds)
    url = websocket_url(endpoint.url, endpoint.websocket)
    headed = replace(request, headers={**endpoint.headers, **request.headers})
    return subscribe_over_websocket(headed, url, endpoint.server, seconds, endpoint.limit, endpoint.tls)


async def _events(
    endpoint: Endpoint, request: SubgraphRequest, seconds: float
) -> AsyncGenerator[SubgraphReply]:
    """Send a subscription as a POST that asks for server-sent events (GraphQL over SSE, distinct mode).

    A subgraph that refuses it answers in JSON: that is then the only reply. Raises `SubgraphError`.
    """
    exchange = endpoint.transport.stream(Codec(endpoint, ACCEPT_EVENTS).transported(request, None))
    with _outages(request.subgraph, seconds):
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(seconds):
                stream = await stack.enter_async_context(exchange)
            if endpoint.codings is not None:
                stream = decoded_stream(stream, endpoint.limit)
            replies = _replies(request.subgraph, stream, endpoint.limit)
            async for reply in await stack.enter_async_context(aclosing(replies)):
                yield reply


@contextmanager
def _outages(subgraph: str, seconds: float) -> Iterator[None]:
    """Say of what a transport raises which subgraph it was."""
    try:
        yield
    except (TransportError, TimeoutError) as error:
        raise outage(subgraph, error, seconds) from error


async def _replies(subgraph: str, stream: TransportStream, limit: int) -> AsyncGenerator[SubgraphReply]:
    if not stream.headers.get("content-type", "").startswith("text/event-stream"):
        body = await _gathered(stream.chunks, limit)
        yield read_response(subgraph, stream.status, stream.headers, body)
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
