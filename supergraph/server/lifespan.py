"""The lifespan of an ASGI application, run by us because the application runs in our process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from starlette.types import ASGIApp, Message

_log = structlog.get_logger(__name__)


class StartupFailed(Exception):
    """The application said that it cannot start; the message is its own."""


@asynccontextmanager
async def lifespan(app: ASGIApp) -> AsyncIterator[dict[str, Any]]:
    """Starts the application, yields its lifespan state, and shuts it down when the context is left.

    An application that knows no lifespan is taken as started.

    Raises:
        StartupFailed: it could not start.
    """
    run = _Run(app)
    await run.start()
    try:
        yield run.state
    finally:
        await run.stop()


class _Run:
    def __init__(self, app: ASGIApp) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[Message] = asyncio.Queue()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())
        answer = await self._exchange("lifespan.startup")
        if answer is not None and answer["type"] == "lifespan.startup.failed":
            cause = await self._ended()
            raise StartupFailed(str(cause or answer.get("message") or "it gave no reason")) from cause
        if answer is None and self._inbox.empty() and (cause := await self._ended()):
            raise StartupFailed(str(cause)) from cause

    async def stop(self) -> None:
        if not self._task.done():
            await self._exchange("lifespan.shutdown")
        if cause := await self._ended():
            _log.error("an application did not shut down cleanly", exc_info=cause)

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        await self._app(scope, self._inbox.get, self._outbox.put)

    async def _exchange(self, request: str) -> Message | None:
        """Tells the application something, and gives its answer; None when it returned without one."""
        await self._inbox.put({"type": request})
        answer = asyncio.create_task(self._outbox.get())
        await asyncio.wait([answer, self._task], return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        answer.cancel()
        return None

    async def _ended(self) -> BaseException | None:
        await asyncio.wait([self._task])
        return self._task.exception()
