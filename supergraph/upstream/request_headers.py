"""The headers of requests to one endpoint, as a mapping or as the bytes that are sent."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from supergraph.upstream.endpoint import Endpoint
from supergraph.upstream.http1 import header_lines
from supergraph.upstream.request import SubgraphRequest

ACCEPT_JSON = "application/graphql-response+json, application/json;q=0.9"
ACCEPT_EVENTS = "text/event-stream, application/graphql-response+json;q=0.9, application/json;q=0.8"
REMEMBERED = 256
"""So many different sets of headers are kept as they are sent; each identity has one."""


class _Lines(NamedTuple):
    """Headers as they are sent, and their names; `timed` are the same, up to the value of the timeout's header."""

    text: bytes
    names: frozenset[str]
    timed: bytes = b""


class RequestHeaders:
    """The headers of requests to one endpoint. Of two with the same name the request's own goes before the endpoint's.

    What is the same for all requests, or for all of one caller, is encoded once.
    """

    def __init__(self, endpoint: Endpoint, accept: str = ACCEPT_JSON) -> None:
        self._accept = {"content-type": "application/json", "accept": accept}
        self._codings = {} if endpoint.codings is None else {"accept-encoding": endpoint.codings.accept}
        self._fixed = endpoint.headers
        self._timeout_header = endpoint.timeout_header
        self._known = lru_cache(REMEMBERED)(self._lines_of)

    def mapping(self, request: SubgraphRequest, seconds: float | None, coding: str = "") -> dict[str, str]:
        """Give them for a request that may take so many seconds, and whose body is in this coding, if in any.

        None is for a stream, which may last.
        """
        return {
            **self._codings,
            **self._accept,
            **request.trace_context,
            **self._fixed,
            **request.headers,
            **self._of_this_request(request, seconds, coding),
        }

    def lines(self, request: SubgraphRequest, seconds: float, coding: str = "") -> bytes:
        """Give the same as they are sent; raises `TransportError` where they cannot be."""
        known = self._known(tuple(request.headers.items()))
        if not request.trace_context and not coding:
            if not self._timeout_header or not request.repeatable:
                return known.text
            if known.timed:
                return b"%b%d\r\n" % (known.timed, seconds * 1000)
        own = {**request.trace_context, **self._of_this_request(request, seconds, coding)}
        if known.names.isdisjoint(own):
            return known.text + header_lines(own)
        return header_lines({"accept-encoding": "identity", **self.mapping(request, seconds, coding)})

    def _lines_of(self, headers: tuple[tuple[str, str], ...]) -> _Lines:
        """The lines of a caller's headers, and of those that are the same for everybody."""
        told = {
            "accept-encoding": "identity",
            **self._codings,
            **self._accept,
            **self._fixed,
            **dict(headers),
        }
        text, name = header_lines(told), self._timeout_header
        timed = text + header_lines({name: ""}).rstrip() + b" " if name and name not in told else b""
        return _Lines(text, frozenset(told), timed)

    def _of_this_request(
        self, request: SubgraphRequest, seconds: float | None, coding: str
    ) -> dict[str, str]:
        """What tells how long a query may take, and how the body is encoded.

        A mutation is not told its time: it is not to be broken off half-way.
        """
        own: dict[str, str] = {}
        if self._timeout_header and request.repeatable and seconds is not None:
            own[self._timeout_header] = str(int(seconds * 1000))
        if coding:
            own["content-encoding"] = coding
        return own
