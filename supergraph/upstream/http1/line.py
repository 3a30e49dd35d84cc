"""The way to one place at a server, over its kept-alive connections."""

from __future__ import annotations

from supergraph.upstream.http1.connections import Connections


class Line:
    """Where requests to one URL go: the head of each begins with `start`, up to the headers that differ.

    `free` takes a connection that is free, if there is one, and `new` opens one, or raises `TransportError`.
    """

    __slots__ = ("_start", "free", "new")

    def __init__(self, connections: Connections, start: bytes) -> None:
        self._start = start
        self.free = connections.free
        self.new = connections.new

    def request(self, headers: bytes, body: bytes) -> bytes:
        """Give a whole request, with these lines of headers."""
        return b"%b%bcontent-length: %d\r\n\r\n%b" % (self._start, headers, len(body), body)
