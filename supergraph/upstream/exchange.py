"""One request to one endpoint, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from supergraph.upstream.codec import Codec
from supergraph.upstream.deadlines import Deadlines
from supergraph.upstream.errors import ReplyTooLarge, SubgraphError, SubgraphTimeout, SubgraphUnreachable
from supergraph.upstream.http1 import Connection, Line
from supergraph.upstream.request import NOTHING, Ended, Outcome, SubgraphRequest
from supergraph.upstream.transport import ResponseTooLarge, TransportError


class Exchange(Protocol):
    """One request to one endpoint. Whoever made it is told how it ended, once, unless it was cancelled."""

    def start(self, deadlines: Deadlines) -> None:
        """Send the request; it may have ended when this returns."""
        ...

    def cancel(self) -> None:
        """Give it up: nobody is told anything more."""
        ...


class EndpointExchange:
    """One request to an endpoint, which takes its response itself, as it comes.

    Over a connection that is free nothing waits and no task is made: the request is written at once, and the reply is
    read in the event loop's call that brings its last byte. A task does what must be waited for: a new connection, or
    a transport that is not our own client. All the rest is the same.
    """

    __slots__ = (
        "_codec",
        "_connection",
        "_deadlines",
        "_ended",
        "_headers",
        "_left",
        "_line",
        "_outgoing",
        "_pieces",
        "_request",
        "_seconds",
        "_slot",
        "_status",
        "_task",
        "_waits",
    )

    def __init__(self, codec: Codec, line: Line | None, request: SubgraphRequest, ended: Ended) -> None:
        self._codec = codec
        self._line = line
        self._request = request
        self._ended: Ended | None = ended
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._waits = False
        self._outgoing = b""
        self._left = codec.endpoint.limit
        self._status = 0
        self._headers: Mapping[str, str] = NOTHING
        self._pieces: list[bytes] = []

    # What its user does

    def start(self, deadlines: Deadlines) -> None:
        """Send the request, once there is a turn for it."""
        endpoint, request, line = self._codec.endpoint, self._request, self._line
        left = request.timeout
        seconds = endpoint.timeout
        if left is not None and left < seconds:
            seconds = left
        self._seconds = seconds
        if seconds <= 0:
            self._tell(SubgraphTimeout(request.subgraph, 0.0))
            return
        if line is not None:
            try:
                self._outgoing = self._codec.encode(request, line, seconds)
            except Exception as error:  # noqa: BLE001 - whoever asked is told
                self._tell(outage(request.subgraph, error, seconds))
                return
        self._deadlines = deadlines
        self._slot = deadlines.watch(self._expire, seconds)
        turns = endpoint.turns
        if turns is None or turns.take(self._go):
            self._go()
        else:
            self._waits = True

    def cancel(self) -> None:
        """Give it up, and with it the connection that it is on."""
        if self._ended is not None:
            self._abandon()
            self._ended = None

    # How it is sent

    def _go(self) -> None:
        self._waits = False
        line = self._line
        connection = None if line is None else line.free()
        if connection is None:
            self._task = self._deadlines.loop.create_task(self._wait())
            return
        self._connection = connection
        connection.send(self._outgoing, self)

    async def _wait(self) -> None:
        """Do what must be waited for."""
        try:
            if self._line is not None:
                self._connection = await self._line.new()
                self._connection.send(self._outgoing, self)
                return
            outgoing = self._codec.transported(self._request, self._seconds)
            response = await self._codec.endpoint.transport.send(outgoing)
        except asyncio.CancelledError:
            self._end(SubgraphError(self._request.subgraph, "the exchange was broken off"))
            raise
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            self._end(outage(self._request.subgraph, error, self._seconds))
        else:
            self.begins(response.status, response.headers)
            self._pieces.append(response.body)
            self.ends()

    # What comes back

    def begins(self, status: int, headers: Mapping[str, str]) -> None:
        """Take the head of the response."""
        self._status, self._headers = status, headers

    def receives(self, piece: bytes) -> None:
        """Take a piece of the body; raises `ResponseTooLarge`."""
        self._left -= len(piece)
        if self._left < 0:
            raise ResponseTooLarge(f"the response has more than {self._codec.endpoint.limit} bytes")
        self._pieces.append(piece)

    def ends(self) -> None:
        """Read the reply: the response is complete."""
        pieces, subgraph = self._pieces, self._request.subgraph
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        try:
            outcome = self._codec.decode(subgraph, self._status, self._headers, body)
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            outcome = outage(subgraph, error, self._seconds)
        self._end(outcome)

    def fails(self, error: TransportError) -> None:
        """The response will never be complete."""
        self._end(outage(self._request.subgraph, error, self._seconds))

    # How it ends

    def _expire(self) -> None:
        if self._ended is not None:
            self._abandon()
            self._tell(SubgraphTimeout(self._request.subgraph, self._seconds))

    def _end(self, outcome: Outcome) -> None:
        if self._ended is not None:
            self._leave()
            self._tell(outcome)

    def _tell(self, outcome: Outcome) -> None:
        """Tell how it ended, once. Who is told is forgotten: it knows the exchange too, and neither would be freed."""
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(outcome)

    def _abandon(self) -> None:
        if self._connection is not None:
            self._connection.leave(self)
        if self._task is not None:
            self._task.cancel()
        self._leave()

    def _leave(self) -> None:
        self._deadlines.unwatch(self._expire, self._slot)
        turns = self._codec.endpoint.turns
        if turns is None:
            return
        if self._waits:
            turns.leave(self._go)
        else:
            turns.give()


def outage(subgraph: str, error: Exception, seconds: float) -> Exception:
    """Say which subgraph it was that a transport, or a limit of so many seconds, failed."""
    told: SubgraphError
    if isinstance(error, ResponseTooLarge):
        told = ReplyTooLarge(subgraph, str(error))
    elif isinstance(error, TransportError):
        told = SubgraphUnreachable(subgraph, str(error))
    elif isinstance(error, TimeoutError):
        told = SubgraphTimeout(subgraph, seconds)
    else:
        return error
    told.__cause__ = error
    return told
