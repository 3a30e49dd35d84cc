"""The transport whose connections are renewed, so that they follow a name to where it leads now."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, Self

from supergraph.upstream.transport import Transport, TransportRequest, TransportResponse, TransportStream


class ClosableTransport(Transport, Protocol):
    """A transport that holds connections."""

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class _Generation:
    """A transport until it is replaced, and how many exchanges are on it."""

    def __init__(self, transport: ClosableTransport, until: float) -> None:
        self.transport = transport
        self.until = until
        self.in_flight = 0


def some_less(age: float) -> float:
    """Draw an age of which up to a tenth is taken: routers that began together do not renew together."""
    return age * random.uniform(0.9, 1.0)  # noqa: S311 - no secret


class RenewingTransport:
    """Carries requests over connections that are no older than `age` seconds, however busy they are.

    What is in flight when they are replaced ends on the old ones, which are then closed. A stream keeps its
    connection for as long as it lasts.
    """

    def __init__(
        self,
        make: Callable[[], ClosableTransport],
        age: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[float], float] = some_less,
    ) -> None:
        self._make = make
        self._age = age
        self._clock = clock
        self._draw = draw
        self._generation = self._next()
        self._old: set[_Generation] = set()
        self._closing: set[asyncio.Task[None]] = set()

    async def send(self, request: TransportRequest) -> TransportResponse:
        """Send, and read the whole response; raises `TransportError`."""
        generation = self._enter()
        try:
            return await generation.transport.send(request)
        finally:
            self._leave(generation)

    @asynccontextmanager
    async def stream(self, request: TransportRequest) -> AsyncIterator[TransportStream]:
        """Send, and read the response as it comes; raises `TransportError`."""
        generation = self._enter()
        try:
            async with generation.transport.stream(request) as stream:
                yield stream
        finally:
            self._leave(generation)

    async def aclose(self) -> None:
        """Close all connections."""
        for generation in (*self._old, self._generation):
            await generation.transport.aclose()
        if self._closing:
            await asyncio.wait(self._closing)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    def _next(self) -> _Generation:
        return _Generation(self._make(), self._clock() + self._draw(self._age))

    def _enter(self) -> _Generation:
        if self._clock() >= self._generation.until:
            retired, self._generation = self._generation, self._next()
            self._old.add(retired)
            self._close_if_left(retired)
        self._generation.in_flight += 1
        return self._generation

    def _leave(self, generation: _Generation) -> None:
        generation.in_flight -= 1
        self._close_if_left(generation)

    def _close_if_left(self, generation: _Generation) -> None:
        if generation in self._old and not generation.in_flight:
            self._old.remove(generation)
            closing = asyncio.create_task(generation.transport.aclose())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
