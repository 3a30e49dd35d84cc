"""A channel whose replies a test gives, one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from supergraph.upstream import Deadlines, Ended, SubgraphReply, SubgraphRequest


class Gated:
    """Each exchange waits for `reply` or `fail`. `sent` are the requests, `cancelled` the numbers of those given up."""

    def __init__(self) -> None:
        self.sent: list[SubgraphRequest] = []
        self.cancelled: list[int] = []
        self.events: asyncio.Queue[SubgraphReply] = asyncio.Queue()
        self.exchanges: list[GatedExchange] = []

    def exchange(self, request: SubgraphRequest, ended: Ended) -> GatedExchange:
        return GatedExchange(self, request, ended)

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:  # noqa: ARG002 - the protocol names it
        while True:
            yield await self.events.get()

    def reply(self, number: int, **data: object) -> None:
        self.exchanges[number].ended(SubgraphReply(data))

    def fail(self, number: int, error: Exception) -> None:
        self.exchanges[number].ended(error)


class GatedExchange:
    """Waits to be told how it ended."""

    def __init__(self, gated: Gated, request: SubgraphRequest, ended: Ended) -> None:
        self._gated, self._request = gated, request
        self.ended = ended

    def start(self, deadlines: Deadlines) -> None:  # noqa: ARG002 - the protocol names it
        self._gated.sent.append(self._request)
        self._gated.exchanges.append(self)

    def cancel(self) -> None:
        self._gated.cancelled.append(self._gated.exchanges.index(self))


async def until(holds: Callable[[], bool]) -> None:
    """Waits for a state; the test fails where it does not come."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - states of any kind, by looking
            await asyncio.sleep(0)


async def settled() -> None:
    """Lets everything run that can run without being given anything."""
    for _ in range(10):
        await asyncio.sleep(0)
