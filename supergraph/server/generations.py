"""The router of now, and those before it that still have work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from supergraph.server.direct import Answer
from supergraph.server.heads import Head
from supergraph.server.parts import Parts, close_all
from supergraph.server.readiness import Readiness
from supergraph.server.refusal import HttpRefusal, response_to
from supergraph.server.router import GRAPHQL_PATH, Router
from supergraph.server.site import create_site
from supergraph.server.whole_responses import LastTelling

TRY_AGAIN_LATER = 1013
KEPT = 3
"""So many older generations may have subscriptions that go on: each holds a supergraph in memory."""


@dataclass(slots=True, eq=False)
class _Generation:
    router: Router
    in_flight: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    def ended(self) -> None:
        """Takes note that a request was answered."""
        self.in_flight -= 1
        if not self.in_flight:
            self.idle.set()


class Generations:
    """One ASGI application of many routers, one after the other.

    Every request is answered by the router that was the newest when it came, to its end. What of an older one would
    never end by itself, ends within the newest one's `reload.drain_seconds` where that would answer it differently.
    Until there is a router, the probes answer and everything else is refused with 503. `settled` is called when there
    is one, and whenever a former one is gone.
    """

    def __init__(self, readiness: Readiness, settled: Callable[[], None] = lambda: None) -> None:
        self.readiness = readiness
        self._settled = settled
        self._current: _Generation | None = None
        self._older: list[_Generation] = []
        self._working: set[asyncio.Task[None]] = set()
        self._starting = create_site(readiness, lambda: False)

    @property
    def router(self) -> Router | None:
        """The newest router, if there is one."""
        return None if self._current is None else self._current.router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request or connection."""
        if scope["type"] == "http":
            send = LastTelling(self.readiness, scope, send)
        generation = self._current
        if generation is None:
            await self._without_router(scope, receive, send)
            return
        generation.in_flight += 1
        try:
            await generation.router(scope, receive, send)
        finally:
            generation.ended()

    def take(self, head: Head, body: bytes, address: str | None, answer: Answer) -> bool:
        """Has a request answered without ASGI, or says that it is not taken."""
        generation = self._current
        if generation is None or self.readiness.closing:
            return False
        generation.in_flight += 1
        taken = generation.router.take(head, body, address, partial(self._answered, generation, answer))
        if not taken:
            generation.ended()
        return taken

    def _answered(
        self,
        generation: _Generation,
        answer: Answer,
        status: int,
        head: bytes,
        body: bytes,
        *,
        last: bool = False,
    ) -> None:
        generation.ended()
        answer(status, head, body, last=last or self.readiness.closing)

    def succeed(self, router: Router) -> None:
        """Gives all further requests to this router."""
        former, self._current = self._current, _Generation(router)
        if self.readiness.closing:
            router.closing.set()
        if former is None:
            self._settled()
            return
        self.readiness.generation += 1
        self._older.insert(0, former)
        self._spawn(self._retire(router))
        self._spawn(self._release(former, router))

    def leave(self) -> None:
        """Says by `/ready` and `Connection: close` that no more requests are wanted; those that come are answered."""
        self.readiness.closing = True

    def close(self) -> None:
        """Ends what would never end by itself; requests are answered on."""
        self.leave()
        for generation in (*self._older, self._current):
            if generation is not None:
                generation.router.closing.set()

    async def aclose(self) -> None:
        """Closes what the routers were made of; nobody is answered any more."""
        for task in tuple(self._working):
            task.cancel()
        generations = [*self._older, self._current]
        routers = [generation.router for generation in generations if generation is not None]
        parts = {id(part): part for router in routers for part in router.parts.without(Parts())}
        await close_all(parts.values())

    async def _retire(self, successor: Router) -> None:
        within = successor.configuration.reload.drain_seconds
        for age, older in enumerate(tuple(self._older)):
            await older.router.closing.retire(successor, within, all_end=age >= KEPT)

    async def _release(self, former: _Generation, successor: Router) -> None:
        """Closes the parts of a generation that its successor has not, once nothing needs them any more."""
        if former.in_flight:
            former.idle.clear()
            await former.idle.wait()
        self._older.remove(former)
        await close_all(former.router.parts.without(successor.parts))
        del former, successor
        self._settled()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _without_router(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close(TRY_AGAIN_LATER, self.readiness.waiting)
        elif scope["type"] == "lifespan" or scope["path"] != GRAPHQL_PATH:
            await self._starting(scope, receive, send)
        else:
            await response_to(_unavailable(self.readiness.waiting))(scope, receive, send)


def _unavailable(waiting: str) -> HttpRefusal:
    message = f"The router does not take requests yet: {waiting}."
    headers = ((b"retry-after", b"1"),)
    return HttpRefusal(HTTPStatus.SERVICE_UNAVAILABLE, "NO_SUPERGRAPH_AVAILABLE", message, headers)
