"""A request that is answered without ASGI, as its connection sees it."""

from __future__ import annotations

from typing import Protocol


class _NobodyWaits:
    """In the place of the event that wakes an ASGI application up."""

    def set(self) -> None:
        """Wakes nobody."""


NOBODY_WAITS = _NobodyWaits()


class Answering(Protocol):
    """A connection over which a response may be sent."""

    def respond(self, status: int, head: bytes, body: bytes, *, last: bool) -> None:
        """Sends a response, the `last` over this connection or not."""
        ...


class DirectExchange:
    """A request whose body is there as a whole, and whose response will be sent as a whole.

    It stands where the server has the cycle of a request and its response, and has what the server looks at there.
    """

    __slots__ = ("_connection", "disconnected", "keep_alive", "response_complete")

    scope = None
    body = b""
    more_body = False
    response_started = False
    message_event = NOBODY_WAITS

    def __init__(self, connection: Answering) -> None:
        self._connection: Answering | None = connection
        self.disconnected = False
        self.keep_alive = True
        self.response_complete = False

    def answer(self, status: int, head: bytes, body: bytes, /, *, last: bool = False) -> None:
        """Sends the response, where the client is still there."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self.response_complete = True
            connection.respond(status, head, body, last=last or not self.keep_alive)

    def lose(self) -> None:
        """Takes note that the client is gone."""
        self._connection = None
        self.disconnected = True
