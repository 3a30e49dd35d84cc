"""GraphQL over WebSocket: the `graphql-transport-ws` protocol, any number of operations a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from supergraph.execution import Caller, Prepared
from supergraph.planning.query_plan import OperationKind
from supergraph.server.callers import Callers, address_of
from supergraph.server.closing import RELOADED, Closing, Ending, GoesOn
from supergraph.server.limiting.places import NoPlace
from supergraph.server.operations import Operations
from supergraph.server.refusal import HttpRefusal
from supergraph.server.request import GraphQLRequest, request_of

if TYPE_CHECKING:
    from supergraph.server.router import Router

SUBPROTOCOL = "graphql-transport-ws"

NORMAL_CLOSURE = 1000
BAD_MESSAGE = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
SUBPROTOCOL_NOT_ACCEPTABLE = 4406
INITIALISATION_TIMEOUT = 4408
SUBSCRIBER_EXISTS = 4409
TOO_MANY_INITIALISATIONS = 4429
TOO_MANY_CONNECTIONS = 4429
TOO_MANY_OPERATIONS = 4429
GOING_AWAY = 1001
SERVICE_RESTART = 1012


class _Ended(Exception):
    """The connection is to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class GraphQLTransportWs:
    """An ASGI application that answers WebSocket connections.

    A browser's connection must come from a page of the same host, or of one of `origins`, since no other
    rule keeps foreign pages from opening one. Connections end when `closing` says so, and when the access token that
    came with them does; that is told by a code (1001, 1012, 4403) upon which clients connect again.
    """

    def __init__(
        self, operations: Operations, callers: Callers, closing: Closing, *, origins: Collection[str]
    ) -> None:
        self._operations = operations
        self._callers = callers
        self._closing = closing
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        socket = WebSocket(scope, receive, send)
        if not self._may_connect(socket):
            await socket.close(FORBIDDEN, "this origin may not connect")
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await socket.accept()
            await socket.close(SUBPROTOCOL_NOT_ACCEPTABLE, f"speak {SUBPROTOCOL}")
            return
        await socket.accept(SUBPROTOCOL)
        try:
            with self._operations.limiting.streams.connections.held(address_of(scope)):
                connection = _Connection(socket, self._operations, self._callers, self._origins)
                await connection.serve(self._closing)
        except NoPlace:
            await socket.close(TOO_MANY_CONNECTIONS, "too many connections: close one first")

    def _may_connect(self, socket: WebSocket) -> bool:
        origin = socket.headers.get("origin")
        if origin is None or origin in self._origins or "*" in self._origins:
            return True
        return urlsplit(origin).netloc == socket.headers.get("host")


@dataclass(slots=True)
class _Running:
    """An operation of a connection; of a subscription, what says whether it goes on under a newer router."""

    task: asyncio.Task[None]
    endless: GoesOn | None = None


class _Connection:
    def __init__(
        self, socket: WebSocket, operations: Operations, callers: Callers, origins: Collection[str]
    ) -> None:
        self._socket = socket
        self._operations = operations
        self._callers = callers
        self._streams = operations.limiting.streams
        self._origins = origins
        self._running: dict[str, _Running] = {}
        self._leaving = False

    async def serve(self, closing: Closing) -> None:
        """Listens until the client goes, breaks the protocol, or the connection is to end."""
        listening = asyncio.create_task(self._listen())
        try:
            with closing.stream(self._goes_on) as stream:
                await asyncio.wait({listening, stream.ended}, return_when=asyncio.FIRST_COMPLETED)
                if stream.ended.done():
                    await self._leave(stream.ended.result(), listening)
        finally:
            tasks = {listening, *(running.task for running in self._running.values())}
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        if not listening.cancelled():
            listening.result()

    def _goes_on(self, router: Router) -> bool:
        """Runs what is begun from now on under a newer router, if it knows clients as this one does."""
        if router.callers is not self._callers or not {*self._origins} <= {
            *router.configuration.cors.origins
        }:
            return False
        if not all(running.endless(router) for running in self._running.values() if running.endless):
            return False
        self._operations = router.operations
        return True

    async def _leave(self, ending: Ending, listening: asyncio.Task[None]) -> None:
        """Closes once queries and mutations are answered; what comes now the client sends again when it is back."""
        self._leaving = True
        while finite := {running.task for running in self._running.values() if running.endless is None}:
            await asyncio.wait({listening, *finite}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                return
        await self._close(SERVICE_RESTART if ending is RELOADED else GOING_AWAY, ending.message)

    async def _listen(self) -> None:
        try:
            try:
                async with asyncio.timeout(self._streams.init_seconds):
                    caller = await self._initialise()
            except TimeoutError:
                raise _Ended(INITIALISATION_TIMEOUT, "connection initialisation timeout") from None
            with self._streams.connections.held_too(caller.subject):
                await self._send({"type": "connection_ack"})
                async with asyncio.timeout(caller.remaining()):
                    while True:
                        await self._handle(await self._next_message(), caller)
        except NoPlace:
            await self._close(TOO_MANY_CONNECTIONS, "too many connections: close one first")
        except TimeoutError:
            await self._close(FORBIDDEN, "the access token has expired: connect with a new one")
        except _Ended as end:
            await self._close(end.code, end.reason)
        except WebSocketDisconnect:
            return

    async def _initialise(self) -> Caller:
        while (message := await self._receive())["type"] != "connection_init":
            if message["type"] == "subscribe":
                raise _Ended(UNAUTHORIZED, "unauthorized")
            await self._handle_heartbeat(message)
        try:
            authorization = self._authorization(message.get("payload"))
            caller = await self._callers.caller(
                authorization, address_of(self._socket.scope), self._socket.scope["headers"]
            )
        except HttpRefusal as refusal:
            raise _Ended(UNAUTHORIZED, refusal.message) from refusal
        return caller

    def _authorization(self, payload: Any) -> bytes | None:
        """The Authorization header, or the entry of that name that a browser puts into `connection_init`."""
        entries = payload if isinstance(payload, dict) else {}
        headers = entries.get("headers")
        for source in (entries, headers if isinstance(headers, dict) else {}, self._socket.headers):
            for name, value in source.items():
                if name.lower() == "authorization" and isinstance(value, str):
                    return value.encode()
        return None

    async def _handle(self, message: dict[str, Any], caller: Caller) -> None:
        match message["type"]:
            case "subscribe":
                self._start(message, caller)
            case "complete":
                if running := self._running.pop(str(message.get("id")), None):
                    running.task.cancel()
            case "connection_init":
                raise _Ended(TOO_MANY_INITIALISATIONS, "too many initialisation requests")
            case _:
                await self._handle_heartbeat(message)

    async def _handle_heartbeat(self, message: dict[str, Any]) -> None:
        if message["type"] == "ping":
            await self._send({"type": "pong"})
        elif message["type"] != "pong":
            raise _Ended(BAD_MESSAGE, f"unknown message type {message['type']}"[:100])

    def _start(self, message: dict[str, Any], caller: Caller) -> None:
        operation_id = message.get("id")
        if not isinstance(operation_id, str) or not operation_id:
            raise _Ended(BAD_MESSAGE, "subscribe needs an id")
        if operation_id in self._running:
            raise _Ended(SUBSCRIBER_EXISTS, f"subscriber for {operation_id} already exists"[:100])
        if len(self._running) >= self._streams.operations:
            raise _Ended(TOO_MANY_OPERATIONS, "too many operations at once on one connection")
        try:
            request = request_of(message.get("payload"))
        except HttpRefusal as refusal:
            raise _Ended(BAD_MESSAGE, refusal.message) from refusal
        if self._leaving:
            return
        task = asyncio.create_task(self._run(operation_id, request, caller))
        self._running[operation_id] = _Running(task)
        task.add_done_callback(lambda ended: self._forget(operation_id, ended))

    def _forget(self, operation_id: str, ended: asyncio.Task[None]) -> None:
        running = self._running.get(operation_id)
        if running is not None and running.task is ended:
            del self._running[operation_id]

    def _note(self, operation_id: str, goes_on: Callable[[Prepared], GoesOn], prepared: Prepared) -> None:
        running = self._running.get(operation_id)
        if running is not None and prepared.kind is OperationKind.SUBSCRIPTION:
            running.endless = goes_on(prepared)

    async def _run(self, operation_id: str, request: GraphQLRequest, caller: Caller) -> None:
        operations = self._operations
        note = partial(self._note, operation_id, partial(operations.go_on, caller=caller))
        with suppress(WebSocketDisconnect):
            async with aclosing(operations.responses(request, caller, note)) as payloads:
                async for payload in payloads:
                    if "data" not in payload:
                        await self._send({"id": operation_id, "type": "error", "payload": payload["errors"]})
                        return
                    await self._send({"id": operation_id, "type": "next", "payload": payload})
            await self._send({"id": operation_id, "type": "complete"})

    async def _next_message(self) -> dict[str, Any]:
        """The next message; without one the connection ends, unless an operation goes on."""
        while True:
            try:
                async with asyncio.timeout(self._streams.idle_seconds):
                    return await self._receive()
            except TimeoutError:
                if not self._running:
                    raise _Ended(NORMAL_CLOSURE, "nothing to do: connect again when there is") from None

    async def _receive(self) -> dict[str, Any]:
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1000))
        try:
            message = orjson.loads(event.get("text") or event.get("bytes") or b"")
        except orjson.JSONDecodeError as error:
            raise _Ended(BAD_MESSAGE, "a message must be JSON") from error
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise _Ended(BAD_MESSAGE, "a message must be an object with a type")
        return message

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(orjson.dumps(message).decode())

    async def _close(self, code: int, reason: str) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            await self._socket.close(code, reason)
