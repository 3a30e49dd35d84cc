"""The transport that carries no more than so many requests at a time."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

from supergraph.upstream.transport import Transport, TransportRequest, TransportResponse, TransportStream


class BoundedTransport:
    """Carries so many requests at a time, and has further ones wait for their turn.

    One for each subgraph: whoever keeps all its requests waiting takes no connection from the others. Streams do
    not count, since they last for hours.
    """

    def __init__(self, transport: Transport, most: int) -> None:
        self._transport = transport
        self._turns = asyncio.Semaphore(most)

    async def send(self, request: TransportRequest) -> TransportResponse:
        """Send, once there is a turn; raises `TransportError`."""
        async with self._turns:
            return await self._transport.send(request)

    def stream(self, request: TransportRequest) -> AbstractAsyncContextManager[TransportStream]:
        """Send at once, and read the response as it comes; raises `TransportError`."""
        return self._transport.stream(request)
