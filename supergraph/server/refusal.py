"""Refusals of the HTTP layer: what is answered before there is a GraphQL request to execute."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse


class HttpRefusal(Exception):
    """The request is answered with this status and one GraphQL error; the message is for the client.

    `headers` go with the answer (`Allow`, `Retry-After`, `WWW-Authenticate`).
    """

    def __init__(
        self, status: HTTPStatus, code: str, message: str, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers

    @property
    def payload(self) -> dict[str, Any]:
        """The GraphQL response that tells of it."""
        return {"errors": [{"message": self.message, "extensions": {"code": self.code}}]}


def response_to(refusal: HttpRefusal) -> JSONResponse:
    """The answer to a request that is refused outside of GraphQL over HTTP."""
    headers = {name.decode(): value.decode() for name, value in refusal.headers}
    return JSONResponse(refusal.payload, refusal.status, headers)


def bad_request(message: str, code: str = "BAD_REQUEST") -> HttpRefusal:
    """A 400: the request is not well-formed."""
    return HttpRefusal(HTTPStatus.BAD_REQUEST, code, message)


def unsupported(message: str) -> HttpRefusal:
    """A 415: the body is of no type that is read."""
    return HttpRefusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message)


class NotWellFormed(HttpRefusal):
    """The body is JSON, but no GraphQL request."""

    def __init__(self, message: str) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", message)
