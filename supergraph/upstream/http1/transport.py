"""The transport over HTTP/1.1."""

from __future__ import annotations

import math
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

import httpx2

from supergraph.upstream.http1.connection import Connection
from supergraph.upstream.http1.connections import Connections
from supergraph.upstream.http1.line import Line
from supergraph.upstream.http1.request_head import Address, Destination, destination, request_bytes
from supergraph.upstream.http1.response import StreamedResponse, WholeResponse
from supergraph.upstream.transport import (
    TransportRequest,
    TransportResponse,
    TransportStream,
    refuse_unasked_coding,
)


class Http1Transport:
    """Sends requests over kept-alive connections, one request at a time on each, and with TLS to `https://` URLs.

    It follows no redirect, keeps no cookie, knows no proxy, and decodes no body: unless a request accepts a coding it
    asks for none. A request that was sent is never sent again: whether it may be is for others to say. A connection
    is closed after `idle` seconds without use, and not used when it is older than `age`; one that its server has
    closed is not used. `tls` says whom to trust; without it those that everybody trusts are.
    """

    def __init__(self, idle: float, age: float = math.inf, tls: ssl.SSLContext | None = None) -> None:
        self._idle = idle
        self._age = age
        self._tls = tls
        # Addresses come and go: one that has neither a line nor a connection is forgotten.
        self._servers = WeakValueDictionary[tuple[Address, str], Connections]()

    async def send(self, request: TransportRequest) -> TransportResponse:
        """Send, and read the response up to the request's limit."""
        where = destination(request.method, request.url, request.server)
        outgoing = request_bytes(request, where)
        connection = await self._connection(where)
        response = WholeResponse(request.limit)
        connection.send(outgoing, response)
        try:
            answered = await response.done
        finally:
            connection.leave(response)
        refuse_unasked_coding(request, answered.headers)
        return answered

    @asynccontextmanager
    async def stream(self, request: TransportRequest) -> AsyncIterator[TransportStream]:
        """Send, and read the response as it comes."""
        where = destination(request.method, request.url, request.server)
        outgoing = request_bytes(request, where)
        connection = await self._connection(where)
        response = StreamedResponse(connection.pause, connection.resume)
        connection.send(outgoing, response)
        try:
            begun = await response.begun
            refuse_unasked_coding(request, begun.headers)
            yield begun
        finally:
            connection.leave(response)

    async def aclose(self) -> None:
        """Close the connections."""
        for connections in tuple(self._servers.values()):
            connections.close()

    def line(self, url: str, server: str) -> Line:
        """Give the way to a URL, for who sends many requests there; raises `TransportError`."""
        where = destination("POST", url, server)
        return Line(self._connections(where), where.start)

    async def _connection(self, where: Destination) -> Connection:
        connections = self._connections(where)
        return connections.free() or await connections.new()

    def _connections(self, where: Destination) -> Connections:
        server = (where.address, where.secured_as)
        connections = self._servers.get(server)
        if connections is None:
            tls = self._secure() if where.secured_as else None
            connections = Connections(where.address, self._idle, self._age, tls, where.secured_as)
            self._servers[server] = connections
        return connections

    def _secure(self) -> ssl.SSLContext:
        """The context of all connections: to make one takes reading hundreds of certificates."""
        if self._tls is None:
            self._tls = httpx2.create_ssl_context(trust_env=False)
        self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls
