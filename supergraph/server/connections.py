"""The connections that clients hold open: no more than may be, and none whose client does not do its part.

A slow client costs a connection and no more: what it owes, the head of a request, a body, or the taking of what
it is sent, has a time, at the end of which the connection is closed. That is looked at once a second for all
connections together, so that no request pays for it.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic
from typing import Any, Literal, Protocol

import structlog
from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from supergraph.configuration import ConnectionsConfiguration
from supergraph.server.heads import Heads
from supergraph.server.networks import TrustedProxies, network_of

LARGEST_MESSAGE = 1_000_000
TAKEN_AT_LEAST = 8_192
FILES_BESIDE_CONNECTIONS = 256
TOLD_EVERY_S = 1.0

_log = structlog.get_logger(__name__)

Owed = Literal["head", "body", "reading", "request"]
"""What a client has yet to do: send a request's head, or its body, take what it was sent, or ask for anything more."""


@dataclass(slots=True)
class _Wait:
    owed: Owed
    about: object
    since: float
    peak: int = 0


class Connection(Protocol):
    """A connection that can be waited for."""

    def owes(self) -> tuple[Owed, object] | None:
        """What the client has to do next, and what tells one such wait from another; None where it is our turn."""
        ...

    def unread(self) -> int:
        """How many bytes wait to be taken by the client."""
        ...

    def give_up(self, owed: Owed) -> None:
        """Ends the connection, because that was not done in time."""
        ...


class Connections:
    """Counts connections by where they come from; those of `proxies` are many clients', and count in all only.

    A WebSocket connection may send messages of `largest_message` bytes. Both are asked for as they are at the moment.
    """

    def __init__(
        self,
        limits: ConnectionsConfiguration,
        proxies: Callable[[], TrustedProxies | None] = lambda: None,
        largest_message: Callable[[], int] = lambda: LARGEST_MESSAGE,
        *,
        websockets_end_themselves: bool = False,
    ) -> None:
        self.limits = limits
        self._proxies = proxies
        self.largest_message = largest_message
        self.heads = Heads()
        self.websockets_end_themselves = websockets_end_themselves
        self._most = room_for(limits.most)
        self._open: Counter[str] = Counter()
        self._all = 0
        self._told_at = float("-inf")

    def refusal(self, address: str) -> HTTPStatus | None:
        """Counts one more connection from there; the status with which it is refused, where there are too many."""
        network, refused = network_of(address), None
        if self._all >= self._most:
            refused = HTTPStatus.SERVICE_UNAVAILABLE
        elif self._open[network] >= self.limits.most_per_address and not self._trusts(address):
            refused = HTTPStatus.TOO_MANY_REQUESTS
        self._all += 1
        self._open[network] += 1
        if refused is not None and monotonic() - self._told_at >= TOLD_EVERY_S:
            self._told_at = monotonic()
            _log.warning("too many connections", network=network, status=int(refused), open=self._all)
        return refused

    def _trusts(self, address: str) -> bool:
        proxies = self._proxies()
        return proxies is not None and proxies.trusts(address)

    def ended(self, address: str) -> None:
        """Counts one less."""
        network = network_of(address)
        self._all -= 1
        self._open[network] -= 1
        if not self._open[network]:
            del self._open[network]


class WebSocketConnection(WebSocketsSansIOProtocol):
    """Speaks WebSocket with a client whose connection began with HTTP; one who does not read is not read from."""

    def __init__(self, connections: Connections, *, config: Config, **uvicorns: Any) -> None:
        config.ws_max_size = connections.largest_message()
        super().__init__(config=config, **uvicorns)
        self._connections = connections

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._connections.ended(address_of(self.client))

    # Each ping that is read is answered: a client that sends them and takes no answer must not fill our memory.
    def pause_writing(self) -> None:
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()

    def shutdown(self) -> None:
        """Closes, unless the application says goodbye, which knows what is still to be answered."""
        if not (self._connections.websockets_end_themselves and self.handshake_complete):
            super().shutdown()

    def owes(self) -> tuple[Owed, object] | None:
        return ("reading", None) if self.transport.get_write_buffer_size() else None

    def unread(self) -> int:
        return unread_of(self.transport)

    def give_up(self, owed: Owed) -> None:  # noqa: ARG002 - the signature is every connection's
        self.transport.abort()


class Watch:
    """Looks at connections from time to time, and gives up those whose clients are late."""

    def __init__(self, connections: Collection[Connection], limits: ConnectionsConfiguration) -> None:
        self._connections = connections
        self._seconds: dict[Owed, float] = {
            "head": limits.head_seconds,
            "body": limits.body_seconds,
            "reading": limits.read_seconds,
            "request": limits.keep_alive_seconds,
        }
        self._waits: dict[Connection, _Wait] = {}

    async def run(self) -> None:
        """Looks until it is cancelled."""
        clock = asyncio.get_running_loop().time
        every = min(1.0, min(self._seconds.values()) / 4)
        while True:
            await asyncio.sleep(every)
            self.look(clock())

    def look(self, now: float) -> None:
        """Looks at every connection once; `now` is in seconds of any clock that does not go back."""
        waits: dict[Connection, _Wait] = {}
        given_up: Counter[Owed] = Counter()
        for connection in tuple(self._connections):
            owes = connection.owes()
            if owes is None:
                continue
            wait = waits[connection] = self._wait(connection, *owes, now)
            if now - wait.since > self._seconds[wait.owed]:
                given_up[wait.owed] += wait.owed != "request"
                connection.give_up(wait.owed)
        if given_up.total():
            _log.warning("clients were too slow, and are given up", **given_up)
        self._waits = waits

    def _wait(self, connection: Connection, owed: Owed, about: object, now: float) -> _Wait:
        """The wait that goes on, or that begins."""
        wait = self._waits.get(connection)
        if wait is None or wait.owed != owed or wait.about is not about:
            return _Wait(owed, about, now, connection.unread())
        if owed == "reading":
            unread = connection.unread()
            if unread <= wait.peak - TAKEN_AT_LEAST:
                return _Wait(owed, about, now, unread)
            wait.peak = max(wait.peak, unread)
        return wait


def unread_of(transport: asyncio.Transport) -> int:
    """What waits here, and, where the system tells, what the client has not acknowledged yet."""
    if sys.platform == "win32":
        return transport.get_write_buffer_size()
    from fcntl import ioctl
    from termios import TIOCOUTQ

    waiting = bytearray(4)
    with suppress(OSError):
        ioctl(transport.get_extra_info("socket").fileno(), TIOCOUTQ, waiting)
    return transport.get_write_buffer_size() + int.from_bytes(waiting, sys.byteorder)


def address_of(client: tuple[str, int] | None) -> str:
    return client[0] if client else ""


def room_for(connections: int) -> int:
    """For how many of so many connections this process may open files; what it may is raised as far as allowed."""
    if sys.platform == "win32":
        return connections
    import resource

    wanted = connections + FILES_BESIDE_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    return max(1, max(soft, allowed) - FILES_BESIDE_CONNECTIONS)
