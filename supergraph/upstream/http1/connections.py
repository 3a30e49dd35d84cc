"""The kept-alive connections to one server."""

from __future__ import annotations

import asyncio
import math
import ssl
import time

from supergraph.upstream.http1.connection import Connection
from supergraph.upstream.http1.known_heads import KnownHeads
from supergraph.upstream.http1.request_head import Address
from supergraph.upstream.renewing import some_less
from supergraph.upstream.transport import TransportError


class Connections:
    """Opens connections to an address, and keeps those that are free for `idle` seconds, up to an age.

    The one that was free last is taken first, so that those which are not needed grow old. Where there is `tls`, the
    server must show a certificate of the name `secured_as`.
    """

    def __init__(
        self,
        address: Address,
        idle: float,
        age: float = math.inf,
        tls: ssl.SSLContext | None = None,
        secured_as: str = "",
    ) -> None:
        self._address = address
        self._idle = idle
        self._age = age
        self._tls = tls
        self._secured_as = secured_as if tls is not None else None
        self._heads = KnownHeads()
        self._free: list[Connection] = []
        self._open: set[Connection] = set()
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._open)

    def free(self) -> Connection | None:
        """Take a connection that is free, if there is one; it comes back by itself."""
        now = time.monotonic()
        while self._free:
            connection = self._free.pop()
            young = now - connection.free_since < self._idle and now < connection.until
            if young and connection.usable():
                return connection
            connection.abort()
        return None

    async def new(self) -> Connection:
        """Open a connection; raises `TransportError`."""
        host, port = self._address
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(
                self._made, host, port, ssl=self._tls, server_hostname=self._secured_as
            )
        except (OSError, UnicodeError) as error:
            raise TransportError(f"there is no connection to {host}:{port}: {error}") from error
        connection.until = time.monotonic() + some_less(self._age)
        self._open.add(connection)
        return connection

    def close(self) -> None:
        """Close all connections, and keep no more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        for connection in tuple(self._open):
            connection.close()

    def _made(self) -> Connection:
        return Connection(self._release, self._lose, self._heads)

    def _release(self, connection: Connection) -> None:
        now = time.monotonic()
        if self._closed or now >= connection.until:
            connection.abort()
            return
        connection.free_since = now
        self._free.append(connection)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._idle, self._close_idle)

    def _lose(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection in self._free:
            self._free.remove(connection)

    def _close_idle(self) -> None:
        """Close what was free for too long: the list begins with what was free first."""
        self._timer = None
        now = time.monotonic()
        while self._free and now - self._free[0].free_since >= self._idle:
            self._free.pop(0).abort()
        if self._free:
            left = self._free[0].free_since + self._idle - now
            self._timer = asyncio.get_running_loop().call_later(left, self._close_idle)
