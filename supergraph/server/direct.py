"""Requests that are answered without a task, and without ASGI between connection and engine.

That is the way of those for which nothing is to be waited for before the first fetch: the head was read before
(`heads`), the caller and the operation are known, there is room. All else goes the long way (`graphql_over_http`), as
does whatever is refused: nothing has happened to it here.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache, partial
from http import HTTPStatus
from typing import NamedTuple, Protocol, runtime_checkable

import orjson

from supergraph.execution import Answered, Caller, RequestRefused, Response
from supergraph.planning.query_plan import OperationKind
from supergraph.server.callers import Callers
from supergraph.server.compression import Compression
from supergraph.server.graphql_over_http import EXPOSE_COST, HttpOptions, check_media_types, head_lines
from supergraph.server.heads import REMEMBERED, Head
from supergraph.server.hosts import Hosts
from supergraph.server.media_types import MediaType, acceptable
from supergraph.server.networks import TrustedProxies
from supergraph.server.operations import Operations, ResponseMap, internal_error
from supergraph.server.refusal import HttpRefusal
from supergraph.server.request import requests_of_json
from supergraph.server.statuses import status_of_response


class Answer(Protocol):
    """Answers a request."""

    def __call__(self, status: int, head: bytes, body: bytes, /, *, last: bool = False) -> None:
        """Answer with a status, header lines (but for the length) and a body; `last` over this connection."""
        ...


@runtime_checkable
class TakesDirectly(Protocol):
    """An application that takes some requests without ASGI."""

    def take(self, head: Head, body: bytes, address: str | None, answer: Answer) -> bool:
        """Have a request from this address answered, which may be before this returns; False where it is not taken."""
        ...


class _Wanted(NamedTuple):
    """What a head says of the answer, and who asks."""

    media_type: MediaType
    accept_encoding: bytes
    authorization: bytes | None


class DirectGraphQL:
    """Takes what can be answered directly, of requests by these `hosts` (None: by any).

    Where pages of other origins may ask (`cors`), what comes from one goes the long way.
    """

    def __init__(
        self,
        operations: Operations,
        callers: Callers,
        options: HttpOptions,
        *,
        cors: bool,
        hosts: Hosts | None,
        proxies: TrustedProxies | None,
    ) -> None:
        self._operations = operations
        self._engine = operations.engine
        self._slots = operations.limiting.slots
        self._callers = callers
        self._options = options
        self._cors = cors
        self._hosts = hosts
        self._proxies = proxies
        self._wanted = lru_cache(REMEMBERED)(self._read)
        self._encoding: set[asyncio.Task[None]] = set()

    def take(self, head: Head, body: bytes, address: str | None, answer: Answer) -> bool:
        """Have a request answered, or say that it is not taken."""
        wanted = self._wanted(head)
        if wanted is None:
            return False
        try:
            if self._proxies is not None and address is not None:
                address = self._proxies.client(address, head.pairs)
            caller = self._callers.at_hand(wanted.authorization, address, head.pairs)
            answered = partial(self._answered, wanted, answer)
            return caller is not None and self._execute(body, caller, answered)
        except Exception:  # noqa: BLE001 - a refusal or a fault, which the long way comes to as well, and tells
            return False

    def _execute(self, body: bytes, caller: Caller, answered: Answered) -> bool:
        request = requests_of_json(body)
        if isinstance(request, list):
            return False
        prepared = self._operations.at_hand(request)
        if prepared is None or prepared.operation.kind is OperationKind.SUBSCRIPTION:
            return False
        variables = self._engine.coerce(prepared, request.variables)
        if not self._slots.take():
            return False
        try:
            self._engine.begin(prepared, variables, caller, answered)
        except RequestRefused:
            self._slots.back()
            raise
        except Exception as fault:  # noqa: BLE001 - logged, and masked under the log's error id
            answered(fault)
        return True

    def _read(self, head: Head) -> _Wanted | None:
        """Give what a head says; None where the long way is to see to it."""
        headers = head.headers
        accept = acceptable(headers.get(b"accept", b""))
        try:
            check_media_types("POST", headers, accept)
        except HttpRefusal:
            return None
        if accept.single is None or EXPOSE_COST in headers:
            return None
        if head.length > self._options.body_limit or (self._cors and b"origin" in headers):
            return None
        if self._hosts is not None and not self._hosts.allow({"headers": head.pairs, "path": ""}):
            return None
        return _Wanted(accept.single, headers.get(b"accept-encoding", b""), headers.get(b"authorization"))

    def _answered(self, wanted: _Wanted, answer: Answer, response: Response | Exception) -> None:
        """Send what an operation came to."""
        self._slots.back()
        status, body = self._body(wanted, response)
        compression = self._options.compression
        encoded = compression.at_once(wanted.accept_encoding, body)
        if encoded is not None:
            answer(status, head_lines(wanted.media_type, encoded[1]), encoded[0])
            return
        task = asyncio.get_running_loop().create_task(self._encode(wanted, compression, status, body, answer))
        self._encoding.add(task)
        task.add_done_callback(self._encoding.discard)

    def _body(self, wanted: _Wanted, response: Response | Exception) -> tuple[int, bytes]:
        try:
            payload = _payload(response)
            status = status_of_response(self._options.statuses, wanted.media_type, payload)
            return status, orjson.dumps(payload)
        except Exception:  # noqa: BLE001 - logged, and masked under the log's error id
            return HTTPStatus.INTERNAL_SERVER_ERROR, orjson.dumps(internal_error())

    async def _encode(
        self, wanted: _Wanted, compression: Compression, status: int, body: bytes, answer: Answer
    ) -> None:
        encoded, headers = await compression.encode(wanted.accept_encoding, body)
        answer(status, head_lines(wanted.media_type, headers), encoded)


def _payload(response: Response | Exception) -> ResponseMap:
    if isinstance(response, Exception):
        raise response
    return response.as_dict()
