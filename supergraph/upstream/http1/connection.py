"""One connection to a server: one exchange at a time, framed strictly (RFC 9112)."""

from __future__ import annotations

import asyncio
import math
import select
import socket
from collections.abc import Callable
from typing import cast

import httptools

from supergraph.upstream.http1.known_heads import KnownHeaders, KnownHeads
from supergraph.upstream.http1.response_headers import ResponseHeaders
from supergraph.upstream.transport import ResponseSink, TransportError

LARGEST_HEAD = 64 * 1024
FRAMING_TO_A_BYTE = 16
"""What is no body is a head, or stands around the chunks of a body: so much of it goes with each byte of body."""
STRANGE_IN_A_ROW = 16
"""After so many heads in a row that were not known, there is no looking for them on a connection any more."""

KEEP_ALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)
    ),
]
"""A stream may be silent for hours: one whose host is gone without a word is found out within a minute."""

Released = Callable[["Connection"], None]


class Connection(asyncio.Protocol):
    """Sends a request and gives its response to a sink, any number of times.

    `released` is told when it is free for the next request, `lost` when there will be none. Whatever is not
    exactly one response to the request ends the connection: bytes that nobody asked for, two lengths that differ,
    an upgrade. `until` is when it is too old to be used again. A response is not parsed whose head is among the
    `heads`, and that arrives as a whole.
    """

    def __init__(self, released: Released, lost: Released, heads: KnownHeads) -> None:
        self.free_since = 0.0
        self.until = math.inf
        self._released = released
        self._lost = lost
        self._heads = heads
        self._strange = 0
        self._sink: ResponseSink | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._closing = self._paused = False
        self._parse_anew()

    # What its user does

    def send(self, request: bytes, sink: ResponseSink) -> None:
        """Send a request, whose response goes to this sink."""
        self._sink = sink
        if self._received:
            self._parse_anew()
        self._transport.write(request)

    def leave(self, sink: ResponseSink) -> None:
        """End the exchange whose response goes to this sink, unless it is over; and with it the connection."""
        if self._sink is sink:
            self.abort()

    def abort(self) -> None:
        """End the connection at once: nobody waits for what is on its way."""
        self._sink = None
        self._closing = True
        self._transport.abort()

    def close(self) -> None:
        """End the connection, and tell whoever waits for a response."""
        self._fail("the connection was closed on our side")

    def pause(self) -> None:
        """Stop reading for a while."""
        if not self._transport.is_closing():
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """Go on reading."""
        if self._paused and not self._transport.is_closing():
            self._transport.resume_reading()
        self._paused = False

    def usable(self) -> bool:
        """Whether the next request may be sent on it: the server has neither closed it nor said anything.

        The event loop may not know it yet; but bytes that nobody asked for must not be taken for the next response.
        """
        if self._closing or self._transport.is_closing():
            return False
        return self._poll is None or not self._poll.poll(0)

    # What the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)
        opened = transport.get_extra_info("socket")
        for option in KEEP_ALIVE:
            opened.setsockopt(*option)
        self._poll = _polling(opened.fileno())

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._sink is None:
            self.abort()
        elif self._received or not self._known(self._sink, data):
            self._parse(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the server is gone."""
        self._closing = True
        sink, self._sink = self._sink, None
        if sink is not None:
            if exc is None and self._ends_with_the_connection():
                sink.ends()
            else:
                reason = (
                    str(exc) if exc else "the server closed the connection before its response was complete"
                )
                sink.fails(TransportError(reason))
        self._lost(self)
        del self._parser  # it knows this connection: the two would keep each other in memory

    # How a response is read

    def _known(self, sink: ResponseSink, data: bytes) -> bool:
        """Take a response that is here as a whole, and whose head is known; say whether it is one."""
        if self._strange >= STRANGE_IN_A_ROW:
            return False
        end = data.find(b"\r\n\r\n") + 4
        head = data[:end]
        known = self._heads.find(head)
        if known is None:
            self._strange += 1
            return False
        self._strange = 0
        length = int(head[known.length])
        if len(data) != end + length:
            return False
        sink.begins(known.status, KnownHeaders(head, known))
        if length:
            try:
                sink.receives(data[end:])
            except TransportError as error:
                self._fail_because(error)
                return True
        self._finish(again=True)
        return True

    def _parse_anew(self) -> None:
        """Forget what the parser told of the last response."""
        self._headers: list[tuple[bytes, bytes]] = []
        self._status = self._received = self._body = 0
        self._complete = self._surplus = self._kept_alive = False

    def _parse(self, data: bytes) -> None:
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail("the server switches to another protocol, which was not asked for")
            return
        except httptools.HttpParserError as error:
            if not self._complete:
                self._fail_because(error)
                return
            self._surplus = True
        if self._complete:
            again = self._kept_alive and not self._surplus
            if again and self._received == len(data) and self._strange < STRANGE_IN_A_ROW:
                self._heads.learn(data[: data.find(b"\r\n\r\n") + 4], self._status, self._headers)
            self._finish(again=again)
        elif self._received - self._body > LARGEST_HEAD + FRAMING_TO_A_BYTE * self._body:
            self._fail(f"the head of the response has more than {LARGEST_HEAD} bytes")

    # What the parser tells

    def on_message_begin(self) -> None:
        """A response begins, where there must be none any more if one is complete."""
        self._surplus = self._complete

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; or a trailer, which is left out."""
        if not self._status:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head is complete; an interim one (1xx) is not the response's."""
        if self._complete:
            return
        status, coding = self._parser.get_status_code(), b""
        for name, value in self._headers:
            if name == b"transfer-encoding":
                coding += value.lower() + b","
        if 100 <= status < 200 and status != 101:
            self._headers = []
        elif status < 100:
            self._fail("the response has no valid status")
        elif coding not in {b"", b"chunked,"}:
            self._fail("the response has a transfer coding that was not asked for")
        elif self._sink is not None:
            self._status = status
            self._sink.begins(status, ResponseHeaders(self._headers))

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        self._body += len(piece)
        if self._sink is None or self._complete:
            return
        try:
            self._sink.receives(piece)
        except TransportError as error:
            self._fail_because(error)

    def on_message_complete(self) -> None:
        """The response is complete, unless it was an interim one."""
        if self._status and not self._complete:
            self._complete, self._kept_alive = True, self._parser.should_keep_alive()

    # How an exchange ends

    def _finish(self, *, again: bool) -> None:
        """End the exchange with a complete response, after which the connection may be used `again`."""
        sink, self._sink = self._sink, None
        if again and not self._closing and not self._transport.get_write_buffer_size():
            if self._paused:
                self.resume()
            self._released(self)
        else:
            self.abort()
        if sink is not None:
            sink.ends()

    def _ends_with_the_connection(self) -> bool:
        """Whether the response has begun and says no length: then it goes on until the connection ends."""
        names = {name for name, _ in self._headers}
        return self._status > 0 and names.isdisjoint({b"content-length", b"transfer-encoding"})

    def _fail(self, reason: str) -> None:
        self._fail_because(TransportError(reason))

    def _fail_because(self, error: Exception) -> None:
        sink = self._sink
        self.abort()
        if sink is not None:
            told = (
                error
                if isinstance(error, TransportError)
                else TransportError(f"the response is not HTTP: {error}")
            )
            sink.fails(told)


def _polling(descriptor: int) -> select.poll | None:
    """What tells whether there is news on a socket without waiting, where the system has that."""
    if not hasattr(select, "poll"):
        return None
    polling = select.poll()
    polling.register(descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
    return polling
