"""The transport into an ASGI application of this process: the same bytes, no socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

from supergraph.upstream.transport import (
    ResponseTooLarge,
    TransportError,
    TransportRequest,
    TransportResponse,
    TransportStream,
)

T = TypeVar("T")
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApplication = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class AsgiTransport:
    """Calls an ASGI 3 application. Whoever starts the application also runs its lifespan.

    `state` is what that lifespan left in `scope["state"]`; each request is given a copy, as the ASGI
    specification says. An application that raises is one that broke the connection; a call ends when the
    application returns, with its background tasks done.
    """

    def __init__(self, app: AsgiApplication, *, state: Mapping[str, Any] | None = None) -> None:
        self._app = app
        self._state = state

    async def send(self, request: TransportRequest) -> TransportResponse:
        """Call the application, and gather its response up to the request's limit."""
        body = bytearray()

        async def gather(chunk: bytes) -> None:
            nonlocal body
            body += chunk
            if len(body) > request.limit:
                raise ResponseTooLarge(f"the response has more than {request.limit} bytes")

        exchange = _Exchange(request.body, gather)
        # A task of its own, so that context variables which the application sets stay with it.
        await asyncio.create_task(self._call(request, exchange))
        return TransportResponse(exchange.status, exchange.headers, bytes(body))

    @asynccontextmanager
    async def stream(self, request: TransportRequest) -> AsyncIterator[TransportStream]:
        """Call the application in a task of its own, and give its response as it comes."""
        pieces: asyncio.Queue[bytes] = asyncio.Queue(maxsize=1)
        exchange = _Exchange(request.body, pieces.put)
        task = asyncio.create_task(self._call(request, exchange))
        try:
            await _before_end(exchange.started.wait(), task)
            yield TransportStream(exchange.status, exchange.headers, _read(pieces, task))
        finally:
            task.cancel()
            await asyncio.wait({task})
            # What it ended with was raised while reading, or is of no interest to who has left.
            _ = task.cancelled() or task.exception()

    async def _call(self, request: TransportRequest, exchange: _Exchange) -> None:
        try:
            await self._app(self._scope(request), exchange.receive, exchange.send)
        except TransportError:
            raise
        except Exception as error:
            raise TransportError(f"the application failed: {error!r}") from error
        if not exchange.complete:
            raise TransportError("the application ended without a complete response")

    def _scope(self, request: TransportRequest) -> MutableMapping[str, Any]:
        url = urlsplit(request.url)
        path = url.path or "/"
        headers = {"host": url.netloc, "content-length": str(len(request.body)), **request.headers}
        scope: MutableMapping[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": url.scheme or "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": url.query.encode(),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
            "client": None,
            "server": (url.hostname or "localhost", url.port or 80),
        }
        if self._state is not None:
            scope["state"] = dict(self._state)
        return scope


class _Exchange:
    """One request and its response, as the application's `receive` and `send` see them."""

    def __init__(self, body: bytes, write: Callable[[bytes], Awaitable[None]]) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.started = asyncio.Event()
        self.complete = False
        self._body: bytes | None = body
        self._write = write
        self._ended = asyncio.Event()

    async def receive(self) -> Message:
        """Give the request at once, and after that only the end of the exchange."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take the start of the response, or a piece of its body."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            for name, value in message.get("headers", ()):
                self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")
            self.started.set()
        elif message["type"] == "http.response.body":
            if message.get("body"):
                await self._write(bytes(message["body"]))
            if not message.get("more_body", False):
                self.complete = True
                self._ended.set()


async def _before_end(wanted: Coroutine[Any, Any, T], task: asyncio.Task[None]) -> T | None:
    """Await `wanted`, or None where the application ended first; what it ended with is raised."""
    waiter = asyncio.create_task(wanted)
    try:
        await asyncio.wait({waiter, task}, return_when=asyncio.FIRST_COMPLETED)
        if waiter.done():
            return waiter.result()
        task.result()
        return None
    finally:
        waiter.cancel()


async def _read(pieces: asyncio.Queue[bytes], task: asyncio.Task[None]) -> AsyncIterator[bytes]:
    while not pieces.empty() or not task.done():
        piece = await _before_end(pieces.get(), task)
        if piece is not None:
            yield piece
    task.result()
