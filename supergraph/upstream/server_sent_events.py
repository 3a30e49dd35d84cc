"""Reading `text/event-stream` (HTML living standard, 9.2.6)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from supergraph.upstream.transport import ResponseTooLarge


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event: its type (`message` where none was given) and its data lines, joined."""

    event: str
    data: str


async def read_events(chunks: AsyncIterator[bytes], limit: int) -> AsyncGenerator[ServerSentEvent]:
    """Give the events of a stream; raises `ResponseTooLarge` for an event of more than `limit` bytes.

    Comments, `id` and `retry` are left out: a stream is not taken up again where it broke.
    """
    event, data, size = "", list[str](), 0
    async for line in _lines(chunks, limit):
        size += len(line)
        if size > limit:
            raise ResponseTooLarge(f"an event has more than {limit} bytes")
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            event = value
        elif name == "data":
            data.append(value)
        elif not line:
            if event or data:
                yield ServerSentEvent(event or "message", "\n".join(data))
            event, data, size = "", [], 0


async def _lines(chunks: AsyncIterator[bytes], limit: int) -> AsyncGenerator[bytes]:
    """Give the lines of a stream: they end with CR LF, LF or CR; what stands after the last end is dropped."""
    line, after_return = bytearray(), False
    async for chunk in chunks:
        piece = chunk[1:] if after_return and chunk.startswith(b"\n") else chunk
        after_return = chunk.endswith(b"\r") if chunk else after_return
        *ended, rest = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for end in ended:
            yield bytes(line + end)
            line.clear()
        line += rest
        if len(line) > limit:
            raise ResponseTooLarge(f"an event has more than {limit} bytes")
