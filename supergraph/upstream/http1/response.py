"""What becomes of a response as it arrives: it is gathered whole, or handed on in pieces."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping

from supergraph.upstream.transport import ResponseTooLarge, TransportError, TransportResponse, TransportStream

MOST_UNREAD = 256 * 1024
"""So many bytes of a stream may wait to be read; then its connection is no longer read from."""


class WholeResponse:
    """Gathers a response of at most `limit` bytes: `done` is the whole of it."""

    __slots__ = ("_headers", "_left", "_limit", "_pieces", "_status", "done")

    def __init__(self, limit: int) -> None:
        self.done: asyncio.Future[TransportResponse] = asyncio.get_running_loop().create_future()
        self._limit = self._left = limit
        self._pieces: list[bytes] = []
        self._status = 0
        self._headers: Mapping[str, str] = {}

    def begins(self, status: int, headers: Mapping[str, str]) -> None:
        self._status, self._headers = status, headers

    def receives(self, piece: bytes) -> None:
        self._left -= len(piece)
        if self._left < 0:
            raise ResponseTooLarge(f"the response has more than {self._limit} bytes")
        self._pieces.append(piece)

    def ends(self) -> None:
        if not self.done.done():
            pieces = self._pieces
            body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
            self.done.set_result(TransportResponse(self._status, self._headers, body))

    def fails(self, error: TransportError) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class StreamedResponse:
    """Hands a response on as it comes: `begun` is its head, with the pieces of its body.

    `pause` and `resume` stop and go on with reading, so that what is not taken is not gathered here.
    """

    def __init__(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        self.begun: asyncio.Future[TransportStream] = asyncio.get_running_loop().create_future()
        self._pause = pause
        self._resume = resume
        self._paused = False
        self._pieces: deque[bytes] = deque()
        self._unread = 0
        self._over = False
        self._error: TransportError | None = None
        self._waiter: asyncio.Future[None] | None = None

    def begins(self, status: int, headers: Mapping[str, str]) -> None:
        if not self.begun.done():
            self.begun.set_result(TransportStream(status, headers, self._chunks()))

    def receives(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._unread += len(piece)
        if self._unread > MOST_UNREAD and not self._paused:
            self._paused = True
            self._pause()
        self._wake()

    def ends(self) -> None:
        self._over = True
        self._wake()

    def fails(self, error: TransportError) -> None:
        self._over, self._error = True, error
        if not self.begun.done():
            self.begun.set_exception(error)
        self._wake()

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            while self._pieces:
                piece = self._pieces.popleft()
                self._unread -= len(piece)
                if self._paused and not self._over and self._unread <= MOST_UNREAD // 2:
                    self._paused = False
                    self._resume()
                yield piece
            if self._error is not None:
                raise self._error
            if self._over:
                return
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
