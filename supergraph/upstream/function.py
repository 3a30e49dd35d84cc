"""A transport that asks a function: for tests, and for subgraphs that are not there yet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from supergraph.upstream.transport import (
    ResponseTooLarge,
    TransportRequest,
    TransportResponse,
    TransportStream,
)

Answer = Callable[[TransportRequest], Awaitable[TransportResponse]]


class FunctionTransport:
    """Answers each request by awaiting `answer(request)`; a streamed response is its body in one piece."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def send(self, request: TransportRequest) -> TransportResponse:
        """Ask the function."""
        response = await self._answer(request)
        if len(response.body) > request.limit:
            raise ResponseTooLarge(f"the response has more than {request.limit} bytes")
        return response

    @asynccontextmanager
    async def stream(self, request: TransportRequest) -> AsyncIterator[TransportStream]:
        """Ask the function, and give its body as one piece."""
        response = await self._answer(request)

        async def chunks() -> AsyncIterator[bytes]:
            yield response.body

        yield TransportStream(response.status, response.headers, chunks())
