"""An upstream whose replies a test gives, one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from supergraph.upstream import SubgraphReply, SubgraphRequest


class Gated:
    """Each fetch waits for `reply` or `fail`. `sent` are the requests, `cancelled` the numbers of those given up."""

    def __init__(self) -> None:
        self.sent: list[SubgraphRequest] = []
        self.cancelled: list[int] = []
        self.events: asyncio.Queue[SubgraphReply] = asyncio.Queue()
        self._gates: list[asyncio.Future[SubgraphReply]] = []

    async def fetch(self, request: SubgraphRequest) -> SubgraphReply:
        number = len(self.sent)
        self.sent.append(request)
        self._gates.append(asyncio.get_running_loop().create_future())
        try:
            return await self._gates[number]
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:  # noqa: ARG002 - the protocol names it
        while True:
            yield await self.events.get()

    def reply(self, number: int, **data: object) -> None:
        self._gates[number].set_result(SubgraphReply(data))

    def fail(self, number: int, error: Exception) -> None:
        self._gates[number].set_exception(error)


async def until(holds: Callable[[], bool]) -> None:
    """Waits for a state; the test fails where it does not come."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - states of any kind, by looking
            await asyncio.sleep(0)


async def settled() -> None:
    """Lets everything run that can run without being given anything."""
    for _ in range(10):
        await asyncio.sleep(0)
