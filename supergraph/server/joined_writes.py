"""The head of a response, written together with its body: one packet and one system call instead of two."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class JoinedWrites:
    """The transport of one request's response, which keeps a head back whose body has a length and must follow.

    Everything else is written as it comes.
    """

    __slots__ = ("_cycle", "_head", "_transport")

    def __init__(self, transport: asyncio.Transport, cycle: RequestResponseCycle) -> None:
        self._transport = transport
        self._cycle = cycle
        self._head = b""

    @classmethod
    def carry(cls, cycle: RequestResponseCycle) -> None:
        """Has a request's response written by this way."""
        cycle.transport = cast("asyncio.Transport", cls(cycle.transport, cycle))

    def write(self, data: bytes) -> None:
        """Writes, or keeps the head until the next write."""
        if self._head:
            self._transport.writelines((self._head, data))
            self._step_aside()
        elif not self._cycle.response_started:
            self._transport.write(data)
        elif self._cycle.expected_content_length and self._cycle.scope["method"] != "HEAD":
            self._head = data
        else:
            self._transport.write(data)
            self._step_aside()

    def is_closing(self) -> bool:
        """Whether the connection ends."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Ends the connection once all is written, a head too whose body never came."""
        if self._head:
            self._transport.write(self._head)
        self._step_aside()
        self._transport.close()

    def _step_aside(self) -> None:
        """Has the rest written without it: the two would keep each other in memory."""
        self._head = b""
        self._cycle.transport = self._transport
