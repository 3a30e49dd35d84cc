"""The transport over HTTP."""

from __future__ import annotations

import math
import ssl
from contextlib import AbstractAsyncContextManager
from types import CoroutineType
from typing import Any, Self

from supergraph.upstream.http1 import Http1Transport, Line
from supergraph.upstream.http_library import LibraryTransport
from supergraph.upstream.renewing import RenewingTransport
from supergraph.upstream.transport import (
    TransportError,
    TransportRequest,
    TransportResponse,
    TransportStream,
)


class HttpTransport:
    """Sends requests over HTTP/1.1, or HTTP/2 alone (`http2`), with kept-alive connections.

    Plain `http://` goes over the lean client of our own, TLS and HTTP/2 over the library. Neither follows a redirect,
    keeps a cookie, reads a proxy from the environment or decodes a body: unless a request accepts a coding they ask
    for none. A connection is closed after `idle` seconds without use, and none is used that is older than `age`
    seconds, however busy it is, so that connections follow a name to where it leads now; a stream keeps its own for as
    long as it lasts. `tls` says whom to trust.
    """

    def __init__(
        self,
        *,
        idle: float = 4.0,
        age: float = math.inf,
        http2: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        # Servers commonly close an idle connection after 5 s: ours is closed first, not used as they do so.
        self._idle = idle
        self._age = age
        self._http2 = http2
        self._tls = tls
        self._plain = Http1Transport(idle, age)
        self._library: RenewingTransport | None = None

    def line(self, url: str, server: str) -> Line | None:
        """Give the way to a URL for who sends many requests there, where our own client is what carries them."""
        try:
            return self._plain.line(url, server) if self._is_plain(url) else None
        except TransportError:
            return None

    def send(self, request: TransportRequest) -> CoroutineType[Any, Any, TransportResponse]:
        """Send, and read the response up to the request's limit; raises `TransportError`."""
        return self._carrier(request).send(request)

    def stream(self, request: TransportRequest) -> AbstractAsyncContextManager[TransportStream]:
        """Send, and read the response as it comes; raises `TransportError`."""
        return self._carrier(request).stream(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._plain.aclose()
        if self._library is not None:
            await self._library.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    def _carrier(self, request: TransportRequest) -> Http1Transport | RenewingTransport:
        if self._is_plain(request.url):
            return self._plain
        if self._library is None:
            self._library = RenewingTransport(self._new_library, self._age)
        return self._library

    def _is_plain(self, url: str) -> bool:
        return not self._http2 and url.startswith("http://")

    def _new_library(self) -> LibraryTransport:
        return LibraryTransport(self._idle, http2=self._http2, tls=self._tls)
