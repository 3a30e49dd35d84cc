"""How many requests are worked on at once: who finds no room waits a little, or is sent away."""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus

from supergraph.configuration import ConcurrencyConfiguration
from supergraph.server.refusal import HttpRefusal


class Slots:
    """A bounded number of slots with a bounded queue before them: first come, first served.

    `async with slots:` holds one. Raises `HttpRefusal`, a 503, where the queue is full or too slow.
    """

    def __init__(self, configuration: ConcurrencyConfiguration) -> None:
        self._free = configuration.requests
        self._longest_queue = configuration.queue
        self._seconds = configuration.queue_seconds
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait()

    async def __aexit__(self, *_: object) -> None:
        self._hand_on()

    async def _wait(self) -> None:
        if len(self._waiting) >= self._longest_queue:
            raise _overloaded()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._hand_on()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise _overloaded() from error
            raise

    def _hand_on(self) -> None:
        """Gives a slot to who waits longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


def _overloaded() -> HttpRefusal:
    return HttpRefusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "REQUEST_CONCURRENCY_LIMITED",
        "The router has as much work as it can do: try again in a moment.",
        ((b"retry-after", b"1"),),
    )
