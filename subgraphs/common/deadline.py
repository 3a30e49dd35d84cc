"""Work that nobody waits for any more is broken off."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-request-timeout-ms"
LONGEST = 9
"""Digits: whoever grants more milliseconds than that grants any time."""


class Deadline:
    """Gives a request as much time as its caller grants it, in milliseconds; then it is cancelled, and answers 504.

    The router grants time to queries alone, so no change is broken off half-way.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        seconds = _granted(scope) if scope["type"] == "http" else None
        if seconds is None:
            await self._app(scope, receive, send)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        time = asyncio.timeout(seconds)
        try:
            async with time:
                await self._app(scope, receive, noting)
        except TimeoutError:
            if begun or not time.expired():
                raise
            await _too_late()(scope, receive, send)


def _granted(scope: Scope) -> float | None:
    value = next((value for name, value in scope["headers"] if name == HEADER), b"")
    return int(value) / 1000 if value.isdigit() and len(value) <= LONGEST else None


def _too_late() -> JSONResponse:
    message = "There was not enough time to answer."
    return JSONResponse(
        {"errors": [{"message": message, "extensions": {"code": "SUBGRAPH_REQUEST_TIMEOUT"}}]}, 504
    )
