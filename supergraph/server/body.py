"""Reading a request's body, no further than a limit."""

from __future__ import annotations

from http import HTTPStatus

from starlette.types import Receive

from supergraph.server.refusal import HttpRefusal


class ClientGone(Exception):
    """The client closed the connection before its request was complete; there is nobody to answer."""


async def read_body(receive: Receive, limit: int, content_length: bytes | None) -> bytes:
    """The whole body, `limit` bytes at most.

    Raises:
        HttpRefusal: a 413, as soon as it is known that the body is longer.
        ClientGone: the connection ended first.
    """
    if content_length is not None and content_length.isdigit() and int(content_length) > limit:
        raise _too_large(limit)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        if len(whole := message.get("body", b"")) > limit:
            raise _too_large(limit)
        return whole
    body = bytearray()
    while message["type"] == "http.request":
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return bytes(body)
        message = await receive()
    raise ClientGone


def _too_large(limit: int) -> HttpRefusal:
    return HttpRefusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "REQUEST_TOO_LARGE",
        f"The body may have {limit:,} bytes at most.",
        ((b"connection", b"close"),),
    )
