"""Responses as one endless HTTP response, in a format that the client accepts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

from starlette.types import Receive, Send

from supergraph.server.closing import RELOADED, OpenStream
from supergraph.server.operations import ResponseMap

PING_EVERY_S = 12.0


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """How responses stand in a stream.

    It begins with `opening`; each response is what `part` makes of it; `ping` keeps the connection alive while
    nothing happens, and `completion` says that nothing follows.
    """

    content_type: bytes
    opening: bytes
    part: Callable[[ResponseMap], bytes]
    ping: bytes
    completion: bytes


async def send_stream(
    responses: AsyncGenerator[ResponseMap],
    stream_format: StreamFormat,
    receive: Receive,
    send: Send,
    *,
    open_stream: OpenStream | None = None,
    seconds: float | None = None,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Sends each response as it comes, then the completion; `headers` go before them.

    A stream that is endless (`open_stream`) ends with the reason when the router ends it. After so many seconds it
    ends without completion, so that clients connect again. The responses are closed as soon as the client has gone.
    """
    await send(
        {"type": "http.response.start", "status": 200, "headers": [*_headers(stream_format), *headers]}
    )
    chunks = pieces(responses, stream_format, open_stream, seconds=seconds)
    sending = asyncio.create_task(_send_all(chunks, send))
    gone = asyncio.create_task(_disconnected(receive))
    try:
        await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, gone):
            task.cancel()
        await asyncio.wait({sending, gone})
    if not sending.cancelled():
        sending.result()


async def pieces(
    responses: AsyncGenerator[ResponseMap],
    stream_format: StreamFormat,
    open_stream: OpenStream | None = None,
    *,
    seconds: float | None = None,
    ping_every: float = PING_EVERY_S,
) -> AsyncGenerator[bytes]:
    """The bytes of the stream, as they are to be sent; there are no more after so many seconds."""
    clock = asyncio.get_running_loop().time
    ends_at = float("inf") if seconds is None else clock() + seconds
    ended = None if open_stream is None else open_stream.ended
    upcoming = asyncio.create_task(anext(responses, None))
    try:
        yield stream_format.opening
        while True:
            timeout = max(0.0, min(ping_every, ends_at - clock()))
            awaited = {upcoming} if ended is None else {upcoming, ended}
            done, _ = await asyncio.wait(awaited, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if ended in done:
                ending = ended.result()
                yield stream_format.part(ending.payload)
                if ending is RELOADED:
                    yield stream_format.completion
                return
            if clock() >= ends_at:
                return
            if not done:
                yield stream_format.ping
                continue
            response = upcoming.result()
            if response is None:
                yield stream_format.completion
                return
            yield stream_format.part(response)
            upcoming = asyncio.create_task(anext(responses, None))
    finally:
        upcoming.cancel()
        await asyncio.wait({upcoming})
        await responses.aclose()


def _headers(stream_format: StreamFormat) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", stream_format.content_type),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    ]


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
