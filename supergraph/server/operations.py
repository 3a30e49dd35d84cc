"""Requests in, responses out: what all protocols of the server share."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any
from uuid import uuid4

import structlog

from supergraph.execution import Caller, Engine, RequestRefused
from supergraph.execution.engine import Prepared
from supergraph.planning.query_plan import OperationKind
from supergraph.server.causes import tell_of_fault
from supergraph.server.persisted_documents import PersistedDocuments
from supergraph.server.refusal import HttpRefusal
from supergraph.server.request import GraphQLRequest

ResponseMap = Mapping[str, Any]
"""The response map of the GraphQL specification (7.1); one without `data` says that nothing was executed."""

Note = Callable[[Prepared], None]

_log = structlog.get_logger(__name__)


def ignore(_: Prepared) -> None:
    """Takes no note of an operation."""


class Operations:
    """Finds a request's document, and has the engine execute it."""

    def __init__(self, engine: Engine, documents: PersistedDocuments) -> None:
        self.engine = engine
        self._documents = documents

    async def prepare(self, request: GraphQLRequest) -> Prepared:
        """The operation that the request names.

        Raises:
            HttpRefusal: its document is not known, or not trusted.
            RequestRefused: it is not valid.
        """
        complete = await self._documents.complete(request)
        return self.find(complete)

    def find(self, request: GraphQLRequest) -> Prepared:
        """The operation of a request whose document is there; raises `RequestRefused`."""
        return self.engine.prepare(request.query, request.operation_name)

    async def execute(self, prepared: Prepared, request: GraphQLRequest, caller: Caller) -> ResponseMap:
        """The response to a query or mutation; raises `RequestRefused`."""
        response = await self.engine.execute(prepared, request.variables, caller)
        return response.as_dict()

    async def responses(
        self, request: GraphQLRequest, caller: Caller, note: Note = ignore
    ) -> AsyncGenerator[ResponseMap]:
        """The one response of a query or mutation, or those to a subscription's events.

        `note` is told the operation once it is known. A refusal or failure is the last response.
        """
        try:
            prepared = await self.prepare(request)
            note(prepared)
            if prepared.kind is not OperationKind.SUBSCRIPTION:
                yield await self.execute(prepared, request, caller)
                return
            async with aclosing(self.engine.subscribe(prepared, request.variables, caller)) as events:
                async for response in events:
                    yield response.as_dict()
        except HttpRefusal as refusal:
            yield refusal.payload
        except RequestRefused as refusal:
            yield refusal.as_dict()
        except Exception:  # noqa: BLE001 - logged, and masked under the log's error id
            yield internal_error()


def internal_error() -> ResponseMap:
    """The response to a fault of the router itself, while it is being handled: logged under the id it carries."""
    error_id = uuid4().hex
    _log.exception("a request failed inside the router", error_id=error_id)
    if (fault := sys.exception()) is not None:
        tell_of_fault(error_id, fault)
    extensions = {"code": "INTERNAL_SERVER_ERROR", "errorId": error_id}
    message = "The router failed; its log says why, under this error id."
    return {"errors": [{"message": message, "extensions": extensions}]}
