"""The requests that routers send, answered from the schema with no framework on the way.

Dependencies, routing and adapters of requests and responses take longer than many an operation does.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from strawberry.http import process_result
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from subgraphs.common.caller import ANONYMOUS, Caller
from subgraphs.common.federation import SubgraphSchema
from subgraphs.common.tracing import is_traced

PATH = "/graphql"
JSON = b"application/json"
ALLOWED = OperationType.from_http("POST")
STREAMS = (b"text/event-stream", b"multipart/")


class OrdinaryRequests:
    """ASGI middleware: answers an operation that is posted as JSON and asks for no stream.

    All else goes to the application, and so does an operation that is not answered with a result, for that one knows
    what to say then.
    """

    def __init__(self, app: ASGIApp, schema: SubgraphSchema, context: Callable[[Caller], Any]) -> None:
        self._app = app
        self._schema = schema
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if not _is_ordinary(scope):
            await self._app(scope, receive, send)
            return
        messages = await _all_of(receive)
        answer = await self._answer(scope, messages)
        if answer is None:
            await self._app(scope, _once_more(messages, receive), send)
            return
        headers = [(b"content-length", str(len(answer)).encode()), (b"content-type", JSON)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, scope: Scope, messages: Sequence[Message]) -> bytes | None:
        asked = _asked(messages)
        if asked is None:
            return None
        try:
            result = await self._executed(asked, self._context(scope.get("caller", ANONYMOUS)))
        except (CannotGetOperationTypeError, InvalidOperationTypeError):
            return None  # nothing was executed
        return _encoded(process_result(result))

    async def _executed(self, asked: Mapping[str, Any], context: Any) -> Any:
        query, variables, extensions = asked["query"], asked.get("variables"), asked.get("extensions")
        name = asked.get("operationName")
        known = None if is_traced() else self._schema.known.find(query, name)
        if known is not None and known.type in ALLOWED:
            return await self._schema.known.executed(known, variables, context, extensions)
        return await self._schema.execute(
            query,
            variable_values=variables,
            context_value=context,
            operation_name=name,
            allowed_operation_types=ALLOWED,
            operation_extensions=extensions,
        )


def _is_ordinary(scope: Scope) -> bool:
    if (
        scope["type"] != "http"
        or scope["method"] != "POST"
        or scope["path"] != PATH
        or scope.get("root_path")
    ):
        return False
    sent = [value for name, value in scope["headers"] if name == b"content-type"]
    accepted = b",".join(value.lower() for name, value in scope["headers"] if name == b"accept")
    return sent == [JSON] and not any(stream in accepted for stream in STREAMS)


async def _all_of(receive: Receive) -> list[Message]:
    """The messages that a request's body comes in, or up to the end of a connection that broke before it was there."""
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())
    return messages


def _asked(messages: Sequence[Message]) -> dict[str, Any] | None:
    """The operation that a body holds; None where it is no such thing, or not all there."""
    if messages[-1]["type"] != "http.request":
        return None
    try:
        asked = json.loads(b"".join(message.get("body", b"") for message in messages))
    except ValueError:
        return None
    return asked if isinstance(asked, dict) and _is_operation(asked) else None


def _is_operation(asked: dict[str, Any]) -> bool:
    query = asked.get("query")
    return (
        isinstance(query, str)
        and query != ""
        and isinstance(asked.get("variables"), dict | None)
        and isinstance(asked.get("extensions"), dict | None)
    )


def _once_more(messages: Sequence[Message], receive: Receive) -> Receive:
    """What gives the messages that were read already, and goes on after them."""
    read = iter(messages)

    async def again() -> Message:
        return next(read, None) or await receive()

    return again


def _encoded(response: Any) -> bytes:
    try:
        return orjson.dumps(response)
    except TypeError:  # such as a number of more than 64 bits
        return json.dumps(response, separators=(",", ":")).encode()
