"""A connection over which one client speaks HTTP/1.1."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, cast

import orjson
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from supergraph.server.connections import Connections, Owed, address_of, unread_of
from supergraph.server.direct import TakesDirectly
from supergraph.server.direct_exchange import DirectExchange
from supergraph.server.heads import Head
from supergraph.server.joined_writes import JoinedWrites
from supergraph.server.whole_responses import EXTENSION

LARGEST_HEAD = 65_536
CLOSE = b"connection: close\r\n"
LINGERS_S = 0.5
"""How long a connection over which nothing is asked stays open at the end: a request may be on its way."""


class HttpConnection(HttpToolsProtocol):
    """Speaks HTTP/1.1 with one client."""

    def __init__(self, connections: Connections, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._connections = connections
        self._heads = connections.heads
        self._take = self.app.take if isinstance(self.app, TakesDirectly) else None
        self._reading = False
        self._unknown = b""
        self._without_progress = 0
        self._extensions = {EXTENSION: self._respond}
        self._served: tuple[object, bytes] = (None, b"")

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - as uvicorn has it
        super().connection_made(transport)
        self._address = address_of(self.client)
        if status := self._connections.refusal(self._address):
            self._refuse(status, "TOO_MANY_CONNECTIONS", "There are too many connections; try again later.")

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._extensions.clear()
        if isinstance(self.cycle, DirectExchange):
            self.cycle.lose()
        elif self.cycle is not None:
            self.cycle.transport = self.transport
        self._connections.ended(self._address)

    def on_message_begin(self) -> None:
        self._reading = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._reading = False
        super().on_message_complete()

    def on_headers_complete(self) -> None:
        former = self.cycle
        super().on_headers_complete()
        if self._unknown:
            self._heads.learn(self._unknown, self.headers)
            self._unknown = b""
        if self.cycle is not former:
            JoinedWrites.carry(self.cycle)
            self.scope["extensions"] = self._extensions  # pyright: ignore[reportGeneralTypeIssues]

    def _respond(self, scope: Scope, status: int, head: bytes, body: bytes) -> bool:
        """Answers a request in one write, as uvicorn would in two, where nothing is out of the ordinary."""
        cycle = self.cycle
        if cycle.scope is not scope or cycle.response_started or cycle.disconnected or not cycle.keep_alive:
            return False
        if self.flow.write_paused or scope["method"] == "HEAD":
            return False
        cycle.transport = self.transport
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        self._write(status, head, body, b"")
        cycle.message_event.set()
        cycle.on_response()
        return True

    def _write(self, status: int, head: bytes, body: bytes, more: bytes) -> None:
        """Writes a whole response; `more` are lines behind its length."""
        length = b"content-length: %d\r\n%b\r\n" % (len(body), more)
        self.transport.write(b"".join((STATUS_LINE[status], self._server_lines(), head, length, body)))

    def _server_lines(self) -> bytes:
        """The header lines of each response: the date, which is made anew each second."""
        headers = self.server_state.default_headers
        if self._served[0] is not headers:
            self._served = (headers, b"".join(b"%b: %b\r\n" % header for header in headers))
        return self._served[1]

    def data_received(self, data: bytes) -> None:
        if self._take is not None and self._at_rest() and self._taken(data):
            return
        super().data_received(data)
        self._unknown = b""
        if not self._waits_for_more():
            self._without_progress = 0
            return
        self._without_progress += len(data)
        if self._without_progress > LARGEST_HEAD and not self.transport.is_closing():
            message = f"A request's head may have {LARGEST_HEAD:,} bytes at most."
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "REQUEST_HEAD_TOO_LARGE", message)

    def _at_rest(self) -> bool:
        """Whether what comes now is the beginning of a request, and all before it are answered and taken."""
        cycle = self.cycle
        return not self._reading and (cycle is None or cycle.response_complete) and not self.flow.write_paused

    def _taken(self, data: bytes) -> bool:
        """Have a request answered without ASGI, if it is here as a whole and its head was read before."""
        end = data.find(b"\r\n\r\n") + 4
        head = self._heads.known.get(data[:end])
        if head is None:
            self._unknown = data[:end]
            return False
        return len(data) == end + head.length and self._answered(head, data[end:])

    def _answered(self, head: Head, body: bytes) -> bool:
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        former, exchange = self.cycle, DirectExchange(self)
        self.cycle = cast("RequestResponseCycle", exchange)
        if self._take is not None and self._take(head, body, self._address or None, exchange.answer):
            return True
        self.cycle = former
        return False

    def respond(self, status: int, head: bytes, body: bytes, *, last: bool) -> None:
        """Sends a response, the `last` over this connection or not."""
        self._write(status, head, body, CLOSE if last else b"")
        self.server_state.total_requests += 1
        if last:
            self.transport.close()
        elif self.pipeline or self.flow.read_paused:
            self.on_response_complete()

    def _waits_for_more(self) -> bool:
        """Whether all that was received so far is a head, or what stands between and after the chunks of a body."""
        cycle = self.cycle
        if cycle is None or cycle.scope is not self.scope:
            return True
        return cycle.more_body and not cycle.body and not cycle.response_complete

    def shutdown(self) -> None:
        """Ends the connection after the answer to what was asked over it, or to what is on its way at this moment."""
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(LINGERS_S, super().shutdown)
        else:
            super().shutdown()

    def owes(self) -> tuple[Owed, object] | None:
        if self.transport.get_write_buffer_size():
            return "reading", None
        if self.flow.read_paused:
            return None
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            if self.timeout_keep_alive_task is not None:
                return None
            return "request" if isinstance(cycle, DirectExchange) and not self._reading else "head", cycle
        return ("body", cycle) if cycle.more_body else None

    def unread(self) -> int:
        return unread_of(self.transport)

    def give_up(self, owed: Owed) -> None:
        if owed == "reading" or self.transport.is_closing():
            self.transport.abort()
        elif owed == "body" and not self.cycle.response_started:
            self._refuse(
                HTTPStatus.REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "The request was not complete in time."
            )
        else:
            self.transport.close()

    def _refuse(self, status: HTTPStatus, code: str, message: str) -> None:
        """Answers in the application's place, and ends the connection."""
        body = orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nretry-after: 5\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
