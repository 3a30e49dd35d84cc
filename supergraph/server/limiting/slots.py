"""How many requests are worked on at once: who finds no room waits a little, or is sent away."""

from __future__ import annotations

import asyncio
from collections import deque
from http import HTTPStatus

from supergraph.configuration import ConcurrencyConfiguration
from supergraph.server.refusal import HttpRefusal


class Slots:
    """A bounded number of slots with a bounded queue before them: first come, first served.

    `async with slots:` holds one; so does who `take`s one, or `wait`s for it, until it is given `back`. Raises
    `HttpRefusal`, a 503, where the queue is full or too slow.
    """

    def __init__(self, configuration: ConcurrencyConfiguration) -> None:
        self._free = configuration.requests
        self._longest_queue = configuration.queue
        self._seconds = configuration.queue_seconds
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        if not self.take():
            await self.wait()

    async def __aexit__(self, *_: object) -> None:
        self.back()

    def take(self) -> bool:
        """Takes a slot if one is free."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def wait(self) -> None:
        """Takes a slot when there is one."""
        if len(self._waiting) >= self._longest_queue:
            raise _overloaded()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.back()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise _overloaded() from error
            raise

    def back(self) -> None:
        """Gives a slot back, to who waits longest."""
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
