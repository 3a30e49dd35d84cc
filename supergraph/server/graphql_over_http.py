"""GraphQL over HTTP: the endpoint, in the order in which a request passes through it.

media types -> CSRF -> identity -> body within its limit -> request -> operation -> response

Plain ASGI, because this is the path that every request takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

import orjson
from starlette.types import Receive, Scope, Send

from supergraph.configuration import StatusProfile
from supergraph.execution import Caller, Prepared, RequestRefused
from supergraph.planning.query_plan import OperationKind
from supergraph.server.batches import answer_batch
from supergraph.server.body import ClientGone, read_body
from supergraph.server.callers import Callers, address_of
from supergraph.server.causes import tell_of_refusal
from supergraph.server.closing import Closing, GoesOn
from supergraph.server.compression import Compression
from supergraph.server.event_stream import EVENT_STREAM
from supergraph.server.limiting.rate_limits import least, rate_headers
from supergraph.server.media_types import Acceptable, MediaType, StreamType, acceptable, is_json
from supergraph.server.multipart_stream import MULTIPART
from supergraph.server.operations import Operations, ResponseMap, internal_error
from supergraph.server.refusal import HttpRefusal, bad_request, unsupported
from supergraph.server.request import Batch, GraphQLRequest, request_of_query_string, requests_of_json
from supergraph.server.statuses import status_of_refusal, status_of_request_errors, status_of_response
from supergraph.server.streaming import send_stream

Headers = dict[bytes, bytes]

PREFLIGHT_HEADERS = (b"apollo-require-preflight", b"x-apollo-operation-name")
ONCE = (b"authorization", b"content-type", b"content-encoding", b"host")
EXPOSE_COST = b"supergraph-expose-cost"
SIMPLE_CONTENT_TYPES = (b"", b"text/plain", b"application/x-www-form-urlencoded", b"multipart/form-data")
SAFE_HEADERS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
HEADS = {
    each.header: b"".join(b"%b: %b\r\n" % header for header in (each.header, *SAFE_HEADERS))
    for each in MediaType
}
"""The header lines of a response that has no others, by its Content-Type."""

NO_HEADERS: Sequence[tuple[bytes, bytes]] = ()
STREAM_FORMATS = {StreamType.EVENT_STREAM: EVENT_STREAM, StreamType.MULTIPART: MULTIPART}


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """What HTTP requests may be like: `body_limit` is in bytes, a batch of 0 is none."""

    body_limit: int = 1_000_000
    csrf_prevention: bool = True
    largest_batch: int = 0
    compression: Compression = field(default_factory=Compression)
    statuses: StatusProfile = "audit"


class SingleReply(NamedTuple):
    """One response, before its media type is put on it."""

    status: int
    payload: ResponseMap | Sequence[ResponseMap]
    headers: Sequence[tuple[bytes, bytes]] = ()


class StreamReply(NamedTuple):
    """Responses that are sent as they come, for so many seconds at most.

    A subscription's are `endless`: what says whether they go on under a newer router.
    """

    payloads: AsyncGenerator[ResponseMap]
    stream: StreamType
    seconds: float | None = None
    endless: GoesOn | None = None
    headers: Sequence[tuple[bytes, bytes]] = ()


class GraphQLOverHttp:
    """An ASGI application that answers GraphQL requests; subscriptions end when `closing` says so."""

    def __init__(
        self, operations: Operations, callers: Callers, closing: Closing, options: HttpOptions
    ) -> None:
        self._operations = operations
        self._callers = callers
        self._closing = closing
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        headers: Headers = dict(scope["headers"])
        accept = acceptable(headers.get(b"accept", b""))
        reply = await self.answer(scope, headers, accept, receive)
        if reply is None:
            return
        if isinstance(reply, StreamReply):
            await self._send_stream(reply, receive, send)
        else:
            body, encoding = orjson.dumps(reply.payload), NO_HEADERS
            compression = self._options.compression
            if not compression.leaves(body):
                body, encoding = await compression.encode(headers.get(b"accept-encoding", b""), body)
            await _send(send, reply, accept.single or MediaType.JSON, body, encoding)

    async def _send_stream(self, reply: StreamReply, receive: Receive, send: Send) -> None:
        endless = nullcontext() if reply.endless is None else self._closing.stream(reply.endless)
        with endless as stream:
            await send_stream(
                reply.payloads,
                STREAM_FORMATS[reply.stream],
                receive,
                send,
                open_stream=stream,
                seconds=reply.seconds,
                headers=reply.headers,
            )

    async def answer(
        self, scope: Scope, headers: Headers, accept: Acceptable, receive: Receive
    ) -> SingleReply | StreamReply | None:
        """The reply to one request; None where its client has gone."""
        try:
            return await self._reply(scope, headers, accept, receive)
        except HttpRefusal as refusal:
            status = status_of_refusal(self._options.statuses, refusal)
            return SingleReply(status, refusal.payload, refusal.headers)
        except ClientGone:
            return None
        except Exception:  # noqa: BLE001 - logged, and masked under the log's error id
            return SingleReply(HTTPStatus.INTERNAL_SERVER_ERROR, internal_error())

    async def _reply(
        self, scope: Scope, headers: Headers, accept: Acceptable, receive: Receive
    ) -> SingleReply | StreamReply:
        method = scope["method"]
        if len(headers) != len(scope["headers"]):
            _check_once(scope["headers"])
        check_media_types(method, headers, accept)
        if self._options.csrf_prevention and method == "GET":
            _check_preflight(headers)
        address = address_of(scope)
        caller = self._callers.stranger(address) or await self._callers.caller(
            headers.get(b"authorization"), address, scope["headers"]
        )
        request = await self._request(scope, headers, receive)
        slots = self._operations.limiting.slots
        if not slots.take():
            await slots.wait()
        try:
            if isinstance(request, list):
                return await self._answer_batch(request, caller, accept)
            return await self._execute(request, caller, accept, reads_only=method == "GET")
        except RequestRefused as refusal:
            return self._refused(refusal, accept)
        finally:
            slots.back()

    async def _request(self, scope: Scope, headers: Headers, receive: Receive) -> GraphQLRequest | Batch:
        if scope["method"] == "GET":
            request = request_of_query_string(scope["query_string"])
        else:
            body = await read_body(receive, self._options.body_limit, headers.get(b"content-length"))
            request = requests_of_json(body, self._options.largest_batch)
        if headers.get(EXPOSE_COST) == b"true" and not isinstance(request, list):
            return request._replace(extensions={**request.extensions, "cost": True})
        return request

    async def _execute(
        self, request: GraphQLRequest, caller: Caller, accept: Acceptable, *, reads_only: bool
    ) -> SingleReply | StreamReply:
        prepared = self._operations.at_hand(request) or await self._operations.prepare(request, caller)
        kind = prepared.operation.kind
        if reads_only and kind is OperationKind.MUTATION:
            raise _method_not_allowed("Mutations are sent by POST.", b"POST")
        if accept.single is None or kind is OperationKind.SUBSCRIPTION:
            return await self._stream(prepared, request, caller, accept)
        admitted = await self._operations.admit(prepared, request, caller)
        caller, heard = self._callers.listening(caller)
        response = await self._operations.execute(admitted, caller)
        status = status_of_response(self._options.statuses, accept.single, response)
        told = NO_HEADERS if caller.heard is None else heard.headers()
        return SingleReply(status, response, (*told, *rate_headers(admitted.standings)))

    async def _stream(
        self, prepared: Prepared, request: GraphQLRequest, caller: Caller, accept: Acceptable
    ) -> StreamReply:
        if accept.stream is None:
            raise _not_acceptable(
                "A subscription is answered in text/event-stream, or in multipart/mixed with "
                "subscriptionSpec=1.0; accept one of them."
            )
        admitted = await self._operations.admit(prepared, request, caller)
        responses = self._operations.admitted_responses(admitted, caller)
        endless = self._endless(prepared, caller)
        headers = rate_headers(admitted.standings)
        return StreamReply(responses, accept.stream, caller.remaining(), endless, headers)

    def _endless(self, prepared: Prepared, caller: Caller) -> GoesOn | None:
        """Whether a response has no end of its own, and if so, what says whether it goes on under a newer router."""
        if prepared.kind is not OperationKind.SUBSCRIPTION:
            return None
        same = self._operations.go_on(prepared, caller)
        return lambda router: router.callers is self._callers and same(router)

    async def _answer_batch(self, batch: Batch, caller: Caller, accept: Acceptable) -> SingleReply:
        if accept.single is None:
            raise _not_acceptable("A batch is answered in application/json; accept that.")
        caller, heard = self._callers.listening(caller)
        answers = await answer_batch(self._operations, batch, caller)
        standings = least(standing for answer in answers for standing in answer.standings)
        headers = (*heard.headers(), *rate_headers(standings))
        return SingleReply(HTTPStatus.OK, [answer.response for answer in answers], headers)

    def _refused(self, refusal: RequestRefused, accept: Acceptable) -> SingleReply | StreamReply:
        tell_of_refusal(refusal)
        if accept.single is None and accept.stream is not None:
            return StreamReply(_once(refusal.as_dict()), accept.stream)
        media_type = accept.single or MediaType.JSON
        status = status_of_request_errors(self._options.statuses, media_type, refusal)
        return SingleReply(status, refusal.as_dict())


def _check_once(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Of two values another server on the way may take the other one (RFC 9110, 5.3)."""
    counted = Counter(name for name, _ in headers)
    for name in ONCE:
        if counted[name] > 1:
            raise bad_request(f"The header `{name.decode()}` is given twice.")


def check_media_types(method: str, headers: Mapping[bytes, bytes], accept: Acceptable) -> None:
    if method not in {"GET", "POST"}:
        raise _method_not_allowed("GraphQL requests are sent by POST, queries also by GET.", b"GET, POST")
    if accept.single is None and accept.stream is None:
        raise _not_acceptable(
            "Accept application/graphql-response+json, application/json, text/event-stream, or "
            "multipart/mixed with subscriptionSpec=1.0."
        )
    if method == "POST":
        if not is_json(headers.get(b"content-type", b"")):
            raise unsupported("The Content-Type must be application/json, in UTF-8.")
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise unsupported("The body must not be compressed.")


def _check_preflight(headers: Headers) -> None:
    """A browser sends none of these to another site without asking it first (Fetch standard, CORS)."""
    content_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if content_type in SIMPLE_CONTENT_TYPES and not any(headers.get(name) for name in PREFLIGHT_HEADERS):
        raise HttpRefusal(
            HTTPStatus.FORBIDDEN,
            "CSRF_PREVENTION_FAILED",
            "A GET request needs a header that other sites' pages cannot send: apollo-require-preflight, "
            "x-apollo-operation-name, or Content-Type: application/json.",
        )


async def _once(payload: ResponseMap) -> AsyncGenerator[ResponseMap]:
    yield payload


def head_lines(media_type: MediaType, encoding: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The header lines of a response that has no others but those of its encoding."""
    lines = HEADS[media_type.header]
    for header in encoding:
        lines += b"%b: %b\r\n" % header
    return lines


async def _send(
    send: Send,
    reply: SingleReply,
    media_type: MediaType,
    body: bytes,
    encoding: Sequence[tuple[bytes, bytes]],
) -> None:
    whole = None if reply.headers else getattr(send, "whole", None)
    if whole is not None and whole(reply.status, head_lines(media_type, encoding), body):
        return
    headers = [
        media_type.header,
        *SAFE_HEADERS,
        *encoding,
        (b"content-length", b"%d" % len(body)),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": int(reply.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _method_not_allowed(message: str, allow: bytes) -> HttpRefusal:
    return HttpRefusal(HTTPStatus.METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message, ((b"allow", allow),))


def _not_acceptable(message: str) -> HttpRefusal:
    return HttpRefusal(HTTPStatus.NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)
