"""The transport over HTTP."""

from __future__ import annotations

import ssl
from contextlib import AbstractAsyncContextManager
from types import CoroutineType
from typing import Any, Self

from supergraph.upstream.http1 import Http1Transport
from supergraph.upstream.http_library import LibraryTransport
from supergraph.upstream.transport import TransportRequest, TransportResponse, TransportStream


class HttpTransport:
    """Sends requests over HTTP/1.1, or HTTP/2 alone (`http2`), with kept-alive connections.

    Plain `http://` goes over the lean client of our own, TLS and HTTP/2 over the library. Neither follows a redirect,
    keeps a cookie, reads a proxy from the environment or decodes a body: unless a request accepts a coding they ask
    for none. A connection is closed after `idle` seconds without use. `tls` says whom to trust.
    """

    def __init__(self, *, idle: float = 4.0, http2: bool = False, tls: ssl.SSLContext | None = None) -> None:
        # Servers commonly close an idle connection after 5 s: ours is closed first, not used as they do so.
        self._idle = idle
        self._http2 = http2
        self._tls = tls
        self._plain = Http1Transport(idle)
        self._library: LibraryTransport | None = None

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

    def _carrier(self, request: TransportRequest) -> Http1Transport | LibraryTransport:
        if not self._http2 and request.url.startswith("http://"):
            return self._plain
        if self._library is None:
            self._library = LibraryTransport(self._idle, http2=self._http2, tls=self._tls)
        return self._library
