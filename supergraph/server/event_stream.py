"""Responses as server-sent events (GraphQL over SSE, "distinct connections mode")."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import orjson
from starlette.types import Receive, Send

from supergraph.server.responses import ResponseMap

PING_EVERY_S = 12.0

COMMENT = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def send_event_stream(
    responses: AsyncGenerator[ResponseMap], closing: asyncio.Event, receive: Receive, send: Send
) -> None:
    """Sends each response as a `next` event, then `complete`.

    The stream ends without `complete` when the router closes, so that clients connect again, and the
    responses are closed as soon as the client has gone.
    """
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    sending = asyncio.create_task(_send_all(events(responses, closing), send))
    gone = asyncio.create_task(_disconnected(receive))
    try:
        await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, gone):
            task.cancel()
        await asyncio.wait({sending, gone})
    if not sending.cancelled():
        sending.result()


async def events(
    responses: AsyncGenerator[ResponseMap], closing: asyncio.Event, *, ping_every: float = PING_EVERY_S
) -> AsyncGenerator[bytes]:
    """The bytes of the stream; a comment keeps the connection alive while nothing happens."""
    closed = asyncio.create_task(closing.wait())
    upcoming = asyncio.create_task(anext(responses, None))
    try:
        yield COMMENT
        while True:
            done, _ = await asyncio.wait(
                {upcoming, closed}, timeout=ping_every, return_when=asyncio.FIRST_COMPLETED
            )
            if closed in done:
                return
            if not done:
                yield COMMENT
                continue
            response = upcoming.result()
            if response is None:
                yield COMPLETE
                return
            yield b"event: next\ndata: " + orjson.dumps(response) + b"\n\n"
            upcoming = asyncio.create_task(anext(responses, None))
    finally:
        for task in (upcoming, closed):
            task.cancel()
        await asyncio.wait({upcoming, closed})
        await responses.aclose()


async def _send_all(chunks: AsyncGenerator[bytes], send: Send) -> None:
    try:
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        await chunks.aclose()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
