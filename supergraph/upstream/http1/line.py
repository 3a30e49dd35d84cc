"""The way to one place at a server, over its kept-alive connections."""

from __future__ import annotations

from supergraph.upstream.http1.connection import Connection
from supergraph.upstream.http1.connections import Connections


class Line:
    """Where requests to one URL go: the head of each begins with `start`, up to the headers that differ."""

    __slots__ = ("_connections", "_start")

    def __init__(self, connections: Connections, start: bytes) -> None:
        self._connections = connections
        self._start = start

    def request(self, headers: bytes, body: bytes) -> bytes:
        """Give a whole request, with these lines of headers."""
        return b"%b%bcontent-length: %d\r\n\r\n%b" % (self._start, headers, len(body), body)

    def free(self, *, repeatable: bool) -> Connection | None:
        """Take a connection that is free, if there is one, for a request that may be sent again or not."""
        return self._connections.free(repeatable=repeatable)

    async def new(self) -> Connection:
        """Open a connection; raises `TransportError`."""
        return await self._connections.new()
