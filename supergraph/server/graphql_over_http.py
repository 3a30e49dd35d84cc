"""GraphQL over HTTP: the endpoint, in the order in which a request passes through it.

media types -> CSRF -> identity -> body within its limit -> request -> operation -> response

Plain ASGI, because this is the path that every request takes. Statuses: with `application/json` whatever
was understood as a request is a 200; with `application/graphql-response+json` a request that is not executed
is a 400.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from starlette.types import Receive, Scope, Send

from supergraph.execution import Caller, Engine, RequestRefused
from supergraph.planning.query_plan import OperationKind
from supergraph.server.body import ClientGone, read_body
from supergraph.server.callers import Callers
from supergraph.server.event_stream import send_event_stream
from supergraph.server.media_types import Acceptable, MediaType, acceptable, is_json
from supergraph.server.refusal import HttpRefusal
from supergraph.server.request import GraphQLRequest, request_of_json, request_of_query_string
from supergraph.server.responses import ResponseMap, internal_error, responses

Headers = dict[bytes, bytes]

PREFLIGHT_HEADERS = (b"apollo-require-preflight", b"x-apollo-operation-name")
SIMPLE_CONTENT_TYPES = (b"", b"text/plain", b"application/x-www-form-urlencoded", b"multipart/form-data")


@dataclass(frozen=True, slots=True)
class SingleReply:
    """One response, before its media type is put on it."""

    status: int
    payload: ResponseMap
    headers: Sequence[tuple[bytes, bytes]] = ()


@dataclass(frozen=True, slots=True)
class StreamReply:
    """Responses that are sent as they come."""

    payloads: AsyncGenerator[ResponseMap]


class GraphQLOverHttp:
    """An ASGI application that answers GraphQL requests with an engine.

    `body_limit` is in bytes. Event streams end when `closing` is set.
    """

    def __init__(
        self,
        engine: Engine,
        callers: Callers,
        closing: asyncio.Event,
        *,
        body_limit: int,
        csrf_prevention: bool,
    ) -> None:
        self._engine = engine
        self._callers = callers
        self._closing = closing
        self._body_limit = body_limit
        self._csrf_prevention = csrf_prevention

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        headers: Headers = dict(scope["headers"])
        accept = acceptable(headers.get(b"accept", b""))
        try:
            reply = await self._reply(scope, headers, accept, receive)
        except HttpRefusal as refusal:
            reply = SingleReply(refusal.status, refusal.payload, refusal.headers)
        except ClientGone:
            return
        except Exception:  # noqa: BLE001 - logged, and masked under the log's error id
            reply = SingleReply(HTTPStatus.INTERNAL_SERVER_ERROR, internal_error())
        if isinstance(reply, StreamReply):
            await send_event_stream(reply.payloads, self._closing, receive, send)
        else:
            await _send(send, reply, accept.single or MediaType.JSON)

    async def _reply(
        self, scope: Scope, headers: Headers, accept: Acceptable, receive: Receive
    ) -> SingleReply | StreamReply:
        method = scope["method"]
        _check_media_types(method, headers, accept)
        if self._csrf_prevention and method == "GET":
            _check_preflight(headers)
        caller = await self._callers.caller(headers.get(b"authorization"))
        if method == "GET":
            request = request_of_query_string(scope["query_string"])
        else:
            body = await read_body(receive, self._body_limit, headers.get(b"content-length"))
            request = request_of_json(body)
        try:
            return await self._execute(request, caller, accept, reads_only=method == "GET")
        except RequestRefused as refusal:
            return _refused(refusal, accept)

    async def _execute(
        self, request: GraphQLRequest, caller: Caller, accept: Acceptable, *, reads_only: bool
    ) -> SingleReply | StreamReply:
        prepared = self._engine.prepare(request.query, request.operation_name)
        if reads_only and prepared.kind is OperationKind.MUTATION:
            raise _method_not_allowed("Mutations are sent by POST.", b"POST")
        if accept.single is None or prepared.kind is OperationKind.SUBSCRIPTION:
            if not accept.event_stream:
                raise _not_acceptable("A subscription is answered in text/event-stream; accept that.")
            return StreamReply(responses(self._engine, request, caller))
        response = await self._engine.execute(prepared, request.variables, caller)
        return SingleReply(HTTPStatus.OK, response.as_dict())


def _check_media_types(method: str, headers: Headers, accept: Acceptable) -> None:
    if method not in {"GET", "POST"}:
        raise _method_not_allowed("GraphQL requests are sent by POST, queries also by GET.", b"GET, POST")
    if accept.single is None and not accept.event_stream:
        raise _not_acceptable(
            "Accept application/graphql-response+json, application/json or text/event-stream."
        )
    if method == "POST":
        if not is_json(headers.get(b"content-type", b"")):
            raise _unsupported("The Content-Type must be application/json, in UTF-8.")
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise _unsupported("The body must not be compressed.")


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


def _refused(refusal: RequestRefused, accept: Acceptable) -> SingleReply | StreamReply:
    if accept.single is None:
        return StreamReply(_once(refusal.as_dict()))
    status = HTTPStatus.OK if accept.single is MediaType.JSON else HTTPStatus.BAD_REQUEST
    return SingleReply(status, refusal.as_dict())


async def _once(payload: ResponseMap) -> AsyncGenerator[ResponseMap]:
    yield payload


async def _send(send: Send, reply: SingleReply, media_type: MediaType) -> None:
    body = orjson.dumps(reply.payload)
    headers = [
        (b"content-type", media_type.value),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": int(reply.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _method_not_allowed(message: str, allow: bytes) -> HttpRefusal:
    return HttpRefusal(HTTPStatus.METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message, ((b"allow", allow),))


def _not_acceptable(message: str) -> HttpRefusal:
    return HttpRefusal(HTTPStatus.NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)


def _unsupported(message: str) -> HttpRefusal:
    return HttpRefusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message)
