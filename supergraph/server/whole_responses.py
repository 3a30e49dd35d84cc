"""Responses that are complete when they begin, handed to their connection in one call.

ASGI has two messages for a response, each awaited and each looked through header by header. A server of ours offers a
shorter way beside that, as an extension of the scope. Whatever wraps `send`, to add to a response, takes the
shorter way from those inside: they find it at `send` itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import Message, Scope, Send

from supergraph.server.readiness import Readiness

EXTENSION = "supergraph.whole_response"

Respond = Callable[[Scope, int, bytes, bytes], bool]
"""Answers the request of a scope with a status, header lines (but for the length) and a body.

False where it did not: the response must then be sent as ASGI has it.
"""


class LastTelling:
    """A `send` by which clients are told to send nothing more over their connection, once the router is closing."""

    __slots__ = ("_readiness", "_respond", "_scope", "_send")

    def __init__(self, readiness: Readiness, scope: Scope, send: Send) -> None:
        self._readiness = readiness
        self._scope = scope
        self._send = send
        extensions = scope.get("extensions")
        self._respond: Respond | None = extensions.get(EXTENSION) if extensions else None

    def __call__(self, message: Message) -> Awaitable[None]:
        """Sends an ASGI message."""
        if message["type"] == "http.response.start" and self._readiness.closing:
            message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
        return self._send(message)

    def whole(self, status: int, head: bytes, body: bytes) -> bool:
        """Sends a whole response, or says that it did not."""
        if self._respond is None or self._readiness.closing:
            return False
        return self._respond(self._scope, status, head, body)
