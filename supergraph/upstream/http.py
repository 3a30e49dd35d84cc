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

    HTTP/1.1 goes over the lean client of our own, HTTP/2 over the library. Neither follows a redirect, keeps a cookie,
    reads a proxy from the environment or decodes a body: unless a request accepts a coding they ask for none. A
    connection is closed after `idle` seconds without use, and none is used that is older than `age` seconds, however
    busy it is, so that connections follow a name to where it leads now; a stream keeps its own for as long as it
    lasts. `tls` says whom to trust.
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
        self._http1 = None if http2 else Http1Transport(idle, age, tls)
        self._carrier = self._http1 or RenewingTransport(lambda: LibraryTransport(idle, tls), age)

    def line(self, url: str, server: str) -> Line | None:
        """Give the way to a URL for who sends many requests there, where our own client is what carries them."""
        try:
            return None if self._http1 is None else self._http1.line(url, server)
        except TransportError:
            return None

    def send(self, request: TransportRequest) -> CoroutineType[Any, Any, TransportResponse]:
        """Send, and read the response up to the request's limit; raises `TransportError`."""
        return self._carrier.send(request)

    def stream(self, request: TransportRequest) -> AbstractAsyncContextManager[TransportStream]:
        """Send, and read the response as it comes; raises `TransportError`."""
        return self._carrier.stream(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._carrier.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()
